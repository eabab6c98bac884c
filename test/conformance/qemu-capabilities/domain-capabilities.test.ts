/**
 * Domain capabilities out of recorded QEMUs, beside what libvirt makes of the same recordings (`domaincapsdata`). CPU
 * models are left out: which names libvirt knows is in a map of its own.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { domainCapabilities } from '../../../src-main/drivers/qemu/capabilities/domain-xml.ts';
import { type DomainCapabilities, parseDomainCapabilities } from '../../../src-shared/model/domain-capabilities.ts';
import { corpusDir } from '../../support/corpus.ts';
import { probeRecording, recordedQemuFolder } from '../../support/recorded-qemu.ts';

const folder = join(corpusDir(), 'domaincapsdata');

/** `qemu_7.2.0-q35.x86_64.xml` */
const files = readdirSync(folder).flatMap((file) => {
  const match = /^qemu_(\d+\.\d+\.\d+)(?:-(q35|tcg))?\.(x86_64)\.xml$/.exec(file);
  const [, version = '', variant, architecture = ''] = match ?? [];
  const recording = join(recordedQemuFolder(), `caps_${version}.${architecture}.replies`);
  return match === null || !existsSync(recording) ? [] : [{ file, recording, variant }];
});

/** Everything but CPUs, paths of firmware, and what only later issues are about; words in any order. */
function comparable(found: DomainCapabilities): unknown {
  const { path: _path, cpu: _cpu, os, features, devices, ...rest } = found;
  // Which TPM versions there are is up to the swtpm of the host, which libvirt's test pretends.
  if (devices?.tpm !== undefined) devices.tpm.enum = devices.tpm.enum.filter(({ name }) => name !== 'backendVersion');
  const sorted = JSON.parse(
    JSON.stringify({ ...rest, devices }, (key, value: unknown) =>
      key === 'value' && Array.isArray(value) ? [...(value as string[])].sort() : value,
    ),
  ) as object;
  const types = os?.loader?.enum.filter(({ name }) => name !== 'secure');
  const { vmcoreinfo, genid, backingStoreInput } = features ?? {};
  return { ...sorted, types, features: { vmcoreinfo, genid, backingStoreInput } };
}

describe('domain capabilities', () => {
  let equal = 0;
  afterAll(() => console.log(`domain capabilities: ${equal} of ${files.length} equal to libvirt's own`));

  it('has recordings to compare with', () => expect(files.length).toBeGreaterThan(20));

  it.each(files)('$file', async ({ file, recording, variant }) => {
    const { capabilities } = await probeRecording(recording);
    const found = domainCapabilities(
      capabilities,
      { virtType: variant === 'tcg' ? 'qemu' : 'kvm', ...(variant === 'q35' ? { machine: 'q35' } : {}) },
      { firmwares: [], hasVfio: true, hasSwtpm: true, hasVirtiofsd: true },
    );
    const expected = parseDomainCapabilities(readFileSync(join(folder, file), 'utf8'));
    expect(comparable(found)).toEqual(comparable(expected));
    equal += 1;
  });
});
