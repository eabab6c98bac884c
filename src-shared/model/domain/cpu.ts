import { attr, child, children, childText, element, mapped, type ModelOf, text } from '../../xml/schema.ts';
import { idSet, oneOf, onOff, string, unsigned, yesNo } from '../../xml/values.ts';
import { scale } from '../size.ts';

export const vcpuSchema = element('vcpu', {
  placement: attr(oneOf('static', 'auto')).optional(),
  cpuset: attr(idSet).optional(),
  /** How many are switched on at start, when not all. */
  current: attr(unsigned).optional(),
  value: text(unsigned),
});
export type Vcpu = ModelOf<typeof vcpuSchema>;

export const vcpusSchema = element('vcpus', {
  vcpu: children(
    element('vcpu', {
      id: attr(unsigned),
      enabled: attr(yesNo),
      hotpluggable: attr(yesNo).optional(),
      order: attr(unsigned).optional(),
    }),
  ),
});

const model = element('model', {
  fallback: attr(oneOf('allow', 'forbid')).optional(),
  vendor_id: attr(string).optional(),
  value: text(string).optional(),
});

export const cpuTopologySchema = element('topology', {
  sockets: attr(unsigned),
  dies: attr(unsigned).optional(),
  clusters: attr(unsigned).optional(),
  cores: attr(unsigned),
  threads: attr(unsigned),
});
export type CpuTopology = ModelOf<typeof cpuTopologySchema>;

export const cpuFeatureSchema = element('feature', {
  policy: attr(oneOf('force', 'require', 'optional', 'disable', 'forbid')).optional(),
  name: attr(string),
});
export type CpuFeature = ModelOf<typeof cpuFeatureSchema>;

export const numaCacheSchema = element('cache', {
  level: attr(unsigned),
  associativity: attr(oneOf('none', 'direct', 'full')).optional(),
  policy: attr(oneOf('none', 'writeback', 'writethrough')).optional(),
  size: child(element('size', { value: attr(unsigned), unit: attr(string) })),
  line: child(element('line', { value: attr(unsigned), unit: attr(string) })).optional(),
});

/** One guest NUMA node; `memory` is in KiB once read, whatever `unit` said. */
const cell = mapped(
  element('cell', {
    id: attr(unsigned).optional(),
    cpus: attr(idSet).optional(),
    memory: attr(unsigned),
    unit: attr(string).optional(),
    memAccess: attr(oneOf('shared', 'private')).optional(),
    discard: attr(yesNo).optional(),
    distances: child(
      element('distances', {
        sibling: children(element('sibling', { id: attr(unsigned), value: attr(unsigned) })),
      }),
    ).optional(),
    cache: children(numaCacheSchema),
  }),
  ({ memory, unit, ...rest }) => scale(memory, unit ?? 'KiB', 1024, (KiB) => ({ ...rest, memory: KiB, unit: 'KiB' })),
  (value) => value,
);

const interconnect = {
  initiator: attr(unsigned),
  target: attr(unsigned),
  cache: attr(unsigned).optional(),
  type: attr(oneOf('access', 'read', 'write')),
  value: attr(unsigned),
  unit: attr(string).optional(),
};

export const numaInterconnectsSchema = element('interconnects', {
  latency: children(element('latency', interconnect)),
  bandwidth: children(element('bandwidth', interconnect)),
});

export const numaSchema = element('numa', {
  cell: children(cell),
  interconnects: child(numaInterconnectsSchema).optional(),
});
export type Numa = ModelOf<typeof numaSchema>;

/** The processor the guest sees. */
export const cpuSchema = element('cpu', {
  mode: attr(oneOf('custom', 'host-model', 'host-passthrough', 'maximum')).optional(),
  match: attr(oneOf('exact', 'minimum', 'strict')).optional(),
  check: attr(oneOf('none', 'partial', 'full')).optional(),
  migratable: attr(onOff).optional(),
  deprecated_features: attr(onOff).optional(),
  model: child(model).optional(),
  vendor: childText('vendor', string).optional(),
  topology: child(cpuTopologySchema).optional(),
  cache: child(
    element('cache', {
      level: attr(unsigned).optional(),
      mode: attr(oneOf('emulate', 'passthrough', 'disable')),
    }),
  ).optional(),
  maxphysaddr: child(
    element('maxphysaddr', {
      mode: attr(oneOf('emulate', 'passthrough')),
      bits: attr(unsigned).optional(),
      limit: attr(unsigned).optional(),
    }),
  ).optional(),
  feature: children(cpuFeatureSchema),
  numa: child(numaSchema).optional(),
});
export type Cpu = ModelOf<typeof cpuSchema>;
