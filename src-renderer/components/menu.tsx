import { type ComponentType, lazy, Suspense } from 'react';
import type { MenuProps } from './menu-types.ts';

export type { MenuItem, MenuProps, MenuSection } from './menu-types.ts';

const load = (): Promise<{ readonly default: ComponentType<MenuProps> }> => import('./menu-surface.tsx');
const Surface = lazy(load);

/** Fetches what menus are made of, before the first is asked for. */
export function preloadMenus(): Promise<unknown> {
  return load();
}

/** A menu; mount it to show it. */
export function Menu(props: MenuProps): React.JSX.Element {
  return (
    <Suspense fallback={null}>
      <Surface {...props} />
    </Suspense>
  );
}
