import Plus from 'lucide-react/icons/plus';
import X from 'lucide-react/icons/x';
import { t } from '../../../app/i18n.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import styles from './forms.module.css';

/** A list of small entries, each a row of controls, with one more and one less. */
export function Rows<T>(props: {
  legend: string;
  hint?: string | undefined;
  items: readonly T[];
  /** What the rows' controls are called, above them; each control has the same word as its name. */
  heads: readonly string[];
  /** One word of an entry, for the button that removes it. */
  nameOf: (item: T, index: number) => string;
  row: (item: T, set: (item: T) => void, index: number) => React.ReactNode;
  addLabel: string;
  make: () => T | undefined;
  onChange: (items: T[]) => void;
  children?: React.ReactNode;
}): React.JSX.Element {
  const { legend, hint, items, heads, nameOf, row, addLabel, make, onChange, children } = props;
  const made = make();
  return (
    <fieldset className={styles.rows}>
      <legend>{legend}</legend>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {items.length > 0 && (
        <div className={styles.heads} aria-hidden>
          {heads.map((head) => (
            <span key={head}>{head}</span>
          ))}
          <span className={styles.removeHead} />
        </div>
      )}
      {items.map((item, index) => (
        // An entry has no name but its place.
        <div key={index} className={styles.entry}>
          {row(item, (next) => onChange(items.map((each, place) => (place === index ? next : each))), index)}
          <IconButton
            icon={X}
            label={t('networks:rows.remove', { name: nameOf(item, index) })}
            onClick={() => onChange(items.filter((_, place) => place !== index))}
          />
        </div>
      ))}
      <div className={styles.add}>
        <Button
          size="small"
          icon={Plus}
          disabled={made === undefined}
          onClick={() => {
            if (made !== undefined) onChange([...items, made]);
          }}
        >
          {addLabel}
        </Button>
        {children}
      </div>
    </fieldset>
  );
}
