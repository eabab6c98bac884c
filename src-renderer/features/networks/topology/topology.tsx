import Maximize from 'lucide-react/icons/maximize';
import Route from 'lucide-react/icons/route';
import ZoomIn from 'lucide-react/icons/zoom-in';
import ZoomOut from 'lucide-react/icons/zoom-out';
import { useEffect, useMemo } from 'react';
import { t } from '../../../app/i18n.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { useWatchedStats } from '../../../app/store/watch-stats.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { pathOf } from '../trace/ends.ts';
import { TracePanel } from '../trace/trace-panel.tsx';
import { useTrace } from '../trace/use-trace.ts';
import type { NetworkView } from '../use-networks.ts';
import { type Topology as Graph, topologyOf } from './graph.ts';
import { Legend } from './legend.tsx';
import { Picture } from './picture.tsx';
import { TopologyTable } from './topology-table.tsx';
import styles from './topology.module.css';
import { useZoom, type Zoom } from './use-zoom.ts';

/** Who is connected to what, as a picture and as a table that says the same; and why one end reaches another. */
export default function Topology({ view }: { view: NetworkView }): React.JSX.Element {
  const { uri, networks = none, definitions, devices, cards, leases, reload } = view;
  const machines = useInventory((state) => state.machines);
  useWatchedStats(useMemo(() => [uri], [uri]));
  const graph = useMemo((): Graph => {
    const own = [...machines.values()].filter((machine) => machine.uri === uri);
    return topologyOf({ networks, definitions, devices, cards, machines: own, leases });
  }, [networks, definitions, devices, cards, machines, leases, uri]);
  const zoom = useZoom();
  const trace = useTrace(uri, reload);
  const { asked, open } = trace;
  const { fit } = zoom;
  // The panel takes room from the picture, which is what a trace is shown on.
  useEffect(() => {
    if (open) fit();
  }, [open, fit]);
  const path = useMemo(
    () => (asked === undefined ? undefined : pathOf(asked.trace, asked.from, asked.to, graph)),
    [asked, graph],
  );
  return (
    <div className={styles.split}>
      <div className={styles.topology}>
        <div className={styles.tools}>
          <p className={styles.hint}>{t('trace:topology.hint')}</p>
          <ZoomTools zoom={zoom} />
          <Button icon={Route} aria-pressed={trace.open} onClick={() => trace.setOpen(!trace.open)}>
            {t('trace:open')}
          </Button>
        </div>
        <Picture view={view} graph={graph} zoom={zoom} path={path} onTrace={trace.choose} />
        {graph.hidden > 0 && <p className={styles.more}>{t('networks:topology.hidden', { count: graph.hidden })}</p>}
        <Legend />
        <h2>{t('networks:topology.table')}</h2>
        <TopologyTable view={view} onTrace={trace.choose} />
      </div>
      {trace.open && <TracePanel view={view} state={trace} />}
    </div>
  );
}

function ZoomTools({ zoom }: { zoom: Zoom }): React.JSX.Element {
  return (
    <div className={styles.zoom} role="group" aria-label={t('trace:topology.tools')}>
      <IconButton size="small" icon={ZoomOut} label={t('trace:topology.zoomOut')} keys="-" onClick={zoom.smaller} />
      <output>{t('trace:topology.zoomed', { percent: Math.round(zoom.scale * 100) })}</output>
      <IconButton size="small" icon={ZoomIn} label={t('trace:topology.zoomIn')} keys="+" onClick={zoom.larger} />
      <IconButton size="small" icon={Maximize} label={t('trace:topology.fit')} keys="0" onClick={zoom.fit} />
    </div>
  );
}

const none: readonly never[] = [];
