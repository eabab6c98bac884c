import ChevronDown from 'lucide-react/icons/chevron-down';
import type { ComponentPropsWithRef } from 'react';
import styles from './button.module.css';
import { cx } from './cx.ts';
import { Icon, type IconType } from './icon.tsx';

type Native = Omit<ComponentPropsWithRef<'button'>, 'disabled' | 'title' | 'type'>;

interface ButtonLook {
  variant?: 'default' | 'primary' | 'danger' | 'quiet';
  size?: 'small' | 'medium' | 'large';
  /** Stays focusable and keeps its tooltip, so that a reason can be read; its action does not run. */
  disabled?: boolean | undefined;
  /** Shown after a moment of hovering, and on focus; `keys` beside it. */
  tip?: string | undefined;
  keys?: string | undefined;
  type?: 'button' | 'submit';
}

export interface ButtonProps extends Native, ButtonLook {
  icon?: IconType | undefined;
  /** Shows that it opens a menu. */
  menu?: boolean;
  /** Something is under way: the icon's place shows it, the width stays. */
  busy?: boolean;
}

export function Button(props: ButtonProps): React.JSX.Element {
  const { icon, menu, busy, children, ...rest } = props;
  return (
    <BaseButton {...rest} aria-busy={busy === true ? true : undefined}>
      {busy === true ? <span className={styles.spinner} aria-hidden /> : icon !== undefined && <Icon of={icon} />}
      {children}
      {menu === true && <Icon of={ChevronDown} className={styles.tail} />}
    </BaseButton>
  );
}

export interface IconButtonProps extends Omit<Native, 'children' | 'aria-label'>, ButtonLook {
  icon: IconType;
  /** The accessible name and, unless `tip` says more, the tooltip. */
  label: string;
}

export function IconButton({ icon, label, tip, className, ...rest }: IconButtonProps): React.JSX.Element {
  return (
    <BaseButton
      variant="quiet"
      {...rest}
      aria-label={label}
      tip={tip ?? label}
      className={cx(styles.iconOnly, className)}
    >
      <Icon of={icon} />
    </BaseButton>
  );
}

function BaseButton(props: Native & ButtonLook): React.JSX.Element {
  const { variant = 'default', size = 'medium', disabled, tip, keys, className, onClick, type, ...rest } = props;
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      className={cx(
        styles.button,
        variant !== 'default' && styles[variant],
        size !== 'medium' && styles[size],
        className,
      )}
      aria-disabled={disabled === true ? true : undefined}
      data-tip={tip}
      data-tip-keys={keys}
      onClick={(event) => {
        if (disabled === true) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
