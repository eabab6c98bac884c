/**
 * The recorded QEMUs of libvirt's own tests are fed to our probe. What libvirt found out from the same answers is beside
 * them as XML: version, architecture, machines, CPU models and the fullest CPU must be the same.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProbedQemu } from '../../../src-main/drivers/qemu/capabilities/qemu-capabilities.ts';
import { readXml } from '../../../src-shared/xml/read.ts';
import { childOf, textOf, type XmlElement } from '../../../src-shared/xml/tree.ts';
import { probeRecording, recordedQemuFolder, recordedQemus, recordingLabel } from '../../support/recorded-qemu.ts';

const textAt = (root: XmlElement, name: string): string => {
  const found = childOf(root, name);
  return found === undefined ? '' : textOf(found);
};

const elements = (root: XmlElement, name: string, type: string): XmlElement[] =>
  root.children.filter(
    (node): node is XmlElement => node.kind === 'element' && node.name === name && node.attributes['type'] === type,
  );

/** Machines, CPU models and the fullest CPU of one accelerator, as libvirt writes them in its cache. */
function expected(root: XmlElement, type: string): unknown {
  const [host] = elements(root, 'hostCPU', type);
  return {
    cpus: elements(root, 'cpu', type)
      .map((cpu) => ({
        name: cpu.attributes['name'],
        typename: cpu.attributes['typename'],
        usable: cpu.attributes['usable'] !== 'no',
        deprecated: cpu.attributes['deprecated'] === 'yes',
        blockers: cpu.children.flatMap((node) => (node.kind === 'element' ? [node.attributes['name']] : [])),
      }))
      .sort(byName),
    largest: host && {
      model: host.attributes['model'],
      properties: Object.fromEntries(
        host.children.flatMap((node) =>
          node.kind === 'element' ? [[node.attributes['name'], `${node.attributes['value']}`]] : [],
        ),
      ),
      unmigratable: host.children
        .flatMap((node) =>
          node.kind === 'element' && node.attributes['migratable'] === 'no' ? [node.attributes['name']] : [],
        )
        .sort(),
    },
  };
}

function actual(found: ProbedQemu, accelerator: 'kvm' | 'tcg'): unknown {
  const largest = found.largestCpu(accelerator);
  return {
    cpus: found
      .cpuModels(accelerator)
      .map((cpu) => ({
        ...cpu,
        typename: cpu.typename === '' ? undefined : cpu.typename,
      }))
      .sort(byName),
    largest: largest && {
      model: largest.model,
      properties: Object.fromEntries(
        Object.entries(largest.properties).map(([name, value]) => [
          name,
          value === true ? 'true' : value === false ? 'false' : String(value),
        ]),
      ),
      unmigratable: [...largest.unmigratable].sort(),
    },
  };
}

const expectedMachines = (root: XmlElement, type: string): unknown =>
  elements(root, 'machine', type)
    .map(({ attributes }) => ({ ...attributes, type: undefined }))
    .sort(byName);

const actualMachines = (found: ProbedQemu): unknown =>
  found.machines
    .map((machine) => ({
      name: machine.name,
      ...(machine.alias === undefined ? {} : { alias: machine.alias }),
      ...(machine.hotpluggableCpus ? { hotplugCpus: 'yes' } : {}),
      maxCpus: String(machine.maxCpus),
      ...(machine.isDefault ? { default: 'yes' } : {}),
      ...(machine.defaultCpuType === undefined ? {} : { defaultCPU: machine.defaultCpuType }),
      ...(machine.numaMemorySupported ? { numaMemSupported: 'yes' } : {}),
      ...(machine.defaultRamId === undefined ? {} : { defaultRAMid: machine.defaultRamId }),
      ...(machine.deprecated ? { deprecated: 'yes' } : {}),
      ...(machine.acpi === undefined ? {} : { acpi: machine.acpi ? 'yes' : 'no' }),
      type: undefined,
    }))
    .sort(byName);

const nameOf = (item: object): string => ('name' in item ? String(item.name) : '');
const byName = (a: object, b: object): number => (nameOf(a) < nameOf(b) ? -1 : 1);

describe('recorded QEMUs', () => {
  const names = recordedQemus();
  let fed = 0;
  let equal = 0;

  afterAll(() => {
    console.log(
      `qemu capabilities: ${fed} of ${names.length} recordings feed through, ${equal} equal to libvirt's own`,
    );
  });

  it('are there', () => expect(names.length).toBeGreaterThan(20));

  it.each(names)('%s', async (name) => {
    const { capabilities: found, monitors } = await probeRecording(join(recordedQemuFolder(), name));
    // Properties of types that libvirt does not ask about are the only thing a recording may lack.
    const lacking = monitors
      .flatMap((monitor) => monitor.unanswered)
      .filter((key) => !key.includes('-list-properties'));
    expect(lacking).toEqual([]);
    expect(recordingLabel(name)).toContain(found.architecture);
    expect(found.schemaHas('blockdev-add/arg-type/+qcow2/backing')).toBe(true);
    fed += 1;

    const root = readXml(readFileSync(join(recordedQemuFolder(), name.replace('.replies', '.xml')), 'utf8'));
    const { major, minor, micro } = found.version;
    expect(String(major * 1_000_000 + minor * 1000 + micro)).toBe(textAt(root, 'version'));
    expect(found.package).toBe(textAt(root, 'package').trim());
    expect(found.architecture).toBe(textAt(root, 'arch'));
    // Recorded where both accelerators were there, machines were asked for twice, now and then of two builds of QEMU.
    const first = found.accelerators.find((item) => item.works)?.name ?? 'tcg';
    expect(actualMachines(found)).toEqual(expectedMachines(root, first));
    for (const accelerator of ['kvm', 'tcg'] as const) {
      if (!found.accelerators.some((item) => item.name === accelerator && item.works)) continue;
      expect(actual(found, accelerator), accelerator).toEqual(expected(root, accelerator));
    }
    equal += 1;
  });
});
