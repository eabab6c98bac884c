import { useState } from 'react';
import type { EditPlan } from '../../../../src-shared/contract/domains.ts';
import { formatDomain, parseDomain } from '../../../../src-shared/model/domain/index.ts';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';
import { engine } from '../../../app/client.ts';
import { openDialog } from '../../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { FormDialog } from '../../../app/feedback/form-dialog.tsx';
import { notify } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { Field } from '../../../components/field.tsx';
import { Checkbox, Select } from '../../../components/inputs.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { ChangeList } from '../../machine/edit/change-list.tsx';
import type { NetworkView } from '../use-networks.ts';
import { type CableTarget, connectCard } from './connect-card.ts';

export function openConnect(view: NetworkView, machine: Machine, card: NetworkCard, target?: CableTarget): void {
  openDialog((close) => <ConnectDialog view={view} machine={machine} card={card} target={target} close={close} />);
}

const nowhere = '-';
const keyOf = ({ kind, name }: CableTarget): string => `${kind} ${name}`;

/** Plugs a card in elsewhere: what that changes, and when, is shown before it is done. */
function ConnectDialog(props: {
  view: NetworkView;
  machine: Machine;
  card: NetworkCard;
  target: CableTarget | undefined;
  close: () => void;
}): React.JSX.Element {
  const { view, machine, card, close } = props;
  const targets = targetsOf(view);
  const [chosen, setChosen] = useState(() => props.target ?? currentOf(view, card, targets));
  const [plugged, setPlugged] = useState(props.target !== undefined || card.plugged);
  const { uri, uuid, name } = machine;
  const key = chosen === undefined ? undefined : `${uri} ${uuid} ${card.index} ${keyOf(chosen)} ${String(plugged)}`;
  const { value, error } = useAnswer(key, async (): Promise<{ xml: string; plan: EditPlan } | undefined> => {
    if (chosen === undefined) return undefined;
    const stored = await engine.call('domains.xml', { uri, uuid, inactive: true });
    const xml = formatDomain(connectCard(parseDomain(stored), card, chosen, plugged));
    return { xml, plan: await engine.call('domains.plan-edit', { uri, uuid, xml }) };
  });
  const running = machine.id !== undefined;
  const changes = value?.plan.changes ?? [];
  return (
    <FormDialog
      title={t('networks:connect.title', { name })}
      confirm={t('action.apply')}
      valid={changes.length > 0}
      close={close}
      submit={async () => {
        if (value === undefined) return;
        const applied = await engine.call('domains.apply-edit', { uri, uuid, xml: value.xml, author: 'window' });
        // Nothing announces that a card that stays leads elsewhere.
        view.reload();
        const waits = running && applied.changes.some(({ when }) => when === 'next-boot');
        notify({
          tone: 'ok',
          text: t(waits ? 'networks:connect.later' : 'networks:connect.done', { name }),
          timeoutMs: 5000,
        });
      }}
    >
      <Field
        label={t('networks:connect.to')}
        hint={t('networks:connect.card', { mac: card.mac ?? String(card.index + 1) })}
      >
        <Select
          value={chosen === undefined ? nowhere : keyOf(chosen)}
          options={[
            ...(chosen === undefined ? [{ value: nowhere, label: t('networks:field.choose'), disabled: true }] : []),
            ...targets.map((target) => ({
              value: keyOf(target),
              label: t(`networks:connect.${target.kind}`, { name: target.name }),
            })),
          ]}
          onChange={(next) => setChosen(targets.find((target) => keyOf(target) === next))}
        />
      </Field>
      <Checkbox label={t('networks:connect.plugged')} checked={plugged} onChange={setPlugged} />
      {error !== undefined && <ErrorPanel error={error} />}
      {chosen !== undefined && value === undefined && error === undefined && <Skeleton width={240} />}
      {value !== undefined &&
        (changes.length === 0 ? (
          <p>{t('networks:connect.nothing')}</p>
        ) : (
          <ChangeList changes={changes} running={running} />
        ))}
    </FormDialog>
  );
}

function targetsOf({ networks, devices }: NetworkView): readonly CableTarget[] {
  const own = new Set((networks ?? []).map(({ bridge }) => bridge));
  return [
    ...(networks ?? []).map(({ name }): CableTarget => ({ kind: 'network', name })),
    ...devices
      .filter(({ kind, name }) => kind === 'bridge' && !own.has(name))
      .map(({ name }): CableTarget => ({ kind: 'bridge', name })),
  ];
}

const currentOf = (view: NetworkView, card: NetworkCard, targets: readonly CableTarget[]): CableTarget | undefined =>
  targets.find(({ kind, name }) => card.source === name && card.type === kind) ??
  targets.find(({ kind, name }) => {
    const network = view.networks?.find((each) => each.name === name);
    return kind === 'network' && card.type === 'bridge' && network?.bridge === card.source;
  });
