import { cx } from './cx.ts';
import styles from './toolbar.module.css';

export function Toolbar({
  label,
  children,
  className,
}: {
  label: string;
  children: React.ReactNode;
  className?: string | undefined;
}): React.JSX.Element {
  return (
    <div role="toolbar" aria-label={label} className={cx(styles.toolbar, className)}>
      {children}
    </div>
  );
}

/** The bar at the top of a screen that has no toolbar: its name, then what can be done. */
export function ScreenBar({
  title,
  children,
}: {
  title: React.ReactNode;
  children?: React.ReactNode;
}): React.JSX.Element {
  return (
    <header className={styles.toolbar}>
      <h1 className={styles.title}>{title}</h1>
      <ToolbarSpace />
      {children}
    </header>
  );
}

export function ToolbarSpace(): React.JSX.Element {
  return <span className={styles.space} />;
}

export function ToolbarLine(): React.JSX.Element {
  return <span className={styles.line} aria-hidden />;
}
