import i18next from 'i18next';
import type { Range } from './use-performance.ts';

/** A moment on the axis: seconds matter in the last minutes only, and there between full minutes. */
export function formatMoment(ms: number, range: Range): string {
  return new Intl.DateTimeFormat(i18next.language, {
    hour: '2-digit',
    minute: '2-digit',
    ...(range === '5min' && ms % 60_000 !== 0 ? { second: '2-digit' } : {}),
  }).format(ms);
}
