import Ellipsis from 'lucide-react/icons/ellipsis';
import Play from 'lucide-react/icons/play';
import Power from 'lucide-react/icons/power';
import { useMemo, useState } from 'react';
import type { NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import { t } from '../../app/i18n.ts';
import { paths } from '../../app/routes.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { IconButton } from '../../components/button.tsx';
import { DataTable, type TableColumn } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { Switch } from '../../components/inputs.tsx';
import { Menu } from '../../components/menu.tsx';
import { MenuIconButton } from '../../components/menu-button.tsx';
import { attachedTo } from './machines-of.ts';
import { modeIcons, modeOfSummary, modeWord } from './mode.ts';
import { networkMenu, setAutostart, startNetwork, stopNetwork } from './network-menu.ts';
import styles from './networks-screen.module.css';
import { NetworkState } from './state.tsx';
import type { NetworkView } from './use-networks.ts';

export function NetworkList({ view }: { view: NetworkView }): React.JSX.Element {
  const [menu, setMenu] = useState<{ readonly network: NetworkSummary; readonly at: { x: number; y: number } }>();
  const columns = useColumns(view);
  return (
    <>
      <DataTable
        className={styles.table}
        label={t('networks:list.label')}
        rows={view.networks}
        rowKey={({ uuid }) => uuid}
        columns={columns}
        onContextMenu={(network, at) => setMenu({ network, at })}
        actions={(network) => (
          <>
            <IconButton
              size="small"
              icon={network.active ? Power : Play}
              label={t(network.active ? 'networks:stopOf' : 'networks:startOf', { name: network.name })}
              onClick={() => (network.active ? stopNetwork(view, network) : startNetwork(view.uri, network))}
            />
            <MenuIconButton
              size="small"
              icon={Ellipsis}
              label={t('networks:actionsOf', { name: network.name })}
              sections={() => networkMenu(view, network)}
            />
          </>
        )}
      />
      {menu !== undefined && (
        <Menu
          anchor={menu.at}
          label={t('networks:actionsOf', { name: menu.network.name })}
          sections={networkMenu(view, menu.network)}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}

function useColumns(view: NetworkView): readonly TableColumn<NetworkSummary>[] {
  const machines = useInventory((state) => state.machines);
  const { cards, leases, uri } = view;
  const counts = useMemo(
    () =>
      new Map(
        (view.networks ?? []).map((network) => [
          network.uuid,
          new Set(attachedTo(network, cards, machines, uri).map(({ machine }) => machine.key)).size,
        ]),
      ),
    [view.networks, cards, machines, uri],
  );
  return [
    {
      id: 'name',
      label: t('networks:column.name'),
      sort: ({ name }) => name,
      cell: ({ name, uuid }) => (
        <a className={styles.name} href={`#${paths.network(uuid)}`} draggable={false}>
          {name}
        </a>
      ),
    },
    {
      id: 'state',
      label: t('networks:column.state'),
      sort: ({ active }) => (active ? 0 : 1),
      cell: ({ active }) => <NetworkState active={active} />,
    },
    {
      id: 'mode',
      label: t('networks:column.mode'),
      sort: (network) => modeWord(modeOfSummary(network)),
      cell: (network) => (
        <span className={styles.mode}>
          <Icon of={modeIcons[modeOfSummary(network)]} />
          {modeWord(modeOfSummary(network))}
        </span>
      ),
    },
    {
      id: 'bridge',
      label: t('networks:column.bridge'),
      sort: ({ bridge }) => bridge ?? '',
      cell: ({ bridge }) => bridge ?? '–',
    },
    {
      id: 'addresses',
      label: t('networks:column.addresses'),
      sort: ({ addresses }) => addresses.join(' '),
      cell: ({ addresses }) => (addresses.length === 0 ? '–' : addresses.join(', ')),
    },
    {
      id: 'machines',
      label: t('networks:column.machines'),
      end: true,
      sort: ({ uuid }) => counts.get(uuid) ?? 0,
      cell: ({ uuid }) => counts.get(uuid) ?? 0,
    },
    {
      id: 'leases',
      label: t('networks:column.leases'),
      end: true,
      sort: ({ uuid }) => leases.get(uuid)?.length ?? 0,
      cell: ({ uuid, active }) => (active ? (leases.get(uuid)?.length ?? 0) : '–'),
    },
    {
      id: 'autostart',
      label: t('networks:column.autostart'),
      sort: ({ autostart }) => (autostart ? 0 : 1),
      cell: (network) => (
        <Switch
          label={<span className="visually-hidden">{t('networks:autostartOf', { name: network.name })}</span>}
          checked={network.autostart}
          disabled={!network.persistent}
          onChange={(autostart) => setAutostart(view, network, autostart)}
        />
      ),
    },
  ];
}
