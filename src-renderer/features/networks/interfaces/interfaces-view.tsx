import Cable from 'lucide-react/icons/cable';
import CircleDot from 'lucide-react/icons/circle-dot';
import CircleOff from 'lucide-react/icons/circle-off';
import EthernetPort from 'lucide-react/icons/ethernet-port';
import Network from 'lucide-react/icons/network';
import Play from 'lucide-react/icons/play';
import Power from 'lucide-react/icons/power';
import Unlink from 'lucide-react/icons/unlink';
import Wifi from 'lucide-react/icons/wifi';
import { useState } from 'react';
import type { InterfaceKind, InterfaceSummary } from '../../../../src-shared/model/interface-summary.ts';
import { engine } from '../../../app/client.ts';
import { confirm } from '../../../app/feedback/confirm.tsx';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { reportError } from '../../../app/feedback/notices.ts';
import { hostText } from '../../../app/host-words.ts';
import { t } from '../../../app/i18n.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { DataTable, type TableColumn } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon, type IconType } from '../../../components/icon.tsx';
import { openBridgeDialog, openUnbridgeDialog } from './bridge-dialog.tsx';
import styles from './interfaces.module.css';
import { type InterfacesView, useInterfaces } from './use-interfaces.ts';

const icons: Readonly<Record<InterfaceKind, IconType>> = {
  ethernet: EthernetPort,
  wireless: Wifi,
  bridge: Network,
  bond: Cable,
  vlan: Cable,
  loopback: CircleDot,
  virtual: Cable,
};

/** The host's interfaces, and bridges over them. */
export default function Interfaces({ uri }: { uri: string }): React.JSX.Element {
  const view = useInterfaces(uri);
  const { interfaces, error, keeper } = view;
  const [chosen, setChosen] = useState<string>();
  if (error?.code === 'no-support') {
    return <EmptyState icon={EthernetPort} title={t('interfaces:none.title')} text={t('interfaces:none.text')} />;
  }
  const shown =
    interfaces?.find(({ name }) => name === chosen) ??
    interfaces?.find(({ isDefaultRoute, master }) => isDefaultRoute && master === undefined) ??
    interfaces?.[0];
  return (
    <div className={styles.split}>
      <div className={styles.main}>
        {error !== undefined && <ErrorPanel error={error} />}
        <p className={styles.keeper}>
          {t(keeper === undefined ? 'interfaces:keeper.none' : `interfaces:keeper.${keeper.name}`)}
        </p>
        <DataTable
          className={styles.table}
          label={t('interfaces:list.label')}
          rows={interfaces}
          rowKey={({ name }) => name}
          columns={columns(shown?.name, setChosen)}
        />
      </div>
      {shown !== undefined && <Detail view={view} of={shown} />}
    </div>
  );
}

function columns(chosen: string | undefined, choose: (name: string) => void): readonly TableColumn<InterfaceSummary>[] {
  return [
    {
      id: 'name',
      label: t('interfaces:column.name'),
      sort: ({ name }) => name,
      cell: ({ name }) => (
        <button type="button" className={styles.name} aria-pressed={name === chosen} onClick={() => choose(name)}>
          {name}
        </button>
      ),
    },
    {
      id: 'state',
      label: t('interfaces:column.state'),
      sort: ({ active }) => (active ? 0 : 1),
      cell: (each) => <State of={each} />,
    },
    {
      id: 'kind',
      label: t('interfaces:column.kind'),
      sort: ({ kind }) => t(`interfaces:kind.${kind}`),
      cell: ({ kind }) => (
        <span className={styles.kind}>
          <Icon of={icons[kind]} />
          {t(`interfaces:kind.${kind}`)}
        </span>
      ),
    },
    {
      id: 'addresses',
      label: t('interfaces:column.addresses'),
      sort: ({ addresses }) => addresses.join(' '),
      cell: ({ addresses }) => (addresses.length === 0 ? '–' : shortened(addresses)),
    },
    {
      id: 'mac',
      label: t('interfaces:column.mac'),
      sort: ({ mac }) => mac ?? '',
      cell: ({ mac }) => <span className={styles.mono}>{mac ?? '–'}</span>,
    },
    {
      id: 'master',
      label: t('interfaces:column.master'),
      sort: ({ master }) => master ?? '',
      cell: ({ master }) => master ?? '–',
    },
  ];
}

