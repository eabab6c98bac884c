import styles from './key-hint.module.css';

/** A shortcut as keycaps (`Ctrl+K`), or as plain text where space is short. */
export function KeyHint({ keys, plain }: { keys: string; plain?: boolean }): React.JSX.Element {
  if (plain === true) return <span className={styles.plain}>{keys}</span>;
  return (
    <span className={styles.keys}>
      {splitKeys(keys).map((key) => (
        <kbd key={key} className={styles.key}>
          {key}
        </kbd>
      ))}
    </span>
  );
}

/** `Ctrl++` is Ctrl and the plus key. */
export function splitKeys(keys: string): readonly string[] {
  return keys.endsWith('++') ? [...keys.slice(0, -2).split('+'), '+'] : keys.split('+');
}
