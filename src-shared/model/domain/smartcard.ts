import { childText, childTexts, type ModelOf, union } from '../../xml/schema.ts';
import { string } from '../../xml/values.ts';
import { anyChardev } from './chardev.ts';
import { checkNamedHostEnd } from './chardev-check.ts';
import { deviceInfo } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;
const info = { alias, acpi, address };

/** A smart card reader: the host's own card, three certificates that make up a card, or a card sent by the viewer. */
export const smartcardSchema = union(
  'smartcard',
  'mode',
  {
    host: info,
    'host-certificates': {
      certificate: childTexts('certificate', string),
      database: childText('database', string).optional(),
      ...info,
    },
    passthrough: { ...anyChardev, ...info },
  },
  undefined,
  { check: (card) => (card.mode === 'passthrough' ? checkNamedHostEnd(card) : undefined) },
);
export type Smartcard = ModelOf<typeof smartcardSchema>;
