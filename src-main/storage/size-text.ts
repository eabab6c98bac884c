const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** For sentences: three digits, rounded up, so that freeing what is missing is enough. */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const scale = unit === 0 ? 1 : amount < 10 ? 100 : amount < 100 ? 10 : 1;
  return `${Math.ceil(amount * scale) / scale} ${units[unit] ?? 'bytes'}`;
}
