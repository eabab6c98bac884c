import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, children, childText, element, flag, type ModelOf } from '../xml/schema.ts';
import { oneOf, string, unsigned } from '../xml/values.ts';
import { bytes } from './size.ts';
import { permissionsSchema } from './storage-pool.ts';
import { encryptionSchema } from './storage-secret.ts';

/** Seconds since 1970, with nanoseconds after a point. */
const timestamp = (name: string) => childText(name, string).optional();

/** What `<target>` and `<backingStore>` both say about an image. */
const image = {
  path: childText('path', string).optional(),
  format: child(element('format', { type: attr(string) })).optional(),
  permissions: child(permissionsSchema).optional(),
  timestamps: child(
    element('timestamps', {
      atime: timestamp('atime'),
      mtime: timestamp('mtime'),
      ctime: timestamp('ctime'),
      btime: timestamp('btime'),
    }),
  ).optional(),
  encryption: child(encryptionSchema).optional(),
  compat: childText('compat', string).optional(),
  nocow: flag('nocow'),
  clusterSize: child(bytes('clusterSize', undefined, 'B')).optional(),
  features: child(
    element('features', { lazy_refcounts: flag('lazy_refcounts'), extended_l2: flag('extended_l2') }),
  ).optional(),
};

/** One disk image, partition, logical volume … of a pool. */
export const storageVolumeSchema = element('volume', {
  type: attr(oneOf('file', 'block', 'dir', 'network', 'netdir', 'ploop'))
    .optional()
    .describe('What the volume is; follows from its pool.'),
  name: childText('name', string).optional().describe('The name of the volume.'),
  key: childText('key', string).optional().describe('An identity that outlives renaming.'),
  source: child(
    element('source', {
      device: children(
        element('device', {
          path: attr(string),
          extent: children(element('extent', { start: attr(unsigned), end: attr(unsigned) })),
        }),
      ),
    }),
  )
    .optional()
    .describe('The devices the volume lies on.'),
  capacity: child(bytes('capacity')).optional().describe('The size the guest sees.'),
  allocation: child(bytes('allocation')).optional().describe('The space taken in the pool; the rest is sparse.'),
  physical: child(bytes('physical')).optional().describe('The size of the file on the host.'),
  target: child(element('target', image, { endTag: 'always' }))
    .optional()
    .describe('Path, format and permissions.'),
  backingStore: child(element('backingStore', image, { endTag: 'always' }))
    .optional()
    .describe('The image below this one.'),
});
export type StorageVolume = ModelOf<typeof storageVolumeSchema>;

/** Reads `<volume>`. @throws XmlError with every issue. */
export const parseStorageVolume = (xml: string): StorageVolume => parseXml(storageVolumeSchema, xml);

export const formatStorageVolume = (volume: StorageVolume): string => formatXml(storageVolumeSchema, volume);
