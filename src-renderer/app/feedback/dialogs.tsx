/** Dialogs asked for from anywhere, a command above all: each is shown, answered and forgotten. */
import { Suspense } from 'react';
import { create } from 'zustand';
import { reportError } from './notices.ts';

interface OpenDialog {
  readonly id: number;
  readonly render: () => React.ReactNode;
}

const useDialogs = create<{ readonly open: readonly OpenDialog[] }>()(() => ({ open: [] }));
let nextId = 1;

/** Shows a dialog and waits for its answer; `undefined` is "never mind". */
export function showDialog<T>(render: (close: (answer?: T) => void) => React.ReactNode): Promise<T | undefined> {
  return new Promise((resolve) => {
    const id = nextId;
    nextId += 1;
    const close = (answer?: T): void => {
      useDialogs.setState(({ open }) => ({ open: open.filter((dialog) => dialog.id !== id) }));
      resolve(answer);
    };
    useDialogs.setState(({ open }) => ({ open: [...open, { id, render: () => render(close) }] }));
  });
}

/** The same where there is nothing to answer. */
export function openDialog(render: (close: () => void) => React.ReactNode): void {
  showDialog<never>((close) => render(() => close())).catch(reportError);
}

export function DialogHost(): React.JSX.Element {
  const open = useDialogs((state) => state.open);
  return (
    <>
      {open.map((dialog) => (
        <Suspense key={dialog.id} fallback={null}>
          {dialog.render()}
        </Suspense>
      ))}
    </>
  );
}
