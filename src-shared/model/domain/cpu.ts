import { attr, child, children, childText, element, mapped, type ModelOf, text } from '../../xml/schema.ts';
import { idSet, oneOf, onOff, sizeUnit, string, unsigned, yesNo } from '../../xml/values.ts';
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
  size: child(element('size', { value: attr(unsigned), unit: attr(sizeUnit) })),
  line: child(element('line', { value: attr(unsigned), unit: attr(sizeUnit) })).optional(),
});

/** One guest NUMA node; `memory` is in KiB once read, whatever `unit` said. */
const cell = mapped(
  element('cell', {
    id: attr(unsigned).optional(),
    cpus: attr(idSet).optional(),
    memory: attr(unsigned),
    unit: attr(sizeUnit).optional(),
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
  unit: attr(sizeUnit).optional(),
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
  mode: attr(oneOf('custom', 'host-model', 'host-passthrough', 'maximum'))
    .optional()
    .describe('How the processor is chosen: the one of the host, or a named model.'),
  match: attr(oneOf('exact', 'minimum', 'strict'))
    .optional()
    .describe('How exactly a named model must be met.'),
  check: attr(oneOf('none', 'partial', 'full'))
    .optional()
    .describe('Whether the processor is verified before the machine starts.'),
  migratable: attr(onOff).optional().describe('Whether features that can not be migrated are left out.'),
  deprecated_features: attr(onOff).optional(),
  model: child(model).optional().describe('The processor by name.'),
  vendor: childText('vendor', string).optional().describe('The vendor the host must have.'),
  topology: child(cpuTopologySchema).optional().describe('Sockets, dies, cores and threads.'),
  cache: child(
    element('cache', {
      level: attr(unsigned).optional(),
      mode: attr(oneOf('emulate', 'passthrough', 'disable')),
    }),
  )
    .optional()
    .describe('The processor cache the guest sees.'),
  maxphysaddr: child(
    element('maxphysaddr', {
      mode: attr(oneOf('emulate', 'passthrough')),
      bits: attr(unsigned).optional(),
      limit: attr(unsigned).optional(),
    }),
  )
    .optional()
    .describe('How many bits physical addresses have.'),
  feature: children(cpuFeatureSchema).describe('A feature of the processor and whether it must be there.'),
  numa: child(numaSchema).optional().describe('The NUMA nodes of the guest.'),
});
export type Cpu = ModelOf<typeof cpuSchema>;
