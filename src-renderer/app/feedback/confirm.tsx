import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { t } from '../i18n.ts';
import { showDialog } from './dialogs.tsx';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** The verb: "Delete", never "OK". */
  readonly confirm: string;
  readonly danger?: boolean;
}

/** Asks before something that can't be undone. */
export async function confirm({ title, text, confirm: verb, danger }: Question): Promise<boolean> {
  const answer = await showDialog<boolean>((close) => (
    <Dialog
      title={title}
      onClose={() => close(false)}
      onSubmit={() => close(true)}
      actions={
        <>
          <Button onClick={() => close(false)}>{t('action.cancel')}</Button>
          <Button type="submit" variant={danger === true ? 'danger' : 'primary'}>
            {verb}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  ));
  return answer === true;
}
