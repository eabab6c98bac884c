import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, childText, element, type ModelOf, union } from '../xml/schema.ts';
import { string, uuid, yesNo } from '../xml/values.ts';

const name = { name: childText('name', string) };

/** A password or key, without its value: that is set and read apart. */
export const secretSchema = element('secret', {
  ephemeral: attr(yesNo).default(false),
  private: attr(yesNo).default(false),
  uuid: childText('uuid', uuid).optional(),
  description: childText('description', string).optional(),
  usage: child(
    union('usage', 'type', {
      none: {},
      volume: { volume: childText('volume', string).optional() },
      ceph: name,
      iscsi: { target: childText('target', string) },
      tls: name,
      vtpm: name,
    }),
  ).optional(),
});
export type Secret = ModelOf<typeof secretSchema>;

/** Reads `<secret>`. @throws XmlError with every issue. */
export const parseSecret = (xml: string): Secret => parseXml(secretSchema, xml);

export const formatSecret = (secret: Secret): string => formatXml(secretSchema, secret);
