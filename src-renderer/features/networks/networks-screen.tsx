import Plus from 'lucide-react/icons/plus';
import NetworkIcon from 'lucide-react/icons/network';
import { lazy, Suspense } from 'react';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { t } from '../../app/i18n.ts';
import { go, paths } from '../../app/routes.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { ScreenBar } from '../../components/toolbar.tsx';
import { Changes } from './changes.tsx';
import { PendingBanner } from './interfaces/pending-banner.tsx';
import { FirstNetwork } from './first-network.tsx';
import { NetworkList } from './network-list.tsx';
import { NetworkPage, NewNetworkPage } from './network-page.tsx';
import styles from './networks-screen.module.css';
import { type NetworkView, useNetworks } from './use-networks.ts';

const Interfaces = lazy(() => import('./interfaces/interfaces-view.tsx'));
const Filters = lazy(() => import('./filters/filters-view.tsx'));
const FilterPage = lazy(() => import('./filters/filter-page.tsx'));
const Topology = lazy(() => import('./topology/topology.tsx'));

const views = ['list', 'topology', 'interfaces', 'filters', 'changes'] as const;
type View = (typeof views)[number];

/** The networks of the chosen connection: as a list, as a picture, one by one; and what they changed on the host. */
export default function NetworksScreen(props: {
  item: string | undefined;
  tab: string | undefined;
}): React.JSX.Element {
  const { item, tab } = props;
  const view = useNetworks();
  const shown = views.find((each) => each === (item ?? 'list'));
  if (item === 'filters' && tab !== undefined) {
    return (
      <Suspense fallback={null}>
        <FilterPage key={tab} uuid={tab} />
      </Suspense>
    );
  }
  if (item === 'new') return <NewNetworkPage view={view} />;
  if (shown === undefined && item !== undefined) return <NetworkPage key={item} view={view} uuid={item} tab={tab} />;
  return <Overall view={view} shown={shown ?? 'list'} />;
}

function Overall({ view, shown }: { view: NetworkView; shown: View }): React.JSX.Element {
  const { networks, error } = view;
  return (
    <div className={styles.screen}>
      <ScreenBar title={t('nav.networks')}>
        <Segmented
          label={t('networks:view.label')}
          value={shown}
          segments={views.map((value) => ({ value, label: t(`networks:view.${value}`) }))}
          onChange={(next) => go(next === 'list' ? paths.networks : paths.network(next))}
        />
        <Button
          variant="primary"
          icon={Plus}
          disabled={networks === undefined}
          onClick={() => go(shown === 'filters' ? paths.network('filters', 'new') : paths.network('new'))}
        >
          {t(shown === 'filters' ? 'filters:new' : 'networks:new.title')}
        </Button>
      </ScreenBar>
      <PendingBanner uri={view.uri} />
      {error !== undefined && <Failed view={view} />}
      {error === undefined && (
        <Suspense fallback={null}>
          {shown === 'changes' && <Changes view={view} />}
          {shown === 'filters' && <Filters />}
          {shown === 'interfaces' && <Interfaces uri={view.uri} />}
          {shown === 'topology' && <Topology view={view} />}
          {shown === 'list' && (networks?.length === 0 ? <FirstNetwork view={view} /> : <NetworkList view={view} />)}
        </Suspense>
      )}
    </div>
  );
}

function Failed({ view: { error, reload } }: { view: NetworkView }): React.JSX.Element | undefined {
  if (error === undefined) return undefined;
  if (error.code === 'no-support') {
    return <EmptyState icon={NetworkIcon} title={t('networks:none.title')} text={t('networks:none.text')} />;
  }
  return (
    <div className={styles.pad}>
      <ErrorPanel error={error} actions={<Button onClick={reload}>{t('action.retry')}</Button>} />
    </div>
  );
}
