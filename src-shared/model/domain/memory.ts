import { attr, child, children, element, flag, mapped, type ModelOf } from '../../xml/schema.ts';
import { idSet, oneOf, onOff, sizeUnit, unsigned } from '../../xml/values.ts';
import { kib, scale } from '../size.ts';

/** All memory the guest has when it starts, memory devices not counted. */
export const memorySchema = kib('memory', { dumpCore: attr(onOff).optional() });

/** What memory devices may add up to; `slots` is how many of them fit. */
export const maxMemorySchema = kib('maxMemory', { slots: attr(unsigned).optional() });

const page = mapped(
  element('page', {
    size: attr(unsigned),
    unit: attr(sizeUnit).optional(),
    nodeset: attr(idSet).optional(),
  }),
  ({ size, unit, ...rest }) => scale(size, unit ?? 'KiB', 1024, (KiB) => ({ ...rest, size: KiB, unit: 'KiB' })),
  (model) => model,
);

export const memoryBackingSchema = element('memoryBacking', {
  hugepages: child(element('hugepages', { page: children(page) })).optional(),
  nosharepages: flag('nosharepages'),
  locked: flag('locked'),
  source: child(element('source', { type: attr(oneOf('file', 'anonymous', 'memfd')) })).optional(),
  access: child(element('access', { mode: attr(oneOf('shared', 'private')) })).optional(),
  allocation: child(
    element('allocation', {
      mode: attr(oneOf('immediate', 'ondemand')).optional(),
      threads: attr(unsigned).optional(),
    }),
  ).optional(),
  discard: flag('discard'),
});
export type MemoryBacking = ModelOf<typeof memoryBackingSchema>;

export const memtuneSchema = element('memtune', {
  hard_limit: child(kib('hard_limit')).optional(),
  soft_limit: child(kib('soft_limit')).optional(),
  min_guarantee: child(kib('min_guarantee')).optional(),
  swap_hard_limit: child(kib('swap_hard_limit')).optional(),
});
export type Memtune = ModelOf<typeof memtuneSchema>;

const modes = oneOf('strict', 'preferred', 'interleave', 'restrictive');

export const numatuneSchema = element('numatune', {
  memory: child(
    element('memory', {
      mode: attr(modes).optional(),
      nodeset: attr(idSet).optional(),
      placement: attr(oneOf('static', 'auto')).optional(),
    }),
  ).optional(),
  memnode: children(element('memnode', { cellid: attr(unsigned), mode: attr(modes).optional(), nodeset: attr(idSet) })),
});
export type Numatune = ModelOf<typeof numatuneSchema>;
