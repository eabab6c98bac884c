import ChevronRight from 'lucide-react/icons/chevron-right';
import styles from './disclosure.module.css';
import { Icon } from './icon.tsx';

/** A section that can be closed; closed, its detail still says what it holds. */
export function Disclosure(props: {
  title: string;
  detail?: React.ReactNode;
  open?: boolean;
  onToggle?: (open: boolean) => void;
  children: React.ReactNode;
}): React.JSX.Element {
  const { title, detail, open, onToggle, children } = props;
  return (
    <details className={styles.disclosure} open={open} onToggle={(event) => onToggle?.(event.currentTarget.open)}>
      <summary className={styles.summary}>
        <Icon of={ChevronRight} className={styles.chevron} />
        {title}
        {detail !== undefined && <span className={styles.detail}>{detail}</span>}
      </summary>
      <div className={styles.content}>{children}</div>
    </details>
  );
}
