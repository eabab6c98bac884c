import ChevronDown from 'lucide-react/icons/chevron-down';
import ChevronUp from 'lucide-react/icons/chevron-up';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useId, useState } from 'react';
import { engine, errorDataOf } from '../../../app/client.ts';
import { isChanged } from '../../../app/edit/draft.ts';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { notify } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { Button } from '../../../components/button.tsx';
import bar from '../../../components/edit-bar.module.css';
import { Icon } from '../../../components/icon.tsx';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { planWords } from './change-words.ts';
import { ChangeList } from './change-list.tsx';
import { diskPlace } from './disks.ts';
import styles from './edit-bar.module.css';
import { withVolumes } from './new-volumes.ts';
import type { Definition } from './use-definition.ts';
import { usePlan } from './use-plan.ts';

const disksOf = (domain: Domain | undefined): readonly (string | undefined)[] =>
  (domain?.devices?.disk ?? []).map(diskPlace);

/** What the edit under way would change and when; applied or discarded as one. Absent while there is none. */
export function EditBar(props: { machine: Machine; definition: Definition }): React.JSX.Element | undefined {
  const { machine, definition } = props;
  const { draft, newVolumes, discard, accept } = definition;
  const { plan, error: planError } = usePlan(machine, draft);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<{ readonly text: string; readonly error: ErrorData }>();
  const listId = useId();
  if (draft === undefined || !isChanged(draft)) return undefined;

  const error = planError ?? (failed?.text === draft.text ? failed.error : undefined);
  const changes = plan?.changes ?? [];
  const active = machine.id !== undefined;
  const { text } = draft;

  const apply = (): void => {
    setBusy(true);
    const { uri, uuid } = machine;
    // A disk may have been taken out again.
    const wanted = newVolumes.filter(({ path }) => disksOf(draft.model).includes(path));
    withVolumes(uri, wanted, () => engine.call('domains.apply-edit', { uri, uuid, xml: text }))
      .then(
        (applied) => {
          setFailed(undefined);
          setOpen(false);
          accept(applied.xml);
          const waits = active && applied.changes.some(({ when }) => when === 'next-boot');
          notify({
            tone: 'ok',
            text: waits ? t('machine:edit.appliedLater') : t('machine:edit.applied'),
            timeoutMs: 5000,
          });
        },
        (thrown: unknown) => setFailed({ text, error: errorDataOf(thrown) }),
      )
      .finally(() => setBusy(false));
  };

  return (
    <section className={styles.bar} aria-label={t('machine:edit.label')} data-bottom-bar>
      {error !== undefined && (
        <div className={styles.error}>
          <ErrorPanel error={error} />
        </div>
      )}
      {open && changes.length > 0 && (
        <div id={listId} className={styles.changes}>
          <ChangeList changes={changes} running={active} />
        </div>
      )}
      <div className={bar.row}>
        <span className={bar.words} role="status">
          {draft.model === undefined
            ? t('machine:edit.broken')
            : plan === undefined
              ? t('machine:edit.planning')
              : planWords(changes, active)}
        </span>
        {draft.overtaken && (
          <span className={bar.overtaken}>
            <Icon of={TriangleAlert} />
            {t('machine:edit.overtaken')}
          </span>
        )}
        <span className={bar.space} />
        <Button
          variant="quiet"
          icon={open ? ChevronDown : ChevronUp}
          aria-expanded={open}
          aria-controls={open ? listId : undefined}
          disabled={changes.length === 0}
          onClick={() => setOpen(!open)}
        >
          {open ? t('machine:edit.hide') : t('machine:edit.show')}
        </Button>
        <Button disabled={busy} onClick={discard}>
          {t('machine:edit.discard')}
        </Button>
        <Button
          variant="primary"
          busy={busy}
          disabled={busy || draft.model === undefined || plan === undefined}
          onClick={apply}
        >
          {t('machine:edit.apply')}
        </Button>
      </div>
    </section>
  );
}
