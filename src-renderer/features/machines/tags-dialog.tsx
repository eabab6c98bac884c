import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { Checkbox, TextInput } from '../../components/inputs.tsx';
import { MuiScope } from '../../components/mui/scope.tsx';
import { organise } from './actions.ts';
import styles from './dialogs.module.css';
import { tagCounts } from './view.ts';

/** Tags of one or many machines; a tag that only some have stays as it is unless it is touched. */
export default function TagsDialog(props: { machines: readonly Machine[]; close: () => void }): React.JSX.Element {
  const { machines, close } = props;
  const [known] = useState(() => tagCounts(useInventory.getState().machines.values()).map(([tag]) => tag));
  const [added, setAdded] = useState<readonly string[]>([]);
  const [wanted, setWanted] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [draft, setDraft] = useState('');
  const had = (tag: string): number => machines.filter((machine) => machine.tags.includes(tag)).length;

  const want = (tag: string, on: boolean): void => setWanted(new Map(wanted).set(tag, on));
  const add = (): void => {
    const tag = draft.trim();
    if (tag === '') return;
    if (!known.includes(tag) && !added.includes(tag)) setAdded([...added, tag]);
    want(tag, true);
    setDraft('');
  };
  const submit = (): void => {
    const tag = draft.trim();
    const all = tag === '' ? wanted : new Map(wanted).set(tag, true);
    close();
    organise(machines, {
      addTags: [...all].filter(([, on]) => on).map(([each]) => each),
      removeTags: [...all].filter(([, on]) => !on).map(([each]) => each),
    }).catch(reportError);
  };

  return (
    <MuiScope>
      <Dialog
        title={t('machines:tagsDialog.title', { count: machines.length, name: machines[0]?.name ?? '' })}
        onClose={close}
        onSubmit={submit}
        actions={
          <>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button type="submit" variant="primary">
              {t('action.apply')}
            </Button>
          </>
        }
      >
        <Field stacked label={t('machines:tagsDialog.new')}>
          <div className={styles.line}>
            <TextInput
              value={draft}
              onChange={setDraft}
              autoFocus
              maxLength={64}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || draft.trim() === '') return;
                event.preventDefault();
                add();
              }}
            />
            <Button icon={Plus} onClick={add}>
              {t('machines:tagsDialog.add')}
            </Button>
          </div>
        </Field>
        <div className={styles.list}>
          {[...known, ...added].map((tag) => {
            const count = had(tag);
            const choice = wanted.get(tag);
            return (
              <Checkbox
                key={tag}
                label={tag}
                checked={choice ?? count === machines.length}
                indeterminate={choice === undefined && count > 0 && count < machines.length}
                onChange={(on) => want(tag, on)}
              />
            );
          })}
        </div>
      </Dialog>
    </MuiScope>
  );
}
