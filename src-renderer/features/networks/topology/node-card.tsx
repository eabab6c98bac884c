import CircleCheck from 'lucide-react/icons/circle-check';
import CircleHelp from 'lucide-react/icons/circle-help';
import CircleX from 'lucide-react/icons/circle-x';
import Ellipsis from 'lucide-react/icons/ellipsis';
import EthernetPort from 'lucide-react/icons/ethernet-port';
import Globe from 'lucide-react/icons/globe';
import Monitor from 'lucide-react/icons/monitor';
import Network from 'lucide-react/icons/network';
import Server from 'lucide-react/icons/server';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import UserRound from 'lucide-react/icons/user-round';
import Wifi from 'lucide-react/icons/wifi';
import { Fragment, memo, useState } from 'react';
import type { TraceStatus } from '../../../../src-shared/model/network-trace.ts';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';
import { t } from '../../../app/i18n.ts';
import { paths } from '../../../app/routes.ts';
import { IconButton } from '../../../components/button.tsx';
import { cx } from '../../../components/cx.ts';
import { Icon, type IconType } from '../../../components/icon.tsx';
import { Menu } from '../../../components/menu.tsx';
import { modeIcons, modeOfSummary, modeWord } from '../mode.ts';
import type { TraceState } from '../trace/use-trace.ts';
import type { NetworkView } from '../use-networks.ts';
import { openConnect } from './connect-dialog.tsx';
import type { TopologyNode } from './graph.ts';
import { type Box, portOf } from './layout.ts';
import { nodeMenu } from './node-menu.ts';
import styles from './topology.module.css';
import type { HeldCable } from './use-held-cable.ts';

interface Look {
  readonly icon: IconType;
  readonly name: string;
  readonly detail: string;
  readonly path?: string;
  readonly off?: boolean;
}

function lookOf(node: TopologyNode): Look {
  switch (node.kind) {
    case 'internet':
      return { icon: Globe, name: t('networks:topology.internet'), detail: '' };
    case 'host':
      return { icon: Server, name: t('networks:topology.host'), detail: t('networks:topology.hostText') };
    case 'device': {
      const { name, kind, addresses, up } = node.device;
      const known = [...node.ports, ...addresses.slice(0, 1)];
      const detail = known.length === 0 ? t(`networks:device.${kind}`) : known.join(' · ');
      return { icon: kind === 'wireless' ? Wifi : kind === 'bridge' ? Network : EthernetPort, name, detail, off: !up };
    }
    case 'network': {
      const { name, uuid, active, addresses } = node.network;
      const mode = modeOfSummary(node.network);
      const detail = [modeWord(mode), ...(active ? addresses.slice(0, 1) : [t('networks:state.inactive')])].join(' · ');
      return { icon: modeIcons[mode], name, detail, path: paths.network(uuid), off: !active };
    }
    case 'user':
      return { icon: UserRound, name: t('networks:topology.user'), detail: t('networks:topology.userText') };
    case 'missing':
      return { icon: TriangleAlert, name: node.name, detail: t('networks:topology.missing') };
    case 'machine': {
      const { machine } = node;
      const running = machine.id !== undefined;
      // The addresses stand at the cables' ends.
      const detail = t(running ? 'networks:attached.running' : 'networks:attached.off');
      return { icon: Monitor, name: machine.name, detail, path: paths.machine(machine), off: !running };
    }
  }
}

/** Lower, there is room for the name alone. */
const twoLines = 40;

interface NodeProps {
  readonly node: TopologyNode;
  readonly box: Box;
  readonly view: NetworkView;
  /** What each card was given. */
  readonly addresses: ReadonlyMap<NetworkCard, string>;
  readonly isTarget: boolean;
  /** How a trace went here. */
  readonly traced: TraceStatus | 'beyond' | undefined;
  /** A trace passes elsewhere. */
  readonly aside: boolean;
  readonly onTake: HeldCable['take'];
  readonly onKey: HeldCable['key'];
  readonly onLeave: HeldCable['putBack'];
  readonly onTrace: TraceState['choose'];
}

