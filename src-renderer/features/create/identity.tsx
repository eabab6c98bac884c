import { useMemo } from 'react';
import { hostLabel } from '../../app/host-label.ts';
import { t } from '../../app/i18n.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Combobox } from '../../components/combobox.tsx';
import { Field } from '../../components/field.tsx';
import { Select, TextInput } from '../../components/inputs.tsx';
import styles from './create-screen.module.css';
import { osOf } from './draft.ts';
import type { CreationState } from './use-creation.ts';

/** No operating system of the catalogue; the list's own value for it. */
const generic = 'generic';

/** The name and the operating system: recognised, and still the user's to say. */
export function Identity({ state }: { state: CreationState }): React.JSX.Element {
  const { draft, change, defaults, systems, uri } = state;
  const connections = useInventory((inventory) => inventory.connections);
  const hosts = [...connections.values()].filter((each) => each.state === 'open' || each.uri === uri);
  const options = useMemo(
    () => [
      { value: generic, label: t('create:os.generic') },
      ...[...systems]
        .sort((a, b) => (b.releaseDate ?? '').localeCompare(a.releaseDate ?? ''))
        .map((os) => ({
          value: os.id,
          label: os.name,
          also: `${os.shortId} ${os.distro ?? ''}`,
          ...(os.endOfLife !== undefined && Date.parse(os.endOfLife) < Date.now()
            ? { detail: t('create:os.ended') }
            : os.releaseDate === undefined
              ? {}
              : { detail: os.releaseDate.slice(0, 4) }),
        })),
    ],
    [systems],
  );
  const recognised = draft.medium?.os;
  const chosenByHand = draft.osId !== undefined && draft.osId !== recognised?.id;
  return (
    <section className={styles.group} aria-label={t('create:identity')}>
      {draft.source !== 'small-linux' && (
        <Field
          label={t('create:os.label')}
          hint={
            recognised !== undefined && !chosenByHand
              ? t('create:os.recognised')
              : recognised === undefined
                ? t('create:os.unknown')
                : t('create:os.overridden', { os: recognised.name })
          }
        >
          <Combobox
            value={osOf(draft) ?? generic}
            options={options}
            noneLabel={t('create:os.none')}
            openLabel={t('create:os.open')}
            onChange={(value) => change({ osId: value === generic ? undefined : value })}
          />
        </Field>
      )}
      {hosts.length > 1 && (
        <Field label={t('create:host.label')} hint={t('create:host.hint')}>
          <Select
            value={uri}
            onChange={(next) => change({ uri: next, pool: undefined, name: undefined })}
            options={hosts.map((each) => ({ value: each.uri, label: hostLabel(each) }))}
          />
        </Field>
      )}
      <Field label={t('create:name.label')}>
        <TextInput
          value={draft.name ?? defaults?.suggestedName ?? ''}
          maxLength={255}
          onChange={(name) => change({ name })}
        />
      </Field>
      <Field label={t('create:titleField.label')} hint={t('create:titleField.hint')}>
        <TextInput value={draft.title} maxLength={255} onChange={(title) => change({ title })} />
      </Field>
    </section>
  );
}
