import { hostLabel } from '../../app/host-label.ts';
import { t } from '../../app/i18n.ts';
import { connectionOf } from '../../app/store/inventory-store.ts';
import type { ShownState } from './shown-state.ts';
import type { Grouping } from './view.ts';

/** The words of a heading. */
export function groupLabel(grouping: Grouping, id: string): string {
  if (grouping === 'state') return t(`machines:state.${id as ShownState}`);
  if (grouping === 'host') {
    const connection = connectionOf(id);
    return connection === undefined ? id : hostLabel(connection);
  }
  return id === '' ? t('machines:grouping.noFolder') : id;
}
