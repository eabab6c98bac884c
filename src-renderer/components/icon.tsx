import type { LucideIcon } from 'lucide-react';
import { cx } from './cx.ts';

export type IconType = LucideIcon;

/** A 16 px stroke icon. It says nothing to screen readers: the control or the word beside it does. */
export function Icon({ of: Shape, className }: { of: IconType; className?: string | undefined }): React.JSX.Element {
  return <Shape className={cx('icon', className)} aria-hidden focusable={false} />;
}
