import Search from 'lucide-react/icons/search';
import X from 'lucide-react/icons/x';
import { type ComponentPropsWithRef, useRef } from 'react';
import { IconButton } from './button.tsx';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';
import styles from './search-input.module.css';

export interface SearchInputProps extends Omit<ComponentPropsWithRef<'input'>, 'onChange' | 'value' | 'type'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly clearLabel: string;
}

export function SearchInput({ value, onChange, clearLabel, className, ...rest }: SearchInputProps): React.JSX.Element {
  const box = useRef<HTMLSpanElement>(null);
  return (
    <span ref={box} className={cx(styles.search, className)}>
      <Icon of={Search} />
      <input
        spellCheck={false}
        autoComplete="off"
        {...rest}
        type="search"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {value !== '' && (
        <IconButton
          icon={X}
          size="small"
          label={clearLabel}
          className={styles.clear}
          onClick={() => {
            onChange('');
            box.current?.querySelector('input')?.focus();
          }}
        />
      )}
    </span>
  );
}
