import { useState } from 'react';
import {
  type CardConditions,
  type ConditionName,
  conditionNames,
  conditionsProblem,
  effective,
  type LinkConditions,
  type LinkPreset,
  linkPresets,
} from '../../../../src-shared/model/link-conditions.ts';
import { engine } from '../../../app/client.ts';
import { openDialog } from '../../../app/feedback/dialogs.tsx';
import { FormDialog } from '../../../app/feedback/form-dialog.tsx';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { Field } from '../../../components/field.tsx';
import { NumberInput, Select } from '../../../components/inputs.tsx';

const units: Readonly<Record<ConditionName, string>> = {
  delayMs: 'ms',
  jitterMs: 'ms',
  lossPercent: '%',
  rateKbit: 'kbit/s',
  duplicatePercent: '%',
  reorderPercent: '%',
};
const largest: Readonly<Record<ConditionName, number>> = {
  delayMs: 60_000,
  jitterMs: 60_000,
  lossPercent: 100,
  rateKbit: 100_000_000,
  duplicatePercent: 100,
  reorderPercent: 100,
};
const presets = Object.keys(linkPresets) as LinkPreset[];
type Choice = LinkPreset | 'off' | 'own';

const same = (one: LinkConditions, other: LinkConditions): boolean =>
  conditionNames.every((name) => (one[name] ?? 0) === (other[name] ?? 0));

/** As far as a cable can be made like that. */
const presetFor = (preset: LinkPreset, possible: readonly ConditionName[]): LinkConditions =>
  Object.fromEntries(Object.entries(linkPresets[preset]).filter(([name]) => possible.some((each) => each === name)));

function choiceOf(conditions: LinkConditions, possible: readonly ConditionName[]): Choice {
  if (effective(conditions) === undefined) return 'off';
  return presets.find((preset) => same(presetFor(preset, possible), conditions)) ?? 'own';
}

export function openConditions(machine: Machine, card: CardConditions, done: () => void): void {
  openDialog((close) => <ConditionsDialog machine={machine} card={card} done={done} close={close} />);
}

/** Looks first how the cable of this card is. */
export async function askConditions(machine: Machine, mac: string): Promise<void> {
  const { uri, uuid } = machine;
  const cards = await engine.call('domains.link-conditions', { uri, uuid });
  const card = cards.find((each) => each.mac === mac.toLowerCase());
  if (card !== undefined) openConditions(machine, card, () => undefined);
}

/** What a cable is made to be like: a kind of link, or figures of one's own. */
function ConditionsDialog(props: {
  machine: Machine;
  card: CardConditions;
  done: () => void;
  close: () => void;
}): React.JSX.Element {
  const { machine, card, done, close } = props;
  const { uri, uuid, id, persistent } = machine;
  const [conditions, setConditions] = useState<LinkConditions>(card.conditions ?? {});
  const problem = conditionsProblem(conditions);
  const possible = (name: ConditionName): boolean => card.possible.includes(name);
  const choose = (choice: Choice): void => {
    if (choice !== 'own') setConditions(choice === 'off' ? {} : presetFor(choice, card.possible));
  };
  const submit = async (): Promise<void> => {
    const set = effective(conditions);
    await engine.call('domains.set-link-conditions', {
      ...{ uri, uuid, card: card.mac },
      ...(set === undefined ? {} : { conditions: set }),
      affects: { live: id !== undefined, config: persistent },
    });
    done();
  };
  const options: readonly { readonly value: Choice; readonly label: string }[] = [
    ...(['off', ...presets] as const).map((value) => ({ value, label: t(`cable:preset.${value}`) })),
    { value: 'own', label: t('cable:preset.own') },
  ];
  return (
    <FormDialog
      title={t('cable:conditions.title', { name: machine.name })}
      confirm={t('action.apply')}
      valid={problem === undefined}
      submit={submit}
      close={close}
    >
      <p>{card.reason === undefined ? t('cable:conditions.text') : t('cable:conditions.userText')}</p>
      <Field label={t('cable:conditions.kind')}>
        <Select value={choiceOf(conditions, card.possible)} options={options} onChange={choose} />
      </Field>
      {conditionNames.filter(possible).map((name) => (
        <Field
          key={name}
          label={t(`cable:condition.${name}`)}
          error={problem !== undefined && name === 'jitterMs' ? t('cable:conditions.problem') : undefined}
        >
          <NumberInput
            value={conditions[name] ?? 0}
            min={0}
            max={largest[name]}
            step={units[name] === '%' ? 0.1 : 1}
            unit={units[name]}
            onChange={(value) => setConditions({ ...conditions, [name]: value })}
          />
        </Field>
      ))}
    </FormDialog>
  );
}
