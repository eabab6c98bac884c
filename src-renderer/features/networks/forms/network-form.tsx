import CircleCheck from 'lucide-react/icons/circle-check';
import { useMemo } from 'react';
import type { Network } from '../../../../src-shared/model/network.ts';
import { hostText } from '../../../app/host-words.ts';
import { t } from '../../../app/i18n.ts';
import { machineKey } from '../../../app/store/inventory.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Checkbox } from '../../../components/inputs.tsx';
import type { NetworkDraft } from '../edit/network-draft.ts';
import { hasOwnBridge, modeOf, setSubnet } from '../edit/network-edit.ts';
import { collisions, factsOf, freeSubnet } from '../edit/subnets.ts';
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
  const { model: network } = draft;
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
        <ChecksView
          checks={checks}
          runs={view.networks?.some((each) => each.uuid === uuid && each.active) === true}
          onFreeSubnet={freeSubnetFor(network, checks, taken, edit)}
        />
      </aside>
    </div>
  );
}

/** What gives the first subnet that is in the way of another a free one; absent when none is, or none is free. */
function freeSubnetFor(
  network: Network,
  { findings }: Checks,
  taken: readonly string[],
  edit: (change: (network: Network) => Network) => void,
): (() => void) | undefined {
  if (!findings.some(({ id }) => id.startsWith('subnet-'))) return undefined;
  const place = network.ip.findIndex(
    (ip) => factsOf(ip)?.family === 'ipv4' && collisions([ip], [{ addresses: taken }]).length > 0,
  );
  const free = freeSubnet([...taken, ...network.ip.flatMap((ip) => factsOf(ip)?.subnet ?? [])]);
  if (place < 0 || free === undefined) return undefined;
  return () => edit((now) => setSubnet(now, place, free));
}

function ChecksView(props: {
  checks: Checks;
  runs: boolean;
  onFreeSubnet: (() => void) | undefined;
}): React.JSX.Element {
  const { checks, runs, onFreeSubnet } = props;
  const { problem, findings, plan } = checks;
  return (
    <>
      <div role="status" className={styles.found}>
        {problem !== undefined ? (
          <Findings findings={[{ id: 'problem', severity: 'error', message: problem }]} />
        ) : findings.length > 0 ? (
          <>
            <Findings findings={findings} />
            {onFreeSubnet !== undefined && (
              <Button size="small" onClick={onFreeSubnet}>
                {t('networks:check.useFree')}
              </Button>
            )}
          </>
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
          sentences={plan.steps.map(({ sentence, words }) => hostText(sentence, words))}
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
