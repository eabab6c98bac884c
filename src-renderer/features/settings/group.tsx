import { useId } from 'react';
import styles from './settings-screen.module.css';

export function Group({ title, children }: { title: string; children: React.ReactNode }): React.JSX.Element {
  const id = useId();
  return (
    <section className={styles.group} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
