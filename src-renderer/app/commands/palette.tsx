import MuiDialog from '@mui/material/Dialog';
import ArrowRight from 'lucide-react/icons/arrow-right';
import Search from 'lucide-react/icons/search';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { Icon, type IconType } from '../../components/icon.tsx';
import { KeyHint } from '../../components/key-hint.tsx';
import { MuiScope } from '../../components/mui/scope.tsx';
import { stateIcon, stateWord } from '../../features/machines/state.tsx';
import { t } from '../i18n.ts';
import { go, paths } from '../routes.ts';
import { useInventory } from '../store/inventory-store.ts';
import { commands, keysOf } from './commands.ts';
import styles from './palette.module.css';
import { commandGroups } from './registry.ts';
import { rank } from './search.ts';

interface Entry {
  readonly id: string;
  readonly heading: string;
  readonly title: string;
  readonly subject?: string | undefined;
  readonly searched: string;
  readonly icon: IconType;
  readonly keys?: string | undefined;
  readonly end?: string;
  readonly run: () => void;
}

const shownAtMost = 80;

/** Every action and every machine by name. */
export default function Palette({ close }: { close: (run?: () => void) => void }): React.JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const entries = useMemo(allEntries, []);
  const found = useMemo(() => rank(query, entries, (entry) => entry.searched).slice(0, shownAtMost), [entries, query]);

  useEffect(() => {
    list.current?.querySelector('[data-active="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, found]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setActive((active + 1) % Math.max(1, found.length));
    else if (event.key === 'ArrowUp') setActive((active - 1 + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') close(found[active]?.run);
    else return;
    event.preventDefault();
  };

  return (
    <MuiScope>
      <MuiDialog
        open
        transitionDuration={0}
        onClose={() => close()}
        slotProps={{
          paper: { className: styles.palette, 'aria-label': t('commands.palette') },
          container: { className: styles.place },
        }}
      >
        <div className={styles.search}>
          <Icon of={Search} />
          <input
            role="combobox"
            autoFocus
            aria-label={t('palette.search')}
            aria-expanded
            aria-controls={listId}
            aria-activedescendant={found.length > 0 ? `${listId}-${active}` : undefined}
            placeholder={t('palette.search')}
            spellCheck={false}
            autoComplete="off"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
          />
          <KeyHint keys="Esc" />
        </div>
        <div ref={list} id={listId} role="listbox" aria-label={t('commands.palette')} className={styles.list}>
          {found.map((entry, index) => (
            <div key={entry.id} role="presentation">
              {query === '' && entry.heading !== found[index - 1]?.heading && (
                <div role="presentation" className={styles.heading}>
                  {entry.heading}
                </div>
              )}
              <div
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === active}
                data-active={index === active}
                className={styles.entry}
                onPointerMove={() => setActive(index)}
                onClick={() => close(entry.run)}
              >
                <Icon of={entry.icon} />
                <span className="truncate">{entry.title}</span>
                {entry.subject !== undefined && <span className={styles.subject}>{entry.subject}</span>}
                <span className={styles.entryEnd}>
                  {entry.end}
                  {entry.keys !== undefined && <KeyHint keys={entry.keys} />}
                </span>
              </div>
            </div>
          ))}
          {found.length === 0 && <p className={styles.none}>{t('palette.none')}</p>}
        </div>
      </MuiDialog>
    </MuiScope>
  );
}

function allEntries(): readonly Entry[] {
  const actions = commandGroups.flatMap((group) =>
    commands
      .list()
      .filter((command) => command.group === group && command.hidden !== true && command.isEnabled?.() !== false)
      .map((command): Entry => {
        const title = command.title();
        const subject = command.subject?.();
        return {
          id: command.id,
          heading: t(`commandGroups.${group}`),
          title,
          subject,
          searched: `${title} ${subject ?? ''} ${command.also?.() ?? ''}`,
          icon: command.icon ?? ArrowRight,
          keys: keysOf(command.id),
          run: () => commands.run(command.id),
        };
      }),
  );
  const machines = [...useInventory.getState().machines.values()].map(
    (machine): Entry => ({
      id: machine.key,
      heading: t('nav.machines'),
      title: machine.name,
      subject: machine.title,
      searched: `${machine.name} ${machine.title ?? ''} ${machine.tags.join(' ')}`,
      icon: stateIcon(machine),
      end: stateWord(machine),
      run: () => go(paths.machine(machine)),
    }),
  );
  return [...actions, ...machines];
}
