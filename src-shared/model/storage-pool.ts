import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, children, childText, element, type ModelOf, union } from '../xml/schema.ts';
import { fileMode, integer, oneOf, string, unsigned, uuid, yesNo } from '../xml/values.ts';
import { hostPciAddressSchema } from './domain/address.ts';
import { initiatorSchema } from './domain/storage-source.ts';
import { bytes } from './size.ts';
import { storageAuthSchema } from './storage-secret.ts';

export const storagePoolTypes = [
  ...(['dir', 'fs', 'netfs', 'logical', 'disk', 'iscsi', 'iscsi-direct'] as const),
  ...(['scsi', 'mpath', 'rbd', 'sheepdog', 'gluster', 'zfs', 'vstorage'] as const),
] as const;

export const storagePoolNamespaces = {
  fs: 'http://libvirt.org/schemas/storagepool/fs/1.0',
  rbd: 'http://libvirt.org/schemas/storagepool/rbd/1.0',
} as const;

/** Owner, mode and security label of a folder, device or file. */
export const permissionsSchema = element('permissions', {
  mode: childText('mode', fileMode).optional(),
  owner: childText('owner', integer).optional(),
  group: childText('group', integer).optional(),
  label: childText('label', string).optional(),
});
export type StoragePermissions = ModelOf<typeof permissionsSchema>;

const device = element('device', {
  path: attr(string),
  part_separator: attr(yesNo).optional(),
  freeExtent: children(element('freeExtent', { start: attr(unsigned), end: attr(unsigned) })),
});

/** The SCSI or fibre channel adapter whose LUNs are the pool's volumes. */
const adapter = union(
  'adapter',
  'type',
  {
    scsi_host: {
      name: attr(string).optional(),
      parentaddr: child(
        element('parentaddr', { unique_id: attr(unsigned).optional(), address: child(hostPciAddressSchema) }),
      ).optional(),
    },
    fc_host: {
      parent: attr(string).optional(),
      parent_wwnn: attr(string).optional(),
      parent_wwpn: attr(string).optional(),
      parent_fabric_wwn: attr(string).optional(),
      managed: attr(yesNo).optional(),
      wwnn: attr(string),
      wwpn: attr(string),
    },
  },
  'scsi_host',
);

/** Where the pool's content is; which parts count depends on the pool's type. */
const source = element(
  'source',
  {
    host: children(element('host', { name: attr(string), port: attr(unsigned).optional() })),
    device: children(device),
    dir: child(element('dir', { path: attr(string) })).optional(),
    adapter: child(adapter).optional(),
    name: childText('name', string).optional(),
    initiator: child(initiatorSchema).optional(),
    format: child(element('format', { type: attr(string) })).optional(),
    auth: child(storageAuthSchema).optional(),
    protocol: child(element('protocol', { ver: attr(string) })).optional(),
    vendor: child(element('vendor', { name: attr(string) })).optional(),
    product: child(element('product', { name: attr(string) })).optional(),
  },
  { endTag: 'always' },
);
export type StoragePoolSource = ModelOf<typeof source>;

/** A place volumes live in. */
export const storagePoolSchema = element(
  'pool',
  {
    type: attr(oneOf(...storagePoolTypes)).describe('What the pool is made of.'),
    name: childText('name', string).optional().describe('The name of the pool.'),
    uuid: childText('uuid', uuid).optional().describe('The identity of the pool; chosen when absent.'),
    capacity: child(bytes('capacity')).optional().describe('All space of the pool.'),
    allocation: child(bytes('allocation')).optional().describe('The space volumes take.'),
    available: child(bytes('available')).optional().describe('The space that is free.'),
    features: child(element('features', { cow: child(element('cow', { state: attr(yesNo) })).optional() })).optional(),
    source: child(source).optional().describe('Where the content of the pool is.'),
    target: child(
      element(
        'target',
        {
          path: childText('path', string).optional(),
          permissions: child(permissionsSchema).optional(),
        },
        { endTag: 'always' },
      ),
    )
      .optional()
      .describe('Where the pool appears on the host.'),
    refresh: child(
      element('refresh', {
        volume: child(element('volume', { allocation: attr(oneOf('default', 'capacity')) })).optional(),
      }),
    )
      .optional()
      .describe('How the sizes of volumes are found out.'),
    fsMountOpts: child(
      element('fs:mount_opts', { option: children(element('fs:option', { name: attr(string) })) }),
    ).optional(),
    rbdConfigOpts: child(
      element('rbd:config_opts', {
        option: children(element('rbd:option', { name: attr(string), value: attr(string) })),
      }),
    ).optional(),
  },
  { namespaces: storagePoolNamespaces },
);
export type StoragePool = ModelOf<typeof storagePoolSchema>;

/** Reads `<pool>`. @throws XmlError with every issue. */
export const parseStoragePool = (xml: string): StoragePool => parseXml(storagePoolSchema, xml);

export const formatStoragePool = (pool: StoragePool): string => formatXml(storagePoolSchema, pool);
