import { attr, children, element, type ModelOf } from '../../xml/schema.ts';
import { string, type ValueType, yesNo } from '../../xml/values.ts';

/** A USB id; `-1` stands for any and is written as absence. */
function usbId(digits: number): ValueType<number> {
  return {
    expected: `a hexadecimal number of up to ${digits} digits, or -1 for any`,
    parse: (text) => {
      if (text.trim() === '-1') return -1;
      const match = /^\s*(?:0[xX])?([0-9a-fA-F]+)\s*$/.exec(text);
      const value = match?.[1] === undefined ? -1 : Number.parseInt(match[1], 16);
      return value >= 0 && value < 16 ** digits ? value : undefined;
    },
    format: (value) => (value < 0 ? '-1' : `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`),
  };
}

/** Which USB devices a viewer may redirect; the first rule that matches decides. */
export const redirfilterSchema = element('redirfilter', {
  usbdev: children(
    element('usbdev', {
      class: attr(usbId(2)).optional(),
      vendor: attr(usbId(4)).optional(),
      product: attr(usbId(4)).optional(),
      version: attr(string).optional(),
      allow: attr(yesNo),
    }),
  ),
});
export type Redirfilter = ModelOf<typeof redirfilterSchema>;
