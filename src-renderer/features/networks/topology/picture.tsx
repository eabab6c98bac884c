import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { t } from '../../../app/i18n.ts';
import { cx } from '../../../components/cx.ts';
import type { TracePath } from '../trace/ends.ts';
import type { TraceState } from '../trace/use-trace.ts';
import type { NetworkView } from '../use-networks.ts';
import { Cables } from './cables.tsx';
import type { Topology } from './graph.ts';
import { cablePath, layoutOf } from './layout.ts';
import { NodeCard } from './node-card.tsx';
import styles from './topology.module.css';
import { targetOf, useHeldCable } from './use-held-cable.ts';
import { type Zoom, usePan } from './use-zoom.ts';

/** Nodes are ordinary controls at their places; cables are drawn below them. */
export function Picture(props: {
  view: NetworkView;
  graph: Topology;
  zoom: Zoom;
  path: TracePath | undefined;
  onTrace: TraceState['choose'];
}): React.JSX.Element {
  const { view, graph, zoom, path, onTrace } = props;
  const { boxes, width, height } = useMemo(() => layoutOf(graph), [graph]);
  const canvas = useRef<HTMLDivElement>(null);
  const { scroll, scale } = zoom;
  const { held, take, key, putBack } = useHeldCable(view, graph.nodes, boxes, canvas);
  const pan = usePan(scroll);
  const [focused, setFocused] = useState(false);
  useEffect(() => zoom.measure(width, height), [zoom, width, height]);
  // Nodes stay as they are when only the picture around them is made anew.
  const latest = useRef({ view, onTrace });
  latest.current = { view, onTrace };
  const trace = useCallback<TraceState['choose']>((side, end) => latest.current.onTrace(side, end), []);
  const addresses = useMemo(
    () =>
      new Map(
        graph.cables.flatMap(({ card, address }) =>
          card === undefined || address === undefined ? [] : [[card, address]],
        ),
      ),
    [graph],
  );

  return (
    <div
      ref={scroll}
      className={cx(styles.scroll, focused && styles.focused)}
      role="group"
      aria-label={t('networks:topology.label')}
      // A region that scrolls can be scrolled by keys.
      tabIndex={0}
      onFocus={(event) => setFocused(event.target === event.currentTarget)}
      onBlur={() => setFocused(false)}
      onKeyDown={zoom.onKeyDown}
      {...pan}
    >
      <div style={{ width: width * scale, height: height * scale }}>
        <div
          ref={canvas}
          className={styles.canvas}
          style={{ width, height, transform: `scale(${scale})` }}
          data-holding={held !== undefined}
        >
          <svg width={width} height={height} aria-hidden className={styles.cables}>
            <Cables uri={view.uri} graph={graph} boxes={boxes} path={path} />
            {held !== undefined && (
              <path className={cx(styles.cable, styles.held)} d={cablePath(held.to, held.at)} strokeWidth={2.5} />
            )}
          </svg>
          {graph.nodes.map((node) => {
            const box = boxes.get(node.id);
            return box === undefined ? undefined : (
              <NodeCard
                key={node.id}
                node={node}
                box={box}
                view={view}
                addresses={addresses}
                isTarget={held?.over === node.id && targetOf(node) !== undefined}
                traced={path?.nodes.get(node.id)}
                aside={path !== undefined && !path.nodes.has(node.id)}
                onTake={take}
                onKey={key}
                onLeave={putBack}
                onTrace={trace}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
