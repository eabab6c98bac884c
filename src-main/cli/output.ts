/** Tables and figures laid out as `virsh` lays them out, so that scripts written for it go on working. */

/** A table with a ruled header, and a blank line behind it. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))));
  const line = (cells: readonly string[]): string =>
    cells
      .map(
        (cell, column) =>
          ` ${cell}${column === cells.length - 1 ? '' : ' '.repeat((widths[column] ?? 0) - width(cell) + 2)}`,
      )
      .join('');
  const rule = '-'.repeat(widths.reduce((sum, column) => sum + column + 3, 0));
  return `${[line(header), rule, ...rows.map(line)].join('\n')}\n\n`;
}

const width = (text: string): number => [...text].length;

/** `Name:           web`: a label in fifteen columns (or more) and its value. */
export const field = (label: string, value: string, columns = 15): string =>
  `${`${label}:`.padEnd(columns)} ${value}\n`;

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** Bytes with two decimals in the largest fitting unit: `1.00 GiB`. */
export function prettyBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(2)} ${units[unit] ?? ''}`;
}

const factors: Readonly<Record<string, number>> = {
  b: 1,
  byte: 1,
  bytes: 1,
  k: 1024,
  kib: 1024,
  kb: 1000,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  mb: 1000 ** 2,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  gb: 1000 ** 3,
  t: 1024 ** 4,
  tib: 1024 ** 4,
  tb: 1000 ** 4,
};

/** A size as `virsh` reads it: `10G`, `512MiB`, a bare number in `defaultUnit` bytes. Undefined when it is not one. */
export function parseSize(text: string, defaultUnit = 1): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]*)$/.exec(text.trim());
  if (match === null) return undefined;
  const factor = match[2] === '' ? defaultUnit : factors[(match[2] ?? '').toLowerCase()];
  const value = factor === undefined ? Number.NaN : Number(match[1]) * factor;
  return Number.isSafeInteger(Math.round(value)) ? Math.round(value) : undefined;
}
