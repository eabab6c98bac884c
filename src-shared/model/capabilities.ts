import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, children, childText, childTexts, element, flag, type ModelOf, raw, text } from '../xml/schema.ts';
import { idSet, oneOf, onOff, sizeUnit, string, unsigned, uuid, yesNo } from '../xml/values.ts';
import { numaCacheSchema, numaInterconnectsSchema } from './domain/cpu.ts';
import { kib } from './size.ts';

const pages = element('pages', { unit: attr(sizeUnit).optional(), size: attr(unsigned) });

const cpu = element('cpu', {
  arch: childText('arch', string).optional(),
  /** Old Xen: flags such as `<pae/>`, kept as they are. */
  features: raw('features', 'libvirt'),
  model: childText('model', string).optional(),
  vendor: childText('vendor', string).optional(),
  microcode: child(element('microcode', { version: attr(unsigned) })).optional(),
  signature: child(
    element('signature', { family: attr(unsigned), model: attr(unsigned), stepping: attr(unsigned) }),
  ).optional(),
  counter: children(
    element('counter', { name: attr(string), frequency: attr(unsigned), scaling: attr(yesNo).optional() }),
  ),
  topology: child(
    element('topology', {
      sockets: attr(unsigned),
      dies: attr(unsigned).optional(),
      clusters: attr(unsigned).optional(),
      cores: attr(unsigned),
      threads: attr(unsigned),
    }),
  ).optional(),
  cache: child(element('cache', { level: attr(unsigned).optional(), mode: attr(string) })).optional(),
  maxphysaddr: child(element('maxphysaddr', { mode: attr(string), bits: attr(unsigned).optional() })).optional(),
  feature: children(element('feature', { name: attr(string) })),
  pages: children(pages),
});

const hostNumaCpu = element('cpu', {
  id: attr(unsigned),
  socket_id: attr(unsigned).optional(),
  die_id: attr(unsigned).optional(),
  cluster_id: attr(unsigned).optional(),
  core_id: attr(unsigned).optional(),
  siblings: attr(idSet).optional(),
});

const cell = element('cell', {
  id: attr(unsigned),
  memory: child(kib('memory')).optional(),
  pages: children(element('pages', { unit: attr(sizeUnit).optional(), size: attr(unsigned), value: text(unsigned) })),
  distances: child(
    element('distances', { sibling: children(element('sibling', { id: attr(unsigned), value: attr(unsigned) })) }),
  ).optional(),
  cache: children(numaCacheSchema),
  cpus: child(element('cpus', { num: attr(unsigned), cpu: children(hostNumaCpu) })).optional(),
});
export type HostNumaCell = ModelOf<typeof cell>;

const monitor = child(
  element('monitor', {
    level: attr(unsigned).optional(),
    reuseThreshold: attr(unsigned).optional(),
    maxMonitors: attr(unsigned),
    feature: children(element('feature', { name: attr(string) })),
  }),
).optional();

const cacheType = oneOf('both', 'code', 'data');

const cacheBank = element('bank', {
  id: attr(unsigned),
  level: attr(unsigned),
  type: attr(cacheType),
  size: attr(unsigned),
  unit: attr(sizeUnit),
  cpus: attr(idSet),
  control: children(
    element('control', {
      granularity: attr(unsigned),
      min: attr(unsigned).optional(),
      unit: attr(sizeUnit),
      type: attr(cacheType),
      maxAllocs: attr(unsigned),
    }),
  ),
});

const bandwidthNode = element('node', {
  id: attr(unsigned),
  cpus: attr(idSet),
  control: children(
    element('control', { granularity: attr(unsigned), min: attr(unsigned).optional(), maxAllocs: attr(unsigned) }),
  ),
});

const host = element('host', {
  uuid: childText('uuid', uuid).optional(),
  cpu: child(cpu).optional(),
  power_management: child(
    element('power_management', {
      suspend_mem: flag('suspend_mem'),
      suspend_disk: flag('suspend_disk'),
      suspend_hybrid: flag('suspend_hybrid'),
    }),
  ).optional(),
  iommu: child(element('iommu', { support: attr(yesNo).optional() })).optional(),
  migration_features: child(
    element('migration_features', {
      live: flag('live'),
      uri_transports: child(
        element('uri_transports', { uri_transport: childTexts('uri_transport', string) }),
      ).optional(),
    }),
  ).optional(),
  netprefix: childText('netprefix', string).optional(),
  topology: child(
    element('topology', {
      cells: child(element('cells', { num: attr(unsigned), cell: children(cell) })).optional(),
      interconnects: child(numaInterconnectsSchema).optional(),
    }),
  ).optional(),
  cache: child(element('cache', { bank: children(cacheBank), monitor })).optional(),
  memory_bandwidth: child(element('memory_bandwidth', { node: children(bandwidthNode), monitor })).optional(),
  secmodel: children(
    element('secmodel', {
      model: childText('model', string),
      doi: childText('doi', string),
      baselabel: children(element('baselabel', { type: attr(string), value: text(string) })),
    }),
  ),
});
export type HostCapabilities = ModelOf<typeof host>;

const machine = element('machine', {
  canonical: attr(string).optional(),
  maxCpus: attr(unsigned).optional(),
  deprecated: attr(yesNo).optional(),
  value: text(string),
});

const emulation = {
  emulator: childText('emulator', string).optional(),
  loader: childText('loader', string).optional(),
  machine: children(machine),
};

const toggle = (name: string) =>
  child(element(name, { default: attr(onOff).optional(), toggle: attr(yesNo).optional() })).optional();

const guest = element('guest', {
  os_type: childText('os_type', string),
  arch: child(
    element('arch', {
      name: attr(string),
      wordsize: childText('wordsize', unsigned),
      ...emulation,
      domain: children(element('domain', { type: attr(string), ...emulation })),
    }),
  ),
  features: child(
    element('features', {
      pae: flag('pae'),
      nonpae: flag('nonpae'),
      ia64_be: flag('ia64_be'),
      acpi: toggle('acpi'),
      apic: toggle('apic'),
      cpuselection: flag('cpuselection'),
      deviceboot: flag('deviceboot'),
      disksnapshot: toggle('disksnapshot'),
      hap: toggle('hap'),
      externalSnapshot: flag('externalSnapshot'),
    }),
  ).optional(),
});
export type GuestCapabilities = ModelOf<typeof guest>;

/** What a host is and which guests it can run: the answer of `virsh capabilities`. */
export const capabilitiesSchema = element('capabilities', {
  host: child(host).optional(),
  guest: children(guest),
  pool: child(
    element('pool', {
      enum: children(element('enum', { name: attr(string), value: childTexts('value', string) })),
    }),
  ).optional(),
});
export type Capabilities = ModelOf<typeof capabilitiesSchema>;

/** Reads `<capabilities>`. @throws XmlError with every issue. */
export const parseCapabilities = (xml: string): Capabilities => parseXml(capabilitiesSchema, xml);

export const formatCapabilities = (capabilities: Capabilities): string => formatXml(capabilitiesSchema, capabilities);
