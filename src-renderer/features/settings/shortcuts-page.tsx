import RotateCcw from 'lucide-react/icons/rotate-ccw';
import { useState } from 'react';
import { commands } from '../../app/commands/commands.ts';
import { type Command, commandGroups } from '../../app/commands/registry.ts';
import { rank } from '../../app/commands/search.ts';
import { shortcutOf } from '../../app/commands/shortcut.ts';
import { t } from '../../app/i18n.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { KeyHint } from '../../components/key-hint.tsx';
import { SearchInput } from '../../components/search-input.tsx';
import { change } from './change.ts';
import { Group } from './group.tsx';
import styles from './settings-screen.module.css';

/** Every command can have other keys, or none. */
export function ShortcutsPage(): React.JSX.Element {
  const shortcuts = useSettings((state) => state.shortcuts);
  const [search, setSearch] = useState('');
  const [capturing, setCapturing] = useState<string>();

  const bind = (id: string, keys: string | undefined): void => {
    const { [id]: _before, ...others } = shortcuts;
    change({ shortcuts: keys === undefined ? others : { ...others, [id]: keys } });
    setCapturing(undefined);
  };

  const found = rank(search, commands.list(), (command) => `${command.title()} ${command.id}`);
  return (
    <>
      <p className={styles.text}>{t('settings:shortcuts.text')}</p>
      <SearchInput
        className={styles.search}
        value={search}
        onChange={setSearch}
        placeholder={t('settings:shortcuts.search')}
        aria-label={t('settings:shortcuts.search')}
        clearLabel={t('action.clear')}
      />
      {commandGroups.map((group) => {
        const members = found.filter((command) => command.group === group);
        if (members.length === 0) return undefined;
        return (
          <Group key={group} title={t(`commandGroups.${group}`)}>
            <ul className={styles.shortcuts}>
              {members.map((command) => (
                <ShortcutRow
                  key={command.id}
                  command={command}
                  capturing={capturing === command.id}
                  onCapture={() => setCapturing(command.id)}
                  onBind={(keys) => bind(command.id, keys)}
                  onLeave={() => setCapturing(undefined)}
                />
              ))}
            </ul>
          </Group>
        );
      })}
    </>
  );
}

interface RowProps {
  readonly command: Command;
  readonly capturing: boolean;
  readonly onCapture: () => void;
  /** Undefined: as it comes. */
  readonly onBind: (keys: string | undefined) => void;
  readonly onLeave: () => void;
}

function ShortcutRow({ command, capturing, onCapture, onBind, onLeave }: RowProps): React.JSX.Element {
  const rebindings = useSettings((state) => state.shortcuts);
  const { id } = command;
  const title = command.title();
  const keys = commands.shortcut(id, rebindings);
  const conflicts = keys === undefined ? [] : commands.conflicts(id, keys, rebindings);
  return (
    <li className={styles.shortcut}>
      <span>{title}</span>
      <Button
        variant="quiet"
        className={styles.capture}
        aria-pressed={capturing}
        onClick={onCapture}
        onBlur={onLeave}
        onKeyDown={(event) => {
          if (!capturing) return;
          const pressed = shortcutOf(event);
          if (pressed === undefined || pressed === 'Tab' || pressed === 'Shift+Tab') return;
          event.preventDefault();
          event.stopPropagation();
          if (pressed === 'Esc') onLeave();
          else onBind(pressed === 'Backspace' ? '' : pressed);
        }}
      >
        <span className="visually-hidden">{t('settings:shortcuts.change', { command: title })}</span>
        {capturing ? (
          t('settings:shortcuts.press')
        ) : keys === undefined ? (
          t('settings:shortcuts.none')
        ) : (
          <KeyHint keys={keys} />
        )}
      </Button>
      <IconButton
        className={rebindings[id] === undefined ? styles.hidden : undefined}
        icon={RotateCcw}
        size="small"
        label={t('settings:shortcuts.reset', { command: title })}
        tip={t('settings:shortcuts.resetTip')}
        disabled={rebindings[id] === undefined}
        onClick={() => onBind(undefined)}
      />
      {rebindings[id] !== undefined && conflicts.length > 0 && (
        <p className={styles.conflict} role="status">
          {t('settings:shortcuts.conflict', { commands: conflicts.map((each) => each.title()).join(', ') })}
        </p>
      )}
    </li>
  );
}
