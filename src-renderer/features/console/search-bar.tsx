import ChevronDown from 'lucide-react/icons/chevron-down';
import ChevronUp from 'lucide-react/icons/chevron-up';
import X from 'lucide-react/icons/x';
import { useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { SearchInput } from '../../components/search-input.tsx';
import { t } from '../../app/i18n.ts';
import styles from './console-view.module.css';
import type { SerialHandle } from './serial/serial-stage.tsx';

export interface Found {
  /** From 0; -1 when there is none. */
  readonly index: number;
  readonly count: number;
}

export interface SearchBarProps {
  readonly terminal: Pick<SerialHandle, 'find' | 'endSearch'>;
  readonly found: Found;
  readonly onClose: () => void;
}

/** Searches the scrollback of a terminal: Enter for the one before, Shift+Enter for the next, as scrollback is read up. */
export function SearchBar({ terminal, found, onClose }: SearchBarProps): React.JSX.Element {
  const [text, setText] = useState('');
  const close = (): void => {
    terminal.endSearch();
    onClose();
  };
  const result =
    found.count === 0
      ? t('console:search.none')
      : t('console:search.found', { index: found.index + 1, count: found.count });
  return (
    <div className={styles.search} role="search">
      <SearchInput
        className={styles.searchField}
        autoFocus
        aria-label={t('console:search.label')}
        clearLabel={t('console:search.clear')}
        value={text}
        onChange={(next) => {
          setText(next);
          if (next === '') terminal.endSearch();
          else terminal.find(next, 'previous', 'start');
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            close();
          } else if (event.key === 'Enter' && text !== '') {
            terminal.find(text, event.shiftKey ? 'next' : 'previous', 'here');
          }
        }}
      />
      <span className={styles.found} role="status">
        {text === '' ? '' : result}
      </span>
      <IconButton
        icon={ChevronUp}
        size="small"
        label={t('console:search.previous')}
        disabled={text === ''}
        onClick={() => terminal.find(text, 'previous', 'here')}
      />
      <IconButton
        icon={ChevronDown}
        size="small"
        label={t('console:search.next')}
        disabled={text === ''}
        onClick={() => terminal.find(text, 'next', 'here')}
      />
      <IconButton icon={X} size="small" label={t('console:search.close')} onClick={close} />
    </div>
  );
}
