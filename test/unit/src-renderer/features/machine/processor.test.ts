import { describe, expect, it } from 'vitest';
import {
  cpuChoiceOf,
  memoryOf,
  setCpuModel,
  setMemory,
  setTopology,
  setVcpus,
  vcpusOf,
} from '../../../../../src-renderer/features/machine/edit/processor.ts';
import { sample } from './sample.ts';

describe('editing the processor', () => {
  it('leaves the definition it was given as it was', () => {
    const domain = sample();
    setVcpus(domain, 8, 8);
    expect(domain).toEqual(sample());
  });

  it('says how many are on only when not all are', () => {
    expect(setVcpus(sample(), 4, 4).vcpu).not.toHaveProperty('current');
    expect(setVcpus(sample(), 4, 3).vcpu).toMatchObject({ value: 4, current: 3, placement: 'static' });
  });

  it('keeps a topology that fits', () => {
    expect(setVcpus(sample(), 4, 1).cpu?.topology).toEqual(sample().cpu?.topology);
  });

  it('makes one socket of all cores when the topology no longer fits', () => {
    expect(setVcpus(sample(), 6, 6).cpu?.topology).toMatchObject({ sockets: 1, dies: 1, cores: 6, threads: 1 });
  });

  it('counts the processors a topology makes', () => {
    const domain = setTopology(sample(), { sockets: 1, cores: 4, threads: 2 });
    expect(vcpusOf(domain)).toEqual({ maximum: 8, current: 2 });
    expect(domain.cpu?.topology).toMatchObject({ sockets: 1, dies: 1, cores: 4, threads: 2 });
  });

  it('switches all on where all were on', () => {
    const all = setVcpus(sample(), 4, 4);
    expect(vcpusOf(setTopology(all, { sockets: 1, cores: 2, threads: 1 }))).toEqual({ maximum: 2, current: 2 });
  });

  it.each(['host-passthrough', 'host-model', 'maximum', 'EPYC'])('chooses %s and keeps the topology', (choice) => {
    const domain = setCpuModel(sample(), choice);
    expect(cpuChoiceOf(domain)).toBe(choice);
    expect(domain.cpu?.topology).toEqual(sample().cpu?.topology);
    expect(domain.cpu?.feature).toEqual([]);
  });

  it('leaves the model to the hypervisor', () => {
    const domain = setCpuModel(sample(), '');
    expect(cpuChoiceOf(domain)).toBe('');
    expect(domain.cpu).toEqual({ feature: [], topology: sample().cpu?.topology });
  });
});

describe('editing memory', () => {
  it('never has more in use than there is', () => {
    expect(memoryOf(setMemory(sample(), 524_288, 1_048_576))).toEqual({ maximumKiB: 524_288, currentKiB: 524_288 });
  });
});
