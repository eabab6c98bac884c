import { lazy, Suspense } from 'react';
import type { DialogProps } from './dialog-types.ts';

export type { DialogProps } from './dialog-types.ts';

const Surface = lazy(() => import('./dialog-surface.tsx'));

/** A modal dialog; mount it to show it. The rest of the window is inert, Escape closes, focus goes back. */
export function Dialog(props: DialogProps): React.JSX.Element {
  return (
    <Suspense fallback={null}>
      <Surface {...props} />
    </Suspense>
  );
}
