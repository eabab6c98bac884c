import CircleAlert from 'lucide-react/icons/circle-alert';
import { createContext, useContext, useId } from 'react';
import { cx } from './cx.ts';
import styles from './field.module.css';
import { Icon } from './icon.tsx';

/** What a control needs to be named and described by the row it stands in. */
interface FieldIds {
  readonly control?: string;
  readonly describedBy?: string;
  readonly invalid?: boolean;
}

const FieldContext = createContext<FieldIds>({});

/** For controls of this folder: the attributes that tie them to their row. */
export function useFieldAttributes(): {
  id: string | undefined;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
} {
  const ids = useContext(FieldContext);
  return {
    id: ids.control,
    'aria-describedby': ids.describedBy,
    'aria-invalid': ids.invalid === true ? true : undefined,
  };
}

export interface FieldProps {
  readonly label: string;
  readonly hint?: React.ReactNode;
  readonly error?: string | undefined;
  /** The label above its control instead of beside it. */
  readonly stacked?: boolean;
  readonly children: React.ReactNode;
}

/** A label and one control, with what helps and what is wrong below. */
export function Field({ label, hint, error, stacked, children }: FieldProps): React.JSX.Element {
  const control = useId();
  const hintId = useId();
  const errorId = useId();
  const described = [hint !== undefined && hintId, error !== undefined && errorId]
    .filter((id) => id !== false)
    .join(' ');
  return (
    <div className={cx(styles.row, stacked === true && styles.stacked)}>
      <label id={`${control}-label`} className={styles.label} htmlFor={control}>
        {label}
      </label>
      <div className={styles.control}>
        <FieldContext
          value={{ control, ...(described === '' ? {} : { describedBy: described }), invalid: error !== undefined }}
        >
          {children}
        </FieldContext>
        {hint !== undefined && (
          <div id={hintId} className={styles.hint}>
            {hint}
          </div>
        )}
        {error !== undefined && (
          <div id={errorId} className={styles.error}>
            <Icon of={CircleAlert} />
            {error}
          </div>
        )}
      </div>
    </div>
  );
}
