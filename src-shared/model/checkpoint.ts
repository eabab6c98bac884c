import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, children, childText, element, type ModelOf } from '../xml/schema.ts';
import { integer, nonEmpty, oneOf, string, unsigned } from '../xml/values.ts';
import { domainNamespaces, momentDomainSchema } from './domain/domain.ts';

/** A moment from which changed blocks are tracked, for incremental backup. */
export const checkpointSchema = element(
  'domaincheckpoint',
  {
    name: childText('name', nonEmpty).optional(),
    description: childText('description', string).optional(),
    parent: child(element('parent', { name: childText('name', string) })).optional(),
    /** Seconds since 1970. */
    creationTime: childText('creationTime', integer).optional(),
    disks: child(
      element('disks', {
        disk: children(
          element('disk', {
            name: attr(string),
            checkpoint: attr(oneOf('no', 'bitmap')).default('bitmap'),
            bitmap: attr(string).optional(),
            size: attr(unsigned).optional(),
          }),
        ),
      }),
    ).optional(),
    domain: child(momentDomainSchema).optional(),
  },
  { namespaces: domainNamespaces },
);
export type Checkpoint = ModelOf<typeof checkpointSchema>;

/** Reads `<domaincheckpoint>`. @throws XmlError with every issue. */
export const parseCheckpoint = (xml: string): Checkpoint => parseXml(checkpointSchema, xml);

export const formatCheckpoint = (checkpoint: Checkpoint): string => formatXml(checkpointSchema, checkpoint);
