import styles from './empty-state.module.css';
import { Icon, type IconType } from './icon.tsx';

/** Says why there is nothing here and offers the next step. */
export function EmptyState(props: {
  icon: IconType;
  title: string;
  text?: string;
  children?: React.ReactNode;
}): React.JSX.Element {
  const { icon, title, text, children } = props;
  return (
    <div className={styles.empty}>
      <Icon of={icon} />
      <h2 className={styles.title}>{title}</h2>
      {text !== undefined && <p className={styles.text}>{text}</p>}
      {children !== undefined && <div className={styles.actions}>{children}</div>}
    </div>
  );
}
