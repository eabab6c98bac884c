import styles from './badge.module.css';
import { cx } from './cx.ts';
import { Icon, type IconType } from './icon.tsx';

export type Tone = 'neutral' | 'ok' | 'info' | 'warn' | 'danger';

/** A state by icon and word; the colour only helps. */
export function Badge(props: {
  tone: Tone;
  icon?: IconType;
  filled?: boolean;
  children: React.ReactNode;
  tip?: string | undefined;
}): React.JSX.Element {
  const { tone, icon, filled, children, tip } = props;
  return (
    <span className={cx(styles.badge, styles[tone], filled === true && styles.filled)} data-tip={tip}>
      {icon !== undefined && <Icon of={icon} />}
      {children}
    </span>
  );
}