/** One thing of the picture; a machine with the ports of its cards. */
export const NodeCard = memo(function NodeCard(props: NodeProps): React.JSX.Element {
  const { node, box, view, isTarget, traced, aside, onTrace } = props;
  const { icon, name, detail, path, off } = lookOf(node);
  const [menu, setMenu] = useState<Element | { readonly x: number; readonly y: number }>();
  const tip = box.height < twoLines ? detail : undefined;
  const words = (
    <>
      <Icon of={icon} />
      <span className={styles.words}>
        <span className={cx(styles.nodeName, 'truncate')}>{name}</span>
        {detail !== '' && box.height >= twoLines && <span className={cx(styles.detail, 'truncate')}>{detail}</span>}
      </span>
      {traced !== undefined && traced !== 'beyond' && <Icon of={marks[traced]} className={styles.mark} />}
    </>
  );
  const className = cx(
    styles.node,
    styles[node.kind],
    off === true && styles.off,
    isTarget && styles.target,
    aside && styles.aside,
  );
  const common = {
    className,
    style: { left: box.x, top: box.y, width: box.width, height: box.height },
    'data-node': node.id,
    'data-trace': traced,
    onContextMenu: (event: React.MouseEvent<HTMLElement>) => {
      if (!hasMenu(node)) return;
      event.preventDefault();
      // The menu key asks from the middle of nowhere.
      const byKey = event.clientX === 0 && event.clientY === 0;
      setMenu(byKey ? event.currentTarget : { x: event.clientX, y: event.clientY });
    },
  };
  return (
    <>
      {path !== undefined ? (
        <a {...common} href={`#${path}`} data-tip={tip} draggable={false}>
          {words}
        </a>
      ) : hasMenu(node) ? (
        <button {...common} type="button" aria-haspopup="menu" onClick={(event) => setMenu(event.currentTarget)}>
          {words}
        </button>
      ) : (
        <div {...common}>{words}</div>
      )}
      {path !== undefined && (
        <IconButton
          size="small"
          className={styles.more}
          style={{ left: box.x + box.width - 30, top: box.y + box.height / 2 - 12 }}
          icon={Ellipsis}
          label={t('trace:topology.actions', { name })}
          aria-haspopup="menu"
          onClick={(event) => setMenu(event.currentTarget)}
        />
      )}
      {menu !== undefined && (
        <Menu
          anchor={menu}
          label={t('trace:topology.actions', { name })}
          sections={nodeMenu(view, node, onTrace)}
          onClose={() => setMenu(undefined)}
        />
      )}
      {node.kind === 'machine' && <Ports {...props} node={node} />}
    </>
  );
});

const marks = { ok: CircleCheck, failed: CircleX, unknown: CircleHelp };

const hasMenu = ({ kind }: TopologyNode): boolean => kind !== 'user' && kind !== 'missing';

/** Each card's cable is plugged in at a port; a machine without cards has one for a new card. */
function Ports(props: NodeProps & { readonly node: Extract<TopologyNode, { kind: 'machine' }> }): React.JSX.Element {
  const { node, box, addresses, onTake, onKey, onLeave } = props;
  const { machine } = node;
  const cards = node.cards.length === 0 ? [undefined] : node.cards;
  return (
    <>
      {cards.map((card, index) => {
        const at = portOf(box, index, cards.length);
        const address = card === undefined ? undefined : addresses.get(card);
        const plug = { machine, card, at };
        return (
          <Fragment key={card?.index ?? 'new'}>
            <button
              type="button"
              className={cx(styles.port, card === undefined && styles.newPort)}
              style={{ left: at.x - 12, top: at.y - 12 }}
              aria-label={
                card === undefined
                  ? t('trace:topology.newPort', { machine: machine.name })
                  : t('networks:topology.port', {
                      machine: machine.name,
                      card: card.mac ?? String(card.index + 1),
                      network: card.source ?? t('networks:topology.user'),
                    })
              }
              data-tip={t(card === undefined ? 'trace:topology.newPortTip' : 'trace:topology.portTip')}
              onPointerDown={(event) => onTake(event, plug)}
              onKeyDown={(event) => onKey(event, plug)}
              onBlur={onLeave}
              onClick={(event) => {
                if (event.currentTarget.dataset['dragged'] === 'true') delete event.currentTarget.dataset['dragged'];
                else if (card !== undefined) openConnect(props.view, machine, card);
              }}
            />
            {address !== undefined && box.height >= twoLines && (
              <span className={styles.address} style={{ right: `calc(100% - ${at.x - 14}px)`, top: at.y - 20 }}>
                {address}
              </span>
            )}
          </Fragment>
        );
      })}
    </>
  );
}
