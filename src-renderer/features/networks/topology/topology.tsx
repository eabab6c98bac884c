import { useMemo } from 'react';
import { t } from '../../../app/i18n.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { useWatchedStats } from '../../../app/store/watch-stats.ts';
import type { NetworkView } from '../use-networks.ts';
import { type Topology as Graph, topologyOf } from './graph.ts';
import { Legend } from './legend.tsx';
import { Picture } from './picture.tsx';
import { TopologyTable } from './topology-table.tsx';
import styles from './topology.module.css';

/** Who is connected to what, as a picture and as a table that says the same. */
export default function Topology({ view }: { view: NetworkView }): React.JSX.Element {
  const { uri, networks = none, definitions, devices, cards } = view;
  const machines = useInventory((state) => state.machines);
  useWatchedStats(useMemo(() => [uri], [uri]));
  const graph = useMemo((): Graph => {
    const own = [...machines.values()].filter((machine) => machine.uri === uri);
    return topologyOf({ networks, definitions, devices, cards, machines: own });
  }, [networks, definitions, devices, cards, machines, uri]);
  return (
    <div className={styles.topology}>
      <p className={styles.hint}>{t('networks:topology.hint')}</p>
      <Picture view={view} graph={graph} />
      {graph.hidden > 0 && <p className={styles.hint}>{t('networks:topology.hidden', { count: graph.hidden })}</p>}
      <Legend />
      <h2>{t('networks:topology.table')}</h2>
      <TopologyTable view={view} />
    </div>
  );
}

const none: readonly never[] = [];
