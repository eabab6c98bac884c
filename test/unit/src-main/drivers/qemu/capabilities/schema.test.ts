import { describe, expect, it } from 'vitest';
import { schemaQuery } from '../../../../../../src-main/drivers/qemu/capabilities/schema.ts';

const has = schemaQuery([
  { name: 'add', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '9', features: ['json-cli'] },
  {
    name: '1',
    'meta-type': 'object',
    tag: 'driver',
    members: [
      { name: 'driver', type: '2' },
      { name: 'size', type: 'int', default: null },
      { name: 'parent', type: '[1]' },
      { name: 'node', type: '4' },
    ],
    variants: [
      { case: 'qcow2', type: '3' },
      { case: 'raw', type: '5' },
    ],
    features: ['odd'],
  },
  { name: '2', 'meta-type': 'enum', values: ['qcow2', 'raw'] },
  { name: '3', 'meta-type': 'object', members: [{ name: 'backing', type: 'str' }] },
  { name: '4', 'meta-type': 'alternate', members: [{ type: 'str' }, { type: '3' }] },
  { name: '5', 'meta-type': 'object', members: [] },
  { name: '[1]', 'meta-type': 'array', 'element-type': '1' },
  { name: 'int', 'meta-type': 'builtin', 'json-type': 'int' },
  { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
  { name: '9', 'meta-type': 'enum', members: [{ name: 'png', features: ['new'] }, { name: 'ppm' }] },
  { name: 'DONE', 'meta-type': 'event', 'arg-type': '3' },
]);

describe('schemaQuery', () => {
  it.each([
    'add',
    'add/arg-type/driver',
    'add/arg-type/driver/^qcow2',
    'add/arg-type/+qcow2/backing',
    'add/arg-type/+qcow2/backing/!string',
    'add/arg-type/*size',
    'add/arg-type/size/!int',
    'add/arg-type/parent/+raw',
    'add/arg-type/parent/parent/parent/driver/^raw',
    'add/arg-type/node/!string',
    'add/arg-type/node/backing',
    'add/arg-type/$odd',
    'add/$json-cli',
    'add/ret-type/^png',
    'add/ret-type/^png/$new',
    'DONE/arg-type/backing',
  ])('has %s', (path) => expect(has(path)).toBe(true));

  it.each([
    'remove',
    'add/arg-type/colour',
    'add/arg-type/driver/^vmdk',
    'add/arg-type/driver/^raw/$new',
    'add/arg-type/+raw/backing',
    'add/arg-type/+vmdk',
    'add/arg-type/*driver',
    'add/arg-type/size/!string',
    'add/arg-type/^driver',
    'add/arg-type/$even',
    'add/$json',
    'add/ret-type/^ppm/$new',
    'add/ret-type/^ppm/$new/$newer',
    '',
  ])('has no %s', (path) => expect(has(path)).toBe(false));
});
