import Bookmark from 'lucide-react/icons/bookmark-plus';
import { useMemo } from 'react';
import type { NetworkLease, NetworkSummary, NetworkZone } from '../../../src-shared/model/network-summary.ts';
import { dhcpHostSchema, type Network } from '../../../src-shared/model/network.ts';
import { hasDhcp, subnetOf } from '../../../src-shared/model/network-subnet.ts';
import { formatXml } from '../../../src-shared/xml/format.ts';
import { engine } from '../../app/client.ts';
import { notify, reportError } from '../../app/feedback/notices.ts';
import { formatRelative } from '../../app/format.ts';
import { hostText } from '../../app/host-words.ts';
import { t } from '../../app/i18n.ts';
import { paths } from '../../app/routes.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { IconButton } from '../../components/button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { factsOf, freeAddress } from './edit/subnets.ts';
import { modeOf } from './edit/network-edit.ts';
import { NetworkForwards } from './forwards/forwards.tsx';
import { hostNamesText } from './host-names.ts';
import { type AttachedCard, attachedTo } from './machines-of.ts';
import styles from './overview.module.css';
import type { NetworkView } from './use-networks.ts';

/** What a network is, who is on it, and which addresses it has given out. */
export function Overview(props: {
  view: NetworkView;
  network: NetworkSummary;
  definition: Network;
}): React.JSX.Element {
  const { view, network, definition } = props;
  const machines = useInventory((state) => state.machines);
  const leases = view.leases.get(network.uuid) ?? noLeases;
  const attached = useMemo(
    () => attachedTo(network, view.cards, machines, view.uri),
    [network, view.cards, view.uri, machines],
  );
  const canReserve = definition.ip.some((ip) => subnetOf(ip)?.family === 'ipv4' && hasDhcp(ip)) && network.persistent;
  return (
    <div className={styles.overview}>
      <p className={styles.about}>{t(`networks:mode.${modeOf(definition)}.text`)}</p>
      <Facts leaseCount={leases.length} uri={view.uri} network={network} definition={definition} />
      <section aria-labelledby="attached-machines">
        <h2 id="attached-machines">{t('networks:attached.title')}</h2>
        {attached.length === 0 ? (
          <p className={styles.none}>{t('networks:attached.none')}</p>
        ) : (
          <Attached
            view={view}
            network={network}
            definition={definition}
            attached={attached}
            leases={leases}
            canReserve={canReserve}
          />
        )}
      </section>
      <section aria-labelledby="leases">
        <h2 id="leases">{t('networks:leases.title')}</h2>
        {leases.length === 0 ? (
          <p className={styles.none}>{t(network.active ? 'networks:leases.none' : 'networks:leases.inactive')}</p>
        ) : (
          <Leases view={view} network={network} definition={definition} leases={leases} canReserve={canReserve} />
        )}
      </section>
      <NetworkForwards view={view} network={network} definition={definition} leases={leases} />
    </div>
  );
}

const noLeases: readonly NetworkLease[] = [];

function Facts(props: {
  uri: string;
  network: NetworkSummary;
  definition: Network;
  leaseCount: number;
}): React.JSX.Element {
  const { uri, network, definition, leaseCount } = props;
  const { uuid, active } = network;
  const { value: zone } = useAnswer(
    `${uri} ${uuid} ${active}`,
    async () => await engine.call('networks.zone', { uri, uuid }),
  );
  const { bridge, domain, mtu, forward, ip } = definition;
  const { value: hostNames } = useAnswer(
    `${uri} ${uuid} ${active} ${domain?.name} ${domain?.register} ${leaseCount}`,
    async () => await engine.call('networks.host-names', { uri, uuid }),
  );
  const device = forward?.interface.map(({ dev }) => dev).join(', ');
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t('networks:field.bridge'), bridge?.name],
    [t('networks:field.device'), device === '' ? undefined : device],
    ...ip.map((each): readonly [string, string | undefined] => {
      const known = factsOf(each);
      const dhcp = each.dhcp?.range.map(({ start, end }) => `${start} – ${end}`).join(', ');
      return [
        t(known?.family === 'ipv6' ? 'networks:subnet.ipv6' : 'networks:subnet.ipv4'),
        known === undefined
          ? undefined
          : [
              known.subnet,
              t('networks:subnet.hostHas', { address: known.hostAddress }),
              ...(dhcp === undefined || dhcp === '' ? [] : [t('networks:subnet.gives', { ranges: dhcp })]),
            ].join(' · '),
      ];
    }),
    [t('networks:field.domain'), domain?.name],
    [
      t('networks:hostNames.title'),
      domain === undefined || hostNames === undefined ? undefined : hostNamesText(hostNames),
    ],
    [t('networks:field.mtu'), mtu === undefined ? undefined : String(mtu.size)],
    [t('networks:field.zone'), zone === undefined ? bridge?.zone : zoneText(zone)],
    ['UUID', network.uuid],
  ];
  return (
    <dl className={styles.facts}>
      {facts.flatMap(([name, value]) =>
        value === undefined
          ? []
          : [
              <dt key={`${name} ${value}`}>{name}</dt>,
              <dd key={`${name} ${value} is`} data-selectable>
                {value}
              </dd>,
            ],
      )}
    </dl>
  );
}

/** Which zone it is in, and why that one. */
const zoneText = ({ current, finding }: NetworkZone): string =>
  [current, hostText(finding.message, finding.words?.message)].filter((part) => part !== undefined).join(' · ');

