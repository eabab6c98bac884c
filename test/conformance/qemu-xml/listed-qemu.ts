/**
 * A QEMU that can do only what a test lists, in libvirt's words (`QEMU_CAPS_SCSI_LSI`). Which type or property such a
 * word stands for is read out of the tables in libvirt's own source.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { QemuCapabilities, QemuMachine } from '../../../src-main/drivers/qemu/capabilities/types.ts';
import { corpusDir } from '../../support/corpus.ts';

interface Tables {
  /** By word: types. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  /** By word: `type.property`. */
  readonly properties: ReadonlyMap<string, readonly string[]>;
}

let tables: Tables | undefined;

function read(): Tables {
  if (tables !== undefined) return tables;
  const source = readFileSync(join(dirname(corpusDir()), 'src/qemu/qemu_capabilities.c'), 'utf8');
  const types = new Map<string, string[]>();
  const properties = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, word: string, value: string): void => {
    map.set(word, [...(map.get(word) ?? []), value]);
  };
  const table = (name: string): string =>
    new RegExp(`\\b${name}\\[\\] = \\{([\\s\\S]*?)\\n\\};`).exec(source)?.[1] ?? '';
  for (const [, type = '', word = ''] of table('virQEMUCapsObjectTypes').matchAll(/\{ "([^"]+)", (\w+) \}/g)) {
    add(types, word, type);
  }
  for (const [, type = '', list = ''] of table('virQEMUCapsDeviceProps').matchAll(/\{ "([^"]+)",\s*(\w+)/g)) {
    for (const [, property = '', word = ''] of table(list).matchAll(/\{ "([^"]+)", (\w+)/g)) {
      add(properties, word, `${type}.${property}`);
    }
  }
  tables = { types, properties };
  return tables;
}

/** What every QEMU of libvirt's tests has, whatever a test lists. */
const machines: readonly QemuMachine[] = ['pc', 'q35'].map((name) => ({
  name,
  isDefault: name === 'pc',
  maxCpus: 0,
  hotpluggableCpus: true,
  numaMemorySupported: true,
  deprecated: false,
}));

const commandLineOptions: Partial<Record<string, string>> = {
  QEMU_CAPS_SPICE: 'spice',
  QEMU_CAPS_VNC: 'vnc',
};

export function listedQemu(words: readonly string[]): QemuCapabilities {
  const { types, properties } = read();
  const knownTypes = new Set(words.flatMap((word) => types.get(word) ?? []));
  const knownProperties = new Set(words.flatMap((word) => properties.get(word) ?? []));
  const options = new Set(words.map((word) => commandLineOptions[word]));
  return {
    binary: '/usr/bin/qemu-system-x86_64',
    version: { major: 4, minor: 2, micro: 0 },
    package: '',
    architecture: 'x86_64',
    machines,
    accelerators: [
      { name: 'kvm', present: true, works: true },
      { name: 'tcg', present: true, works: true },
    ],
    cpuModels: () => [],
    hasType: (name) => knownTypes.has(name),
    hasProperty: (type, property) => knownProperties.has(`${type}.${property}`),
    hasCommand: () => false,
    hasEvent: () => false,
    hasOption: (option) => options.has(option),
    schemaHas: () => false,
  };
}
