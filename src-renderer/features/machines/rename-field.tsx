import { useState } from 'react';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { rename } from './actions.ts';
import styles from './machine-list.module.css';
import { useMachines } from './machines-store.ts';

function finish(): void {
  useMachines.setState({ renaming: undefined });
  document.querySelector<HTMLElement>('[data-machines]')?.focus();
}

/** The name, being typed anew in its place. Enter takes it, Escape leaves it. */
export function RenameField({ machine }: { machine: Machine }): React.JSX.Element {
  const [name, setName] = useState(machine.name);
  const accept = (): void => {
    finish();
    rename(machine, name.trim()).catch(reportError);
  };
  return (
    <input
      className={styles.rename}
      aria-label={t('machines:renameField', { name: machine.name })}
      // Asked for by a key: the place to type is here.
      autoFocus
      spellCheck={false}
      value={name}
      maxLength={255}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setName(event.target.value)}
      onBlur={accept}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') event.currentTarget.blur();
        else if (event.key === 'Escape') {
          setName(machine.name);
          finish();
        }
      }}
    />
  );
}