interface ReservationWish {
  readonly mac: string;
  readonly name: string | undefined;
  readonly address: string;
}

/** At once where the network runs, and for every later start. */
function reserve({ uri, reload }: NetworkView, network: NetworkSummary, wish: ReservationWish): void {
  const { mac, name, address } = wish;
  const xml = formatXml(dhcpHostSchema, { mac, ip: address, ...(name === undefined ? {} : { name }) });
  engine
    .call('networks.update', {
      ...{ uri, uuid: network.uuid, command: 'add-last', section: 'ip-dhcp-host', xml },
      ...{ live: network.active, config: network.persistent },
    })
    .then(() => {
      reload();
      notify({ tone: 'ok', text: t('networks:reserve.done', { address, mac }), timeoutMs: 5000 });
    }, reportError);
}

const isReserved = ({ ip }: Network, mac: string | undefined): boolean =>
  ip.some((each) => each.dhcp?.host.some((host) => host.mac?.toLowerCase() === mac) === true);

function ReserveButton(props: {
  view: NetworkView;
  network: NetworkSummary;
  definition: Network;
  wish: ReservationWish | undefined;
}): React.JSX.Element | undefined {
  const { view, network, definition, wish } = props;
  if (wish === undefined) return undefined;
  const done = isReserved(definition, wish.mac);
  return (
    <IconButton
      size="small"
      icon={Bookmark}
      disabled={done}
      label={t('networks:reserve.action', { address: wish.address, name: wish.name ?? wish.mac })}
      tip={done ? t('networks:reserve.already') : undefined}
      onClick={() => reserve(view, network, wish)}
    />
  );
}

function Attached(props: {
  view: NetworkView;
  network: NetworkSummary;
  definition: Network;
  attached: readonly AttachedCard[];
  leases: readonly NetworkLease[];
  canReserve: boolean;
}): React.JSX.Element {
  const { view, network, definition, attached, leases, canReserve } = props;
  const leaseOf = ({ card }: AttachedCard): NetworkLease | undefined =>
    leases.find(({ mac, family }) => mac !== undefined && mac === card.mac && family === 'ipv4');
  const wishOf = (each: AttachedCard): ReservationWish | undefined => {
    const mac = each.card.mac;
    const ip = definition.ip.find((candidate) => subnetOf(candidate)?.family === 'ipv4' && hasDhcp(candidate));
    if (!canReserve || mac === undefined || ip === undefined) return undefined;
    const taken = leases.map((lease) => lease.address);
    const address = leaseOf(each)?.address ?? freeAddress(ip, taken);
    return address === undefined ? undefined : { mac, address, name: hostName(each.machine.name) };
  };
  return (
    <DataTable
      label={t('networks:attached.title')}
      rows={attached}
      rowKey={({ card, machine }) => `${machine.key} ${card.index}`}
      columns={[
        {
          id: 'machine',
          label: t('networks:attached.machine'),
          sort: ({ machine }) => machine.name,
          cell: ({ machine }) => (
            <a className={styles.link} href={`#${paths.machine(machine)}`}>
              {machine.name}
            </a>
          ),
        },
        {
          id: 'state',
          label: t('networks:column.state'),
          cell: ({ machine, card }) =>
            t(
              !card.plugged
                ? 'networks:attached.unplugged'
                : machine.id === undefined
                  ? 'networks:attached.off'
                  : 'networks:attached.running',
            ),
        },
        { id: 'mac', label: t('networks:lease.mac'), cell: ({ card }) => card.mac ?? '–' },
        { id: 'model', label: t('networks:attached.model'), cell: ({ card }) => card.model ?? '–' },
        { id: 'address', label: t('networks:lease.address'), cell: (each) => leaseOf(each)?.address ?? '–' },
      ]}
      actions={(each) => <ReserveButton view={view} network={network} definition={definition} wish={wishOf(each)} />}
    />
  );
}

/** What DNS takes as a name. */
function hostName(name: string): string | undefined {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? undefined : plain;
}

function Leases(props: {
  view: NetworkView;
  network: NetworkSummary;
  definition: Network;
  leases: readonly NetworkLease[];
  canReserve: boolean;
}): React.JSX.Element {
  const { view, network, definition, leases, canReserve } = props;
  return (
    <DataTable
      label={t('networks:leases.title')}
      rows={leases}
      rowKey={({ address }) => address}
      columns={[
        {
          id: 'address',
          label: t('networks:lease.address'),
          sort: ({ address }) => address,
          cell: ({ address, prefix }) => `${address}/${prefix}`,
        },
        {
          id: 'name',
          label: t('networks:lease.name'),
          sort: ({ hostname }) => hostname ?? '',
          cell: ({ hostname }) => hostname ?? '–',
        },
        {
          id: 'mac',
          label: t('networks:lease.mac'),
          sort: ({ mac }) => mac ?? '',
          cell: ({ mac, clientId }) => mac ?? clientId ?? '–',
        },
        {
          id: 'ends',
          label: t('networks:lease.ends'),
          sort: ({ expiresMs }) => expiresMs ?? Infinity,
          cell: ({ expiresMs }) =>
            expiresMs === undefined ? t('networks:lease.never') : formatRelative(expiresMs, Date.now()),
        },
      ]}
      actions={({ mac, family, address, hostname }) => (
        <ReserveButton
          view={view}
          network={network}
          definition={definition}
          wish={canReserve && mac !== undefined && family === 'ipv4' ? { mac, address, name: hostname } : undefined}
        />
      )}
    />
  );
}
