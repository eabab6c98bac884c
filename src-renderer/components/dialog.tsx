import { lazy, Suspense } from 'react';

export interface DialogProps {
  readonly title: string;
  readonly children: React.ReactNode;
  /** Buttons, the main one last. One with `data-start` stands at the other end. */
  readonly actions?: React.ReactNode;
  readonly wide?: boolean;
  readonly onClose: () => void;
  /** Enter in a field, or a submit button. */
  readonly onSubmit?: () => void;
}

const Surface = lazy(() => import('./dialog-surface.tsx'));

/** A modal dialog; mount it to show it. The rest of the window is inert, Escape closes, focus goes back. */
export function Dialog(props: DialogProps): React.JSX.Element {
  return (
    <Suspense fallback={null}>
      <Surface {...props} />
    </Suspense>
  );
}
