import { useCallback, useSyncExternalStore } from 'react';
import { textOf } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { statsStore } from '../../../app/store/stats-store.ts';
import type { PanelName } from './panels.ts';
import styles from './performance-tab.module.css';

/** Why a graph is blank, or shows something else than one would think. */
export function BlankNote(props: { machine: Machine; name: PanelName }): React.JSX.Element | undefined {
  const { machine, name } = props;
  const subscribe = useCallback((listener: () => void) => statsStore.subscribe(listener), []);
  const reason = useSyncExternalStore(subscribe, () => statsStore.of(machine.key).latest?.blanks?.[name]);
  if (reason === undefined) return undefined;
  return (
    <p className={styles.note}>
      {textOf(`performance:blanks.${reason.replace('blank.', '')}`, reason, { names: machine.name, count: 1 })}
    </p>
  );
}
