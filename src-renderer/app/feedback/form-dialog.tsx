import { useState } from 'react';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { errorDataOf } from '../client.ts';
import { ErrorPanel } from './error-panel.tsx';
import { t } from '../i18n.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { MuiScope } from '../../components/mui/scope.tsx';

/** Below a long form it would not be seen. */
const intoView = (panel: HTMLElement | null): void => panel?.scrollIntoView({ block: 'nearest' });

/** A dialog that does something and stays, with the error, when it could not be done. */
export function FormDialog(props: {
  title: string;
  confirm: string;
  valid: boolean;
  /** Something is lost by it. */
  danger?: boolean;
  submit: () => Promise<void>;
  close: () => void;
  children: React.ReactNode;
}): React.JSX.Element {
  const { title, confirm, valid, danger, submit, close, children } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorData>();
  const run = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await submit();
      close();
    } catch (thrown) {
      setError(errorDataOf(thrown));
      setBusy(false);
    }
  };
  const start = (): void => {
    // Whatever goes wrong is shown here.
    if (valid && !busy) run().catch((thrown: unknown) => setError(errorDataOf(thrown)));
  };
  return (
    <MuiScope>
      <Dialog
        title={title}
        onClose={close}
        onSubmit={start}
        actions={
          <>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button
              type="submit"
              variant={danger === true ? 'danger' : 'primary'}
              busy={busy}
              disabled={!valid || busy}
            >
              {confirm}
            </Button>
          </>
        }
      >
        {children}
        {error !== undefined && (
          <div ref={intoView}>
            <ErrorPanel error={error} />
          </div>
        )}
      </Dialog>
    </MuiScope>
  );
}
