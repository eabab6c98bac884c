import ArrowLeft from 'lucide-react/icons/arrow-left';
import Ellipsis from 'lucide-react/icons/ellipsis';
import NetworkIcon from 'lucide-react/icons/network';
import Play from 'lucide-react/icons/play';
import Power from 'lucide-react/icons/power';
import RotateCw from 'lucide-react/icons/rotate-cw';
import { lazy, Suspense, useId, useMemo, useState } from 'react';
import type { NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { notify } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import { go, paths } from '../../app/routes.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { MenuIconButton } from '../../components/menu-button.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { EditBar } from './edit-bar.tsx';
import { type NetworkDraft, networkDrafts } from './edit/network-draft.ts';
import { freeName, newNetwork } from './edit/network-edit.ts';
import { saveNetwork } from './edit/save.ts';
import { freeSubnet } from './edit/subnets.ts';
import { useChecks } from './edit/use-checks.ts';
import { useNetworkDefinition } from './edit/use-network-definition.ts';
import { engine } from '../../app/client.ts';
import { isChanged } from '../../app/edit/draft.ts';
import { useLeaveGuard } from '../../app/edit/use-leave-guard.ts';
import { NetworkForm } from './forms/network-form.tsx';
import { openHostDialog } from './host-dialog.tsx';
import { runningOn, takenAddresses } from './machines-of.ts';
import { modeOfSummary, modeWord } from './mode.ts';
import { networkMenu, restartNetwork, startNetwork, stopNetwork } from './network-menu.ts';
import styles from './network-page.module.css';
import { Overview } from './overview.tsx';
import { NetworkState } from './state.tsx';
import type { NetworkView } from './use-networks.ts';

const Xml = lazy(() => import('../machine/xml/xml-editing.tsx'));

const tabs = ['overview', 'settings', 'xml'] as const;
type Tab = (typeof tabs)[number];

/** One network: what it is and who is on it, its settings, its definition. */
export function NetworkPage(props: {
  view: NetworkView;
  uuid: string;
  tab: string | undefined;
}): React.JSX.Element | undefined {
  const { view, uuid, tab } = props;
  const network = view.networks?.find((each) => each.uuid === uuid);
  if (network !== undefined) {
    return <Page view={view} network={network} tab={tabs.find((each) => each === tab) ?? 'overview'} />;
  }
  if (view.networks === undefined && view.error === undefined) return undefined;
  return (
    <EmptyState icon={NetworkIcon} title={t('networks:gone.title')} text={t('networks:gone.text')}>
      {view.error !== undefined && <ErrorPanel error={view.error} />}
      <Button variant="primary" onClick={() => go(paths.networks)}>
        {t('networks:back')}
      </Button>
    </EmptyState>
  );
}

function Page({ view, network, tab }: { view: NetworkView; network: NetworkSummary; tab: Tab }): React.JSX.Element {
  const { uri, cards } = view;
  const panelId = useId();
  const definition = useNetworkDefinition(uri, network.uuid, view.networks);
  const { draft, error, waits, edit, setText, discard, reload } = definition;
  const checks = useChecks(view, draft, network.uuid);
  const home = paths.network(network.uuid);
  useLeaveGuard({
    changed: draft !== undefined && isChanged(draft),
    keeps: (hash) => hash === home || hash.startsWith(`${home}/`),
    question: () => ({
      title: t('networks:leave.title'),
      text: t('networks:leave.text'),
      confirm: t('networks:leave.confirm'),
      danger: true,
    }),
    discard,
  });
  const save = async (): Promise<void> => {
    if (draft === undefined) return;
    const saved = await saveNetwork(uri, draft, network);
    discard();
    reload();
    view.reload();
    notify({
      tone: 'ok',
      text: t(saved.waits ? 'networks:save.waits' : 'networks:save.done', { name: network.name }),
      timeoutMs: saved.waits ? 10_000 : 4000,
      ...(saved.waits
        ? {
            action: {
              label: t('networks:verb.restart'),
              run: () => openHostDialog(uri, network, 'restart', runningOn(uri, network, cards)),
            },
          }
        : {}),
    });
  };
  return (
    <div className={styles.screen}>
      <header className={styles.header}>
        <IconButton icon={ArrowLeft} label={t('networks:back')} onClick={() => go(paths.networks)} />
        <h1 data-selectable>{network.name}</h1>
        <span className={styles.kind}>{modeWord(modeOfSummary(network))}</span>
        <NetworkState active={network.active} />
        <span className={styles.space} />
        <MenuIconButton
          icon={Ellipsis}
          label={t('networks:actionsOf', { name: network.name })}
          sections={() => networkMenu(view, network, () => go(paths.networks))}
        />
        {network.active ? (
          <Button icon={Power} onClick={() => stopNetwork(view, network)}>
            {t('networks:verb.stop')}
          </Button>
        ) : (
          <Button variant="primary" icon={Play} onClick={() => startNetwork(uri, network)}>
            {t('networks:verb.start')}
          </Button>
        )}
      </header>
      <Tabs
        label={t('networks:tabs.label', { name: network.name })}
        tabs={tabs.map((value) => ({ value, label: t(`networks:tabs.${value}`) }))}
        value={tab}
        panelId={panelId}
        onChange={(next) => go(paths.network(network.uuid, next))}
      />
      {waits && network.active && (
        <div className={styles.waits} role="status">
          <span>{t('networks:save.pending')}</span>
          <Button size="small" icon={RotateCw} onClick={() => restartNetwork(view, network)}>
            {t('networks:verb.restart')}
          </Button>
        </div>
      )}
      <div
        key={tab}
        id={panelId}
        role="tabpanel"
        aria-label={t(`networks:tabs.${tab}`)}
        className={styles.panel}
        tabIndex={tab === 'overview' ? 0 : undefined}
      >
        {error !== undefined && <ErrorPanel error={error} />}
        {draft !== undefined && (
          <Suspense fallback={null}>
            {tab === 'overview' && draft.model !== undefined && (
              <Overview view={view} network={network} definition={draft.model} />
            )}
            {tab === 'settings' && (
              <NetworkForm view={view} draft={draft} uuid={network.uuid} checks={checks} edit={edit} />
            )}
            {tab === 'xml' && (
              <Xml text={draft.text} isChanged={isChanged(draft)} setText={setText} discard={discard} />
            )}
          </Suspense>
        )}
      </div>
      {draft !== undefined && isChanged(draft) && (
        <EditBar
          words={checks.problem ?? t('networks:save.unsaved')}
          overtaken={draft.overtaken}
          confirm={t('networks:save.action')}
          valid={checks.problem === undefined}
          submit={save}
          discard={discard}
        />
      )}
    </div>
  );
}

/** A network that is not stored yet; its first definition waits until the networks it must not meet are known. */
export function NewNetworkPage({ view }: { view: NetworkView }): React.JSX.Element {
  const { networks, devices, error } = view;
  const first = useMemo(() => {
    if (networks === undefined) return undefined;
    const name = freeName(networks.map((each) => each.name));
    return networkDrafts.ofNew(newNetwork(name, freeSubnet(takenAddresses(networks, devices))));
  }, [networks, devices]);
  return (
    <div className={styles.screen}>
      <header className={styles.header}>
        <IconButton icon={ArrowLeft} label={t('networks:back')} onClick={() => go(paths.networks)} />
        <h1>{t('networks:new.title')}</h1>
      </header>
      {error !== undefined && <ErrorPanel error={error} />}
      {first !== undefined && <NewNetwork view={view} first={first} />}
    </div>
  );
}

function NewNetwork({ view, first }: { view: NetworkView; first: NetworkDraft }): React.JSX.Element {
  const [draft, setDraft] = useState(first);
  const [autostart, setAutostart] = useState(true);
  const [tab, setTab] = useState<'settings' | 'xml'>('settings');
  const panelId = useId();
  const checks = useChecks(view, draft, undefined);
  const save = async (): Promise<void> => {
    const { network } = await saveNetwork(view.uri, draft);
    if (autostart) await engine.call('networks.set-autostart', { uri: view.uri, uuid: network.uuid, autostart });
    view.reload();
    go(paths.network(network.uuid));
    openHostDialog(view.uri, network, 'start');
  };
  return (
    <>
      <Tabs
        label={t('networks:new.title')}
        tabs={(['settings', 'xml'] as const).map((value) => ({ value, label: t(`networks:tabs.${value}`) }))}
        value={tab}
        panelId={panelId}
        onChange={setTab}
      />
      <div key={tab} id={panelId} role="tabpanel" aria-label={t(`networks:tabs.${tab}`)} className={styles.panel}>
        <Suspense fallback={null}>
          {tab === 'settings' ? (
            <NetworkForm
              view={view}
              draft={draft}
              uuid={undefined}
              checks={checks}
              edit={(change) => setDraft((before) => networkDrafts.withEdit(before, change))}
              autostart={{ on: autostart, set: setAutostart }}
            />
          ) : (
            <Xml
              text={draft.text}
              isChanged={draft.text !== first.text}
              setText={(text) => setDraft((before) => networkDrafts.withText(before, text))}
              discard={() => setDraft(first)}
            />
          )}
        </Suspense>
      </div>
      <EditBar
        words={checks.problem ?? t('networks:new.hint')}
        confirm={t('networks:new.create')}
        valid={checks.problem === undefined}
        submit={save}
        discard={() => go(paths.networks)}
        discardLabel={t('action.cancel')}
      />
    </>
  );
}
