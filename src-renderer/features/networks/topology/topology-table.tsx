import Ellipsis from 'lucide-react/icons/ellipsis';
import { useMemo } from 'react';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';
import { t } from '../../../app/i18n.ts';
import { paths } from '../../../app/routes.ts';
import { type Machine, machineKey } from '../../../app/store/inventory.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { MenuIconButton } from '../../../components/menu-button.tsx';
import { DataTable } from '../../../components/data-table.tsx';
import type { NetworkView } from '../use-networks.ts';
import type { TraceState } from '../trace/use-trace.ts';
import { addressOf, type CableState, cableState, endOf, laterEnd, type TopologyNode } from './graph.ts';
import { nodeMenu } from './node-menu.ts';
import styles from '../networks-screen.module.css';

interface Row {
  readonly card: NetworkCard;
  readonly machine: Machine;
  readonly end: TopologyNode | undefined;
  readonly address: string | undefined;
  readonly state: CableState | undefined;
  /** From the next boot on. */
  readonly later: TopologyNode | undefined;
}

/** The same as the picture, one row a cable, and all of them. */
export function TopologyTable(props: { view: NetworkView; onTrace: TraceState['choose'] }): React.JSX.Element {
  const { view, onTrace } = props;
  const { uri, networks, devices, cards, definitions, leases } = view;
  const machines = useInventory((state) => state.machines);
  const rows = useMemo(
    () =>
      cards.flatMap((card): Row[] => {
        const machine = machines.get(machineKey(uri, card.machine));
        if (machine === undefined) return [];
        const known = networks ?? [];
        const end = endOf(card, known, devices);
        const count = cards.filter((each) => each.machine === card.machine).length;
        const parts = { definitions, leases };
        const address = end === undefined ? undefined : addressOf(machine, card, end, count, parts);
        const state = end === undefined ? undefined : cableState(machine, card, end, address, parts);
        return [{ card, machine, end, address, state, later: laterEnd(card, known, devices) }];
      }),
    [cards, machines, uri, networks, devices, definitions, leases],
  );
  return (
    <DataTable
      label={t('networks:topology.table')}
      rows={rows}
      rowKey={({ card }) => `${card.machine} ${card.index}`}
      columns={[
        {
          id: 'machine',
          label: t('networks:attached.machine'),
          sort: ({ machine }) => machine.name,
          cell: ({ machine }) => (
            <a className={styles.name} href={`#${paths.machine(machine)}`}>
              {machine.name}
            </a>
          ),
        },
        { id: 'mac', label: t('networks:topology.card'), cell: ({ card }) => card.mac ?? String(card.index + 1) },
        {
          id: 'end',
          label: t('networks:topology.end'),
          sort: ({ end, card }) => endWords(end, card),
          cell: ({ end, later, card }) =>
            later === undefined
              ? endWords(end, card)
              : t('networks:topology.later', { now: endWords(end, card), later: endWords(later, card) }),
        },
        {
          id: 'address',
          label: t('trace:topology.address'),
          sort: ({ address }) => address ?? '',
          cell: ({ address }) => address ?? '–',
        },
        {
          id: 'state',
          label: t('networks:column.state'),
          cell: ({ state }) =>
            state === undefined
              ? '–'
              : state === 'unaddressed'
                ? t('trace:topology.unaddressed')
                : t(`networks:cable.${state}`),
        },
      ]}
      actions={({ machine, card }) => (
        <MenuIconButton
          size="small"
          icon={Ellipsis}
          label={t('networks:topology.connectOf', { machine: machine.name, card: card.mac ?? String(card.index + 1) })}
          sections={() => nodeMenu(view, { id: '', kind: 'machine', machine, cards: [card] }, onTrace)}
        />
      )}
    />
  );
}

function endWords(end: TopologyNode | undefined, card: NetworkCard): string {
  switch (end?.kind) {
    case 'network':
      return t('networks:connect.network', { name: end.network.name });
    case 'device':
      return t(end.device.kind === 'bridge' ? 'networks:connect.bridge' : 'networks:connect.device', {
        name: end.device.name,
      });
    case 'user':
      return t('networks:topology.user');
    case 'missing':
      return t('networks:topology.missingOf', { name: end.name });
    default:
      return card.type;
  }
}
