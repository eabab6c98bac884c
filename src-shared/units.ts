/**
 * Sizes with a unit, as libvirt spells them: `<memory unit='GiB'>2</memory>`. One letter and `…iB` count in powers of
 * 1024, `…B` in powers of 1000; case does not matter.
 */

const prefixes = 'kmgtpe';

/** How many bytes one `unit` is, or `undefined` when there is no such unit. */
export function bytesPerUnit(unit: string): number | undefined {
  const word = unit.toLowerCase();
  if (word === 'b' || word === 'byte' || word === 'bytes') return 1;
  const power = word === '' ? 0 : prefixes.indexOf(word.charAt(0)) + 1;
  if (power === 0) return undefined;
  const rest = word.slice(1);
  if (rest === '' || rest === 'ib') return 1024 ** power;
  return rest === 'b' ? 1000 ** power : undefined;
}

/** `amount` of `unit` in bytes; `undefined` when the unit is unknown or the result is not exact. */
export function toBytes(amount: number, unit: string): number | undefined {
  const factor = bytesPerUnit(unit);
  if (factor === undefined) return undefined;
  const bytes = amount * factor;
  // Beyond 2⁵³ a double still holds every multiple of a large enough power of two.
  return bytes <= Number.MAX_SAFE_INTEGER || BigInt(amount) * BigInt(factor) === BigInt(bytes) ? bytes : undefined;
}

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** The same size in the largest binary unit that divides it: `{ amount: 48, unit: 'MiB' }`. */
export function largestUnit(bytes: number): { readonly amount: number; readonly unit: (typeof binaryUnits)[number] } {
  let amount = bytes;
  let index = 0;
  while (amount !== 0 && amount % 1024 === 0 && index < binaryUnits.length - 1) {
    amount /= 1024;
    index += 1;
  }
  return { amount, unit: binaryUnits[index] ?? 'B' };
}
