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
  type: attr(oneOf('file', 'block', 'dir', 'network', 'netdir', 'ploop')).optional(),
  name: childText('name', string).optional(),
  key: childText('key', string).optional(),
  source: child(
    element('source', {
      device: children(
        element('device', {
          path: attr(string),
          extent: children(element('extent', { start: attr(unsigned), end: attr(unsigned) })),
        }),
      ),
    }),
  ).optional(),
  capacity: child(bytes('capacity')).optional(),
  allocation: child(bytes('allocation')).optional(),
  physical: child(bytes('physical')).optional(),
  target: child(element('target', image, { endTag: 'always' })).optional(),
  backingStore: child(element('backingStore', image, { endTag: 'always' })).optional(),
});
export type StorageVolume = ModelOf<typeof storageVolumeSchema>;

/** Reads `<volume>`. @throws XmlError with every issue. */
export const parseStorageVolume = (xml: string): StorageVolume => parseXml(storageVolumeSchema, xml);

export const formatStorageVolume = (volume: StorageVolume): string => formatXml(storageVolumeSchema, volume);
