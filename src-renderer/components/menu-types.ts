import type { IconType } from './icon.tsx';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconType | undefined;
  /** The shortcut, as text. */
  readonly keys?: string | undefined;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Present: the item is one that can be ticked. */
  readonly checked?: boolean;
  readonly run: () => void;
}

/** Items between separators, with a heading where one helps. */
export interface MenuSection {
  readonly id: string;
  readonly heading?: string;
  readonly items: readonly MenuItem[];
}

export interface MenuProps {
  /** The element it hangs on, or the point it was asked for at. */
  readonly anchor: Element | { readonly x: number; readonly y: number };
  /** Which edges of the element and the menu are aligned. */
  readonly align?: 'start' | 'end';
  readonly label: string;
  readonly sections: readonly MenuSection[];
  readonly onClose: () => void;
}
