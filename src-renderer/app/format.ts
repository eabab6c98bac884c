/** Figures as people read them, in the language of the window. */

let language = 'en';

export function setFormatLanguage(next: string): void {
  language = next;
  cache.clear();
}

const cache = new Map<string, Intl.NumberFormat>();

function number(value: number, maximumFractionDigits: number): string {
  const key = String(maximumFractionDigits);
  const format = cache.get(key) ?? new Intl.NumberFormat(language, { maximumFractionDigits });
  cache.set(key, format);
  return format.format(value);
}

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `2 GiB`, `1.5 GiB`, `512 MiB`: three significant digits at most. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  // 1023.99 MiB would round to "1,024 MiB".
  if (Math.round(value) >= 1024 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${number(value, digits)}\u00a0${binaryUnits[unit] ?? ''}`;
}

export const formatKiB = (kiB: number): string => formatBytes(kiB * 1024);

export const formatRate = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`;

/** A share of one as per cent without decimals. */
export function formatPercent(share: number): string {
  return `${number(Math.round(share * 100), 0)}\u00a0%`;
}

/** A span in its two largest units: `3 d 4 h`, `12 min`, `45 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0\u00a0s';
  // Seconds beside minutes would change the text each second for nothing.
  const shown = parts.slice(first, first === 2 ? 3 : first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}\u00a0${unit}`).join(' ');
}

export function formatTime(ms: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}

/** `3 minutes ago`, `in 5 days`. */
export function formatRelative(ms: number, nowMs: number): string {
  const seconds = (ms - nowMs) / 1000;
  const steps: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const [length, unit] = steps.find(([size]) => Math.abs(seconds) >= size) ?? [1, 'second'];
  return format.format(Math.round(seconds / length), unit);
}
