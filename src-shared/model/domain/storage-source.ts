/**
 * Where the bytes of a disk come from. `<source>` looks different for each `type` of the element around it, so there
 * is one schema a type, and `anySource` for the places that accept all of them in one go.
 */
import { attr, child, children, element, type ModelOf, text } from '../../xml/schema.ts';
import { oneOf, string, unsigned, yesNo } from '../../xml/values.ts';
import { bytes } from '../size.ts';
import { encryptionSchema, storageAuthSchema } from '../storage-secret.ts';
import { hostPciAddressSchema } from './address.ts';
import { reconnectSchema } from './device-info.ts';
import { deviceSecurityLabelSchema } from './security-label.ts';

export const storageTypes = ['file', 'block', 'dir', 'network', 'volume', 'nvme', 'vhostuser', 'vhostvdpa'] as const;

export const imageFormats = [
  ...['raw', 'dir', 'bochs', 'cloop', 'dmg', 'iso', 'vpc', 'vdi', 'fat', 'vhd', 'ploop'],
  ...['cow', 'qcow', 'qcow2', 'qed', 'vmdk'],
] as const;

export const startupPolicies = oneOf('mandatory', 'requisite', 'optional');

/** A helper outside the machine that holds SCSI persistent reservations for it. */
const reservations = element('reservations', {
  managed: attr(yesNo).optional(),
  source: child(
    element('source', { type: attr(string), path: attr(string), mode: attr(string).optional() }),
  ).optional(),
});

const slices = element('slices', {
  slice: children(element('slice', { type: attr(oneOf('storage')), offset: attr(unsigned), size: attr(unsigned) })),
});

export const storageHostSchema = element('host', {
  name: attr(string).optional(),
  port: attr(unsigned).optional(),
  transport: attr(oneOf('tcp', 'unix', 'rdma')).optional(),
  socket: attr(string).optional(),
});
export type StorageHost = ModelOf<typeof storageHostSchema>;

export const initiatorSchema = element('initiator', { iqn: child(element('iqn', { name: attr(string) })) });

/** What every `<source>` may carry besides the place itself. */
const sourceTail = {
  startupPolicy: attr(startupPolicies).optional(),
  index: attr(unsigned).optional(),
  slices: child(slices).optional(),
  seclabel: children(deviceSecurityLabelSchema),
  auth: child(storageAuthSchema).optional(),
  encryption: child(encryptionSchema).optional(),
  reservations: child(reservations).optional(),
};

const fileFields = { file: attr(string).optional(), fdgroup: attr(string).optional() };
const blockFields = { dev: attr(string).optional() };
const dirFields = { dir: attr(string).optional() };
const volumeFields = {
  pool: attr(string),
  volume: attr(string),
  mode: attr(oneOf('host', 'direct')).optional(),
};

const networkProtocols = oneOf(
  ...([
    'nbd',
    'rbd',
    'sheepdog',
    'gluster',
    'iscsi',
    'http',
    'https',
    'ftp',
    'ftps',
    'tftp',
    'ssh',
    'vxhs',
    'nfs',
  ] as const),
);

const networkAttributes = {
  protocol: attr(networkProtocols),
  name: attr(string).optional(),
  query: attr(string).optional(),
  tls: attr(yesNo).optional(),
  tlsHostname: attr(string).optional(),
};

const networkChildren = {
  host: children(storageHostSchema),
  identity: child(
    element('identity', {
      user: attr(string).optional(),
      group: attr(string).optional(),
      username: attr(string).optional(),
      keyfile: attr(string).optional(),
      agentsock: attr(string).optional(),
    }),
  ).optional(),
  knownHosts: child(element('knownHosts', { path: attr(string) })).optional(),
  snapshot: child(element('snapshot', { name: attr(string) })).optional(),
  config: child(element('config', { file: attr(string) })).optional(),
  initiator: child(initiatorSchema).optional(),
  ssl: child(element('ssl', { verify: attr(yesNo) })).optional(),
  cookies: child(
    element('cookies', { cookie: children(element('cookie', { name: attr(string), value: text(string) })) }),
  ).optional(),
  readahead: child(element('readahead', { size: attr(unsigned) })).optional(),
  timeout: child(element('timeout', { seconds: attr(unsigned) })).optional(),
};

export const fileSourceSchema = element('source', { ...fileFields, ...sourceTail });
export const blockSourceSchema = element('source', { ...blockFields, ...sourceTail });
export const dirSourceSchema = element('source', { ...dirFields, ...sourceTail });
export const volumeSourceSchema = element('source', { ...volumeFields, ...sourceTail });
export const networkSourceSchema = element('source', { ...networkAttributes, ...networkChildren, ...sourceTail });
export const nvmeSourceSchema = element('source', {
  type: attr(oneOf('pci')),
  managed: attr(yesNo).optional(),
  namespace: attr(unsigned),
  address: child(hostPciAddressSchema),
  ...sourceTail,
});
export const vhostuserSourceSchema = element('source', {
  type: attr(oneOf('unix')),
  path: attr(string),
  reconnect: child(reconnectSchema).optional(),
  ...sourceTail,
});
export const vhostvdpaSourceSchema = element('source', { dev: attr(string), ...sourceTail });

/** A `<source>` whose type stands on the element around it and is not looked at: NVRAM, backing stores, mirrors. */
export const anySourceSchema = element('source', {
  ...fileFields,
  ...blockFields,
  ...dirFields,
  protocol: attr(networkProtocols).optional(),
  name: attr(string).optional(),
  query: attr(string).optional(),
  tls: attr(yesNo).optional(),
  tlsHostname: attr(string).optional(),
  pool: attr(string).optional(),
  volume: attr(string).optional(),
  mode: attr(oneOf('host', 'direct')).optional(),
  type: attr(string).optional(),
  managed: attr(yesNo).optional(),
  namespace: attr(unsigned).optional(),
  path: attr(string).optional(),
  ...networkChildren,
  address: child(hostPciAddressSchema).optional(),
  reconnect: child(reconnectSchema).optional(),
  ...sourceTail,
});
export type AnySource = ModelOf<typeof anySourceSchema>;

/** How much memory the format driver may use for its tables. */
export const metadataCacheSchema = element('metadata_cache', { max_size: child(bytes('max_size')) });

/** `<format type='qcow2'/>` of a backing store or mirror. */
export const formatSchema = element('format', {
  type: attr(oneOf(...imageFormats)),
  metadata_cache: child(metadataCacheSchema).optional(),
});
