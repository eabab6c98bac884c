/** Before anything is undone its sentences were read: the dialogs that take back one change of the host, or all. */
import type { HostChange } from '../../../src-shared/model/network-view.ts';
import { engine, EngineError } from '../../app/client.ts';
import { openDialog } from '../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { FormDialog } from '../../app/feedback/form-dialog.tsx';
import { notify } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { Skeleton } from '../../components/skeleton.tsx';
import { undoSentences } from './host-dialog.tsx';
import { Sentences } from './plan-view.tsx';

export function openRemoveEverything(uri: string, done?: () => void): void {
  openDialog((close) => <UndoDialog uri={uri} close={close} done={done} />);
}

export function openUndo(uri: string, change: HostChange, done?: () => void): void {
  openDialog((close) => <UndoDialog uri={uri} change={change} close={close} done={done} />);
}

/** What a change is about, by whom it is recorded under. */
export function changeTitle(owner: string): string {
  const [, interfaces] = /^(?:helper\/)?interfaces\/(.+)$/.exec(owner) ?? [];
  if (interfaces === undefined) {
    return owner.startsWith('helper/') ? t('networks:changes.helper') : t('networks:changes.other', { name: owner });
  }
  if (interfaces === 'standing') return t('interfaces:change.standing');
  const [, name] = /^interface-(.+)$/.exec(interfaces) ?? [];
  return name === undefined ? t('interfaces:change.several') : t('interfaces:change.of', { name });
}

function UndoDialog(props: {
  uri: string;
  /** Absent for all. */
  change?: HostChange;
  close: () => void;
  done: (() => void) | undefined;
}): React.JSX.Element {
  const { uri, change, close, done } = props;
  const { value, error } = useAnswer(`changes ${uri}`, async () => await engine.call('networks.host-changes', { uri }));
  const wanted = change === undefined ? value : [change];
  return (
    <FormDialog
      title={
        change === undefined
          ? t('networks:changes.allTitle')
          : t('networks:changes.undoOf', { name: changeTitle(change.owner) })
      }
      confirm={change === undefined ? t('networks:changes.allConfirm') : t('action.undo')}
      valid={wanted !== undefined}
      close={close}
      submit={async () => {
        await undo(uri, change?.owner);
        done?.();
        if (change === undefined) notify({ tone: 'ok', text: t('networks:changes.allDone'), timeoutMs: 6000 });
      }}
    >
      {error !== undefined && <ErrorPanel error={error} />}
      {change === undefined && <p>{t('networks:changes.allText')}</p>}
      {wanted === undefined && error === undefined && <Skeleton width={280} />}
      {wanted !== undefined && <Sentences label={t('networks:changes.allLabel')} sentences={undoSentences(wanted)} />}
    </FormDialog>
  );
}

async function undo(uri: string, owner: string | undefined): Promise<void> {
  const failures = await engine.call('networks.undo-changes', { uri, ...(owner === undefined ? {} : { owner }) });
  if (failures.length === 0) return;
  throw new EngineError({
    ...{ code: 'operation-failed', domain: 'network', message: t('networks:changes.left') },
    details: failures.join('\n'),
  });
}
