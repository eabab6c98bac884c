import { useCallback, useRef, useState } from 'react';
import { Button, type ButtonProps, IconButton, type IconButtonProps } from './button.tsx';
import { Menu, type MenuSection } from './menu.tsx';

interface Opens {
  /** Asked for when it opens. */
  sections: () => readonly MenuSection[];
  align?: 'start' | 'end';
}

/** A button that opens a menu of actions. */
export function MenuButton({ sections, align, ...button }: ButtonProps & Opens): React.JSX.Element {
  const anchor = useRef<HTMLButtonElement>(null);
  const [shown, setShown] = useState<readonly MenuSection[]>();
  const close = useCallback(() => setShown(undefined), []);
  return (
    <>
      <Button
        menu
        {...button}
        ref={anchor}
        aria-haspopup="menu"
        aria-expanded={shown !== undefined}
        onClick={() => setShown(sections())}
      />
      {shown !== undefined && anchor.current !== null && (
        <Menu
          anchor={anchor.current}
          align={align ?? 'start'}
          label={button['aria-label'] ?? button.tip ?? anchor.current.textContent}
          sections={shown}
          onClose={close}
        />
      )}
    </>
  );
}

export function MenuIconButton({ sections, align, ...button }: IconButtonProps & Opens): React.JSX.Element {
  const anchor = useRef<HTMLButtonElement>(null);
  const [shown, setShown] = useState<readonly MenuSection[]>();
  const close = useCallback(() => setShown(undefined), []);
  return (
    <>
      <IconButton
        {...button}
        ref={anchor}
        aria-haspopup="menu"
        aria-expanded={shown !== undefined}
        onClick={() => setShown(sections())}
      />
      {shown !== undefined && anchor.current !== null && (
        <Menu anchor={anchor.current} align={align ?? 'end'} label={button.label} sections={shown} onClose={close} />
      )}
    </>
  );
}
