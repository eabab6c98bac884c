import { useState } from 'react';
import { engine } from '../../../app/client.ts';
import { reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { connectionOf } from '../../../app/store/inventory-store.ts';
import { Button } from '../../../components/button.tsx';
import { Field } from '../../../components/field.tsx';
import { Switch, TextInput } from '../../../components/inputs.tsx';
import { setAutostart } from '../../machines/actions.ts';
import { isOffered } from '../../machines/verbs.ts';
import type { Definition } from '../edit/use-definition.ts';
import styles from './overview.module.css';

/** What people call it and say of it. Takes effect at once, so it is no part of an edit of the hardware. */
export function Identity(props: { machine: Machine; definition: Definition }): React.JSX.Element {
  const { machine, definition } = props;
  const { uri, uuid, persistent, autostart } = machine;
  const known = { title: machine.title ?? '', description: definition.draft?.stored.model?.description ?? '' };
  const [title, setTitle] = useState(known.title);
  const [description, setDescription] = useState(known.description);
  const [busy, setBusy] = useState(false);
  const connection = connectionOf(uri);
  const changed = title !== known.title || description !== known.description;

  const save = (): void => {
    setBusy(true);
    engine
      .call('domains.set-title', {
        uri,
        uuid,
        ...(title === known.title ? {} : { title }),
        ...(description === known.description ? {} : { description }),
      })
      .then(definition.reload)
      .catch(reportError)
      .finally(() => setBusy(false));
  };

  return (
    <section className={styles.identity} aria-label={t('machine:overview.about')}>
      <Field stacked label={t('machine:overview.title')}>
        <TextInput
          value={title}
          maxLength={255}
          placeholder={t('machine:overview.titlePlaceholder')}
          onChange={setTitle}
        />
      </Field>
      <Field stacked label={t('machine:overview.description')}>
        <TextInput
          rows={3}
          value={description}
          maxLength={65_536}
          placeholder={t('machine:overview.descriptionPlaceholder')}
          onChange={setDescription}
        />
      </Field>
      {changed && (
        <div className={styles.buttons}>
          <Button variant="primary" size="small" busy={busy} disabled={busy} onClick={save}>
            {t('machine:overview.save')}
          </Button>
          <Button
            size="small"
            onClick={() => {
              setTitle(known.title);
              setDescription(known.description);
            }}
          >
            {t('action.cancel')}
          </Button>
        </div>
      )}
      {persistent && isOffered('setAutostart', connection) && (
        <Switch
          label={t('machines:verb.setAutostart')}
          hint={t('machine:overview.autostartHint')}
          checked={autostart}
          onChange={(on) => {
            setAutostart([machine], on).catch(reportError);
          }}
        />
      )}
    </section>
  );
}
