import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';

/** What there is to say about how it runs; undefined when there is nothing. */
export function noteOf({ note, type }: Pick<Machine, 'note' | 'type'>): string | undefined {
  // Why there is no acceleration says little to whom nobody said that there is none.
  return note !== undefined && type === 'qemu' ? t('machines:note.emulated', { reason: note }) : note;
}
