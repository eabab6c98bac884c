import type { PlannedChange } from '../../../../src-shared/contract/domains.ts';
import { t, textOf } from '../../../app/i18n.ts';

/** A planned change as a sentence. */
export function changeWords({ label, values }: PlannedChange): string {
  const { device, name, section } = values;
  const words = {
    device: device === undefined ? '' : textOf(`machine:device.${device}`, device),
    name: name ?? '',
    section: section === undefined ? '' : textOf(`machine:section.${section}`, section),
  };
  return textOf(`machine:${label}`, label, words).trim();
}

/** `3 changes: 1 now, 2 at next boot`; a machine that is off has no now. */
export function planWords(changes: readonly PlannedChange[], running: boolean): string {
  const count = changes.length;
  if (count === 0) return t('machine:edit.nothing');
  if (!running) return t('machine:edit.changes', { count });
  const now = changes.filter(({ when }) => when === 'now').length;
  if (now === count) return t('machine:edit.allNow', { count });
  if (now === 0) return t('machine:edit.allLater', { count });
  return t('machine:edit.some', { count, now, later: count - now });
}
