import CircleCheck from 'lucide-react/icons/circle-check';
import { useMemo } from 'react';
import type { Network } from '../../../../src-shared/model/network.ts';
import { t } from '../../../app/i18n.ts';
import { machineKey } from '../../../app/store/inventory.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { Icon } from '../../../components/icon.tsx';
import { Checkbox } from '../../../components/inputs.tsx';
import type { NetworkDraft } from '../edit/network-draft.ts';
import { hasOwnBridge, modeOf } from '../edit/network-edit.ts';
import type { Checks } from '../edit/use-checks.ts';
import { takenAddresses } from '../machines-of.ts';
import { Findings, Sentences } from '../plan-view.tsx';
import type { NetworkView } from '../use-networks.ts';
import { AdvancedForm } from './advanced-form.tsx';
import { DnsForm } from './dns-form.tsx';
import styles from './forms.module.css';
import { GeneralForm } from './general-form.tsx';
import { type Reservable, SubnetsForm } from './subnets-form.tsx';

/** Every setting of a network; beside it what would be wrong with it here, and what starting it would change. */
export function NetworkForm(props: {
  view: NetworkView;
  draft: NetworkDraft;
  /** Absent for one that is not stored yet. */
  uuid: string | undefined;
  checks: Checks;
  edit: (change: (network: Network) => Network) => void;
  /** Of one that is not stored yet; a stored one’s is a switch of its list. */
  autostart?: { readonly on: boolean; readonly set: (on: boolean) => void };
}): React.JSX.Element {
  const { view, draft, uuid, checks, edit, autostart } = props;
  const { network } = draft;
  const reservable = useReservable(view, network?.name);
  const taken = useMemo(
    () => takenAddresses(view.networks ?? [], view.devices, uuid),
    [view.networks, view.devices, uuid],
  );
  if (network === undefined) {
    return <p className={styles.page}>{t('networks:form.broken')}</p>;
  }
  const ownBridge = hasOwnBridge(modeOf(network));
  return (
    <div className={styles.page}>
      <div className={styles.form}>
        <GeneralForm network={network} edit={edit} isNew={uuid === undefined} devices={view.devices} />
        {ownBridge && <SubnetsForm network={network} edit={edit} taken={taken} reservable={reservable} />}
        {ownBridge && <DnsForm network={network} edit={edit} />}
        <AdvancedForm network={network} edit={edit} />
        {autostart !== undefined && (
          <Checkbox
            label={t('networks:verb.autostart')}
            hint={t('networks:new.autostartHint')}
            checked={autostart.on}
            onChange={autostart.set}
          />
        )}
      </div>
      <aside className={styles.checks} aria-label={t('networks:check.label')}>
        <h2>{t('networks:check.label')}</h2>
        <ChecksView checks={checks} runs={view.networks?.some((each) => each.uuid === uuid && each.active) === true} />
      </aside>
    </div>
  );
}

function ChecksView({ checks, runs }: { checks: Checks; runs: boolean }): React.JSX.Element {
  const { problem, findings, plan } = checks;
  return (
    <>
      <div role="status">
        {problem !== undefined ? (
          <Findings findings={[{ id: 'problem', severity: 'error', message: problem }]} />
        ) : findings.length > 0 ? (
          <Findings findings={findings} />
        ) : (
          <p className={styles.good}>
            <Icon of={CircleCheck} />
            {t('networks:check.good')}
          </p>
        )}
      </div>
      {problem === undefined && plan !== undefined && (
        <Sentences
          label={t(runs ? 'networks:plan.next' : 'networks:plan.done')}
          sentences={plan.steps.map(({ sentence }) => sentence)}
        />
      )}
    </>
  );
}

/** The cards of this network's machines, first those that run. */
function useReservable({ uri, cards, leases, networks }: NetworkView, name: string | undefined): readonly Reservable[] {
  const machines = useInventory((state) => state.machines);
  return useMemo(() => {
    const uuid = networks?.find((each) => each.name === name)?.uuid ?? '';
    const given = leases.get(uuid) ?? [];
    return cards
      .filter(({ type, source }) => type === 'network' && source === name)
      .flatMap((card) => {
        const machine = machines.get(machineKey(uri, card.machine));
        if (machine === undefined || card.mac === undefined) return [];
        const lease = given.find(({ mac, family }) => mac === card.mac && family === 'ipv4');
        const reservable: Reservable = {
          ...{ mac: card.mac, name: machine.name },
          ...(lease === undefined ? {} : { address: lease.address }),
        };
        return [{ reservable, runs: machine.id !== undefined }];
      })
      .sort((a, b) => Number(b.runs) - Number(a.runs))
      .slice(0, 100)
      .map(({ reservable }) => reservable);
  }, [uri, cards, leases, networks, machines, name]);
}
