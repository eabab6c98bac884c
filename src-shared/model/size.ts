import { bytesPerUnit, largestUnit, toBytes } from '../units.ts';
import { attr, element, type Fields, type FieldsModel, mapped, type Schema, text } from '../xml/schema.ts';
import type { Extra } from '../xml/tree.ts';
import { sizeUnit, unsigned } from '../xml/values.ts';

/** A size in KiB with whatever else its element carries. */
export type KiB<F extends Fields = Record<never, never>> = FieldsModel<F> & { KiB: number };
/** A size in bytes with whatever else its element carries. */
export type Bytes<F extends Fields = Record<never, never>> = FieldsModel<F> & { bytes: number };

type Sized = { unit?: string; amount: number; _extra?: Extra };

/**
 * `<memory unit='GiB'>2</memory>`: any unit is accepted, the model is in KiB and KiB is what is written, as libvirt
 * does. A size that is no multiple of 1024 is rounded up.
 */
export function kib<F extends Fields = Record<never, never>>(name: string, fields?: F, unit = 'KiB'): Schema<KiB<F>> {
  return sized(name, fields, unit, 'KiB', 1024) as Schema<KiB<F>>;
}

/** The same for sizes in bytes, such as a volume's capacity. */
export function bytes<F extends Fields = Record<never, never>>(
  name: string,
  fields?: F,
  written: 'bytes' | 'B' = 'bytes',
): Schema<Bytes<F>> {
  return sized(name, fields, 'bytes', 'bytes', 1, written) as Schema<Bytes<F>>;
}

/** A size in bytes that libvirt writes in whole MiB: `<size unit='M'>4</size>`. */
export function mebibytes(name: string): Schema<Bytes> {
  const inner = element(name, { unit: attr(sizeUnit).optional(), amount: text(unsigned) });
  return mapped(
    inner,
    ({ unit, amount, ...rest }) => scale(amount, unit ?? 'bytes', 1, (value) => ({ ...rest, bytes: value })),
    ({ bytes: value, ...rest }) =>
      value % 1024 ** 2 === 0
        ? { ...rest, unit: 'M', amount: value / 1024 ** 2 }
        : { ...rest, unit: 'bytes', amount: value },
  );
}

/** A size in bytes that libvirt writes in the largest unit that divides it: `<tseg unit='MiB'>48</tseg>`. */
export function prettyBytes(name: string, unit: string): Schema<Bytes> {
  const inner = element(name, { unit: attr(sizeUnit).optional(), amount: text(unsigned) });
  return mapped(
    inner,
    ({ unit: given, amount, ...rest }) => scale(amount, given ?? unit, 1, (value) => ({ ...rest, bytes: value })),
    ({ bytes: value, ...rest }) => {
      const pretty = largestUnit(value);
      return { ...rest, unit: pretty.unit, amount: pretty.amount };
    },
  );
}

function sized(
  name: string,
  fields: Fields | undefined,
  defaultUnit: string,
  key: 'KiB' | 'bytes',
  divisor: number,
  written: string = key,
): Schema<unknown> {
  const inner = element(name, { ...fields, unit: attr(sizeUnit).optional(), amount: text(unsigned) }) as Schema<Sized>;
  return mapped(
    inner,
    ({ unit, amount, ...rest }) =>
      scale(amount, unit ?? defaultUnit, divisor, (value): Record<string, unknown> => ({ ...rest, [key]: value })),
    ({ [key]: value, ...rest }) => ({ ...rest, unit: written, amount: value as number }),
  );
}

/** Scales to a multiple of `divisor` bytes, rounding up. */
export function scale<T>(
  amount: number,
  unit: string,
  divisor: number,
  make: (value: number) => T,
): { readonly value: T } | { readonly problem: string } {
  if (bytesPerUnit(unit) === undefined) return { problem: `'${unit}' is not a unit such as KiB, MiB or GiB.` };
  if (unit === 'KiB' && divisor === 1024) return { value: make(amount) };
  const size = toBytes(amount, unit);
  if (size === undefined) return { problem: `${amount} ${unit} is too large.` };
  return { value: make(Math.ceil(size / divisor)) };
}
