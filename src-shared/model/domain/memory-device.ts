import { attr, child, childText, element, flag, type ModelOf, tag, union } from '../../xml/schema.ts';
import { idSet, oneOf, string, unsigned, uuid, yesNo } from '../../xml/values.ts';
import { kib } from '../size.ts';
import { deviceInfo } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

const source = element('source', {
  nodemask: childText('nodemask', idSet).optional(),
  pagesize: child(kib('pagesize')).optional(),
  path: childText('path', string).optional(),
  alignsize: child(kib('alignsize')).optional(),
  pmem: flag('pmem'),
});

const target = element('target', {
  dynamicMemslots: attr(yesNo).optional(),
  size: child(kib('size')),
  node: childText('node', unsigned).optional(),
  label: child(element('label', { size: child(kib('size')) })).optional(),
  readonly: flag('readonly'),
  block: child(kib('block')).optional(),
  requested: child(kib('requested')).optional(),
  current: child(kib('current')).optional(),
});
export type MemoryTarget = ModelOf<typeof target>;

const fields = {
  model: tag(),
  access: attr(oneOf('shared', 'private')).optional(),
  discard: attr(yesNo).optional(),
  uuid: childText('uuid', uuid).optional(),
  source: child(source).optional(),
  target: child(target),
  alias,
  acpi,
  address,
};

/** A memory module that can be plugged in while the machine runs, or that outlives it. */
export const memoryDeviceSchema = union('memory', 'model', {
  dimm: fields,
  nvdimm: fields,
  'virtio-pmem': fields,
  'virtio-mem': fields,
  'sgx-epc': fields,
});
export type MemoryDevice = ModelOf<typeof memoryDeviceSchema>;
