import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, children, childText, element, flag, type ModelOf, raw } from '../xml/schema.ts';
import { integer, nonEmpty, oneOf, string, unsigned } from '../xml/values.ts';
import { domainFields, domainNamespaces, momentDomainSchema } from './domain/domain.ts';
import { anySourceSchema, imageFormats, metadataCacheSchema, storageTypes } from './domain/storage-source.ts';

export const snapshotLocations = ['no', 'internal', 'external', 'manual'] as const;

const disk = element('disk', {
  name: attr(string),
  snapshot: attr(oneOf(...snapshotLocations)).optional(),
  type: attr(oneOf(...storageTypes)).optional(),
  snapshotDeleteInProgress: flag('snapshotDeleteInProgress'),
  driver: child(
    element('driver', {
      type: attr(oneOf(...imageFormats)).optional(),
      metadata_cache: child(metadataCacheSchema).optional(),
    }),
  ).optional(),
  source: child(anySourceSchema).optional(),
});
export type SnapshotDisk = ModelOf<typeof disk>;

/** A moment of a machine one can go back to: its disks, and its memory if it was running. */
export const snapshotSchema = element(
  'domainsnapshot',
  {
    name: childText('name', nonEmpty).optional(),
    description: childText('description', string).optional(),
    state: childText(
      'state',
      oneOf(
        'nostate',
        'running',
        'blocked',
        'paused',
        'shutdown',
        'shutoff',
        'crashed',
        'pmsuspended',
        'disk-snapshot',
      ),
    ).optional(),
    parent: child(element('parent', { name: childText('name', string) })).optional(),
    /** Seconds since 1970. */
    creationTime: childText('creationTime', integer).optional(),
    memory: child(
      element('memory', { snapshot: attr(oneOf(...snapshotLocations)).optional(), file: attr(string).optional() }),
    ).optional(),
    disks: child(element('disks', { disk: children(disk) })).optional(),
    revertDisks: child(element('revertDisks', { disk: children(disk) })).optional(),
    domain: child(momentDomainSchema).optional(),
    inactiveDomain: child(element('inactiveDomain', domainFields)).optional(),
    cookie: raw('cookie', 'libvirt'),
    active: childText('active', unsigned).optional(),
  },
  { namespaces: domainNamespaces },
);
export type Snapshot = ModelOf<typeof snapshotSchema>;

/** Reads `<domainsnapshot>`. @throws XmlError with every issue. */
export const parseSnapshot = (xml: string): Snapshot => parseXml(snapshotSchema, xml);

export const formatSnapshot = (snapshot: Snapshot): string => formatXml(snapshotSchema, snapshot);