/** Those that people type; the others are in the details. */
function shortened(addresses: readonly string[]): string {
  const worldly = addresses.filter((address) => !address.startsWith('fe80:'));
  return (worldly.length === 0 ? addresses : worldly).join(', ');
}

/** The kernel tells no state of what is switched on and has no cable to look at. */
const isOn = ({ active, state }: InterfaceSummary): boolean => active || state === 'unknown';

function State({ of: { active, state } }: { of: InterfaceSummary }): React.JSX.Element {
  const word = active
    ? 'up'
    : state === undefined
      ? 'absent'
      : state === 'unknown'
        ? 'unknown'
        : state === 'lowerlayerdown'
          ? 'noCable'
          : 'down';
  return (
    <span className={styles.state}>
      <Badge tone={active ? 'ok' : 'neutral'} icon={active || word === 'unknown' ? CircleDot : CircleOff}>
        {t(`interfaces:state.${word}`)}
      </Badge>
    </span>
  );
}

function Detail({ view, of }: { view: InterfacesView; of: InterfaceSummary }): React.JSX.Element {
  const { name, kind, mac, master, ports, addresses, mtu, speedMbit, configured, isDefaultRoute, notBridgeable } = of;
  const facts: readonly (readonly [string, React.ReactNode] | undefined)[] = [
    [t('interfaces:column.kind'), t(`interfaces:kind.${kind}`)],
    mac === undefined ? undefined : [t('interfaces:column.mac'), <span className={styles.mono}>{mac}</span>],
    addresses.length === 0
      ? undefined
      : [t('interfaces:column.addresses'), addresses.map((address) => <div key={address}>{address}</div>)],
    isDefaultRoute ? [t('interfaces:fact.route'), t('interfaces:fact.default')] : undefined,
    master === undefined ? undefined : [t('interfaces:column.master'), master],
    ports.length === 0 ? undefined : [t('interfaces:fact.ports'), ports.join(', ')],
    mtu === undefined ? undefined : [t('interfaces:fact.mtu'), mtu],
    speedMbit === undefined ? undefined : [t('interfaces:fact.speed'), t('interfaces:fact.mbit', { speedMbit })],
    [t('interfaces:fact.configured'), t(configured ? 'interfaces:fact.yes' : 'interfaces:fact.no')],
  ];
  return (
    <aside className={styles.detail} aria-label={t('interfaces:detailOf', { name })}>
      <h2>{name}</h2>
      <dl>
        {facts.map((fact) =>
          fact === undefined ? undefined : (
            <div key={fact[0]} style={{ display: 'contents' }}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
        )}
      </dl>
      <Actions view={view} of={of} />
      {kind !== 'bridge' && notBridgeable !== undefined && (
        <p>
          {hostText(notBridgeable.message, notBridgeable.words?.message)}{' '}
          {notBridgeable.fix !== undefined && hostText(notBridgeable.fix, notBridgeable.words?.fix)}
        </p>
      )}
    </aside>
  );
}

function Actions({ view, of }: { view: InterfacesView; of: InterfaceSummary }): React.JSX.Element {
  const { uri, keeper, interfaces = [], reload } = view;
  const { name, kind, ports, notBridgeable } = of;
  const active = isOn(of);
  const taken = interfaces.map((each) => each.name);
  const change = async (): Promise<void> => {
    if (active) {
      const title = t('interfaces:stop.title', { name });
      const sure = await confirm({
        title,
        text: t('interfaces:stop.text'),
        confirm: t('interfaces:verb.stop'),
        danger: true,
      });
      if (!sure) return;
    }
    await engine.call(active ? 'interfaces.destroy' : 'interfaces.create', { uri, name });
    reload();
  };
  return (
    <div className={styles.actions}>
      {keeper !== undefined && notBridgeable === undefined && (
        <Button variant="primary" icon={Network} onClick={() => openBridgeDialog(uri, name, taken)}>
          {t('interfaces:verb.bridge')}
        </Button>
      )}
      {keeper !== undefined && kind === 'bridge' && ports.length > 0 && (
        <Button icon={Unlink} onClick={() => openUnbridgeDialog(uri, name)}>
          {t('interfaces:verb.unbridge')}
        </Button>
      )}
      {kind !== 'loopback' && (
        <Button
          icon={active ? Power : Play}
          onClick={() => {
            change().catch(reportError);
          }}
        >
          {t(active ? 'interfaces:verb.stop' : 'interfaces:verb.start')}
        </Button>
      )}
    </div>
  );
}
