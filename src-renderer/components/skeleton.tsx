import styles from './skeleton.module.css';

/** Stands where text will be, at its final size. Still, so that an idle window stays idle. */
export function Skeleton({ width }: { width: number }): React.JSX.Element {
  return <span className={styles.bar} style={{ width }} aria-hidden />;
}
