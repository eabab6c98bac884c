import styles from './key-hint.module.css';
import { keyName, splitKeys } from './key-names.ts';

/** A shortcut as keycaps (`Ctrl+K`). */
export function KeyHint({ keys }: { keys: string }): React.JSX.Element {
  return (
    <span className={styles.keys}>
      {splitKeys(keys).map((key) => (
        <kbd key={key} className={styles.key}>
          {keyName(key)}
        </kbd>
      ))}
    </span>
  );
}
