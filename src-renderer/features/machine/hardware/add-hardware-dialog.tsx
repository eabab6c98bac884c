import { useState } from 'react';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { engine } from '../../../app/client.ts';
import { t, textOf } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { Icon } from '../../../components/icon.tsx';
import { FormDialog } from '../../../app/feedback/form-dialog.tsx';
import { type NewVolume, newVolume } from '../edit/new-volumes.ts';
import { type AdditionKind, additionKinds, firstAddition, isTaken, withAddition } from './addition.ts';
import { AdditionQuestions, additionIcons } from './addition-questions.tsx';
import styles from './hardware.module.css';
import type { Edit } from './item.ts';

export function AddHardwareDialog(props: {
  machine: Machine;
  domain: Domain;
  edit: Edit;
  onNewVolume: (volume: NewVolume) => void;
  close: () => void;
}): React.JSX.Element {
  const { machine, domain, edit, onNewVolume, close } = props;
  const { uri } = machine;
  const [addition, setAddition] = useState(() => firstAddition(domain));
  const pools = useAnswer(uri, async () => (await engine.call('storage.pools', { uri })).filter((pool) => pool.active));
  const { kind, diskFrom, name, path } = addition;
  const pool =
    pools.value?.find((each) => each.uuid === addition.pool) ??
    pools.value?.find((each) => each.name === 'default') ??
    pools.value?.[0];
  const makesDisk = kind === 'disk' && diskFrom === 'new';
  const { newFormat: format, sizeGiB } = addition;
  const volume = makesDisk && pool !== undefined ? newVolume(pool, { name, format, sizeGiB }) : undefined;
  const valid = makesDisk
    ? volume !== undefined && name.trim() !== '' && !name.includes('/')
    : kind !== 'disk' || path.startsWith('/');

  return (
    <FormDialog
      title={t('machine:add.title')}
      confirm={t('machine:add.confirm')}
      valid={valid}
      close={close}
      submit={() => {
        if (volume !== undefined) onNewVolume(volume);
        edit((now) => withAddition(now, addition, volume?.path ?? path.trim()));
        return Promise.resolve();
      }}
    >
      <div className={styles.kinds} role="group" aria-label={t('machine:add.kind')}>
        {additionKinds.map((each) => (
          <KindButton
            key={each}
            kind={each}
            chosen={each === kind}
            taken={isTaken(domain, each)}
            onChoose={() => setAddition({ ...addition, kind: each, path: '' })}
          />
        ))}
      </div>
      <div className={styles.questions}>
        <AdditionQuestions
          addition={addition}
          domain={domain}
          pools={pools.value ?? []}
          pool={pool}
          change={(change) => setAddition((before) => ({ ...before, ...change }))}
        />
      </div>
    </FormDialog>
  );
}

function KindButton(props: {
  kind: AdditionKind;
  chosen: boolean;
  taken: boolean;
  onChoose: () => void;
}): React.JSX.Element {
  const { kind, chosen, taken, onChoose } = props;
  return (
    <button
      type="button"
      className={styles.kind}
      aria-pressed={chosen}
      disabled={taken}
      data-tip={taken ? t('machine:add.taken') : undefined}
      onClick={onChoose}
    >
      <Icon of={additionIcons[kind]} />
      {textOf(`machine:add.kinds.${kind}`, kind)}
    </button>
  );
}
