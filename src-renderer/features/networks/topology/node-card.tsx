import EthernetPort from 'lucide-react/icons/ethernet-port';
import Globe from 'lucide-react/icons/globe';
import Monitor from 'lucide-react/icons/monitor';
import Network from 'lucide-react/icons/network';
import Server from 'lucide-react/icons/server';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import UserRound from 'lucide-react/icons/user-round';
import Wifi from 'lucide-react/icons/wifi';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';
import { t } from '../../../app/i18n.ts';
import { paths } from '../../../app/routes.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { cx } from '../../../components/cx.ts';
import { Icon, type IconType } from '../../../components/icon.tsx';
import { modeIcons, modeOfSummary, modeWord } from '../mode.ts';
import type { NetworkView } from '../use-networks.ts';
import { openConnect } from './connect-dialog.tsx';
import type { TopologyNode } from './graph.ts';
import { type Box, portOf } from './layout.ts';
import styles from './topology.module.css';

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
      const detail = running ? (machine.addresses[0] ?? t('networks:attached.running')) : t('networks:attached.off');
      return { icon: Monitor, name: machine.name, detail, path: paths.machine(machine), off: !running };
    }
  }
}

/** Lower, there is room for the name alone. */
const twoLines = 40;

/** One thing of the picture; a machine with the ports of its cards. */
export function NodeCard(props: {
  node: TopologyNode;
  box: Box;
  view: NetworkView;
  isTarget: boolean;
  onTake: (
    event: React.PointerEvent<HTMLElement>,
    machine: Machine,
    card: NetworkCard,
    from: { x: number; y: number },
  ) => void;
}): React.JSX.Element {
  const { node, box, view, isTarget, onTake } = props;
  const { icon, name, detail, path, off } = lookOf(node);
  const tip = box.height < twoLines ? detail : undefined;
  const words = (
    <>
      <Icon of={icon} />
      <span className={styles.words}>
        <span className={cx(styles.nodeName, 'truncate')}>{name}</span>
        {detail !== '' && box.height >= twoLines && <span className={cx(styles.detail, 'truncate')}>{detail}</span>}
      </span>
    </>
  );
  const className = cx(styles.node, styles[node.kind], off === true && styles.off, isTarget && styles.target);
  const place = { left: box.x, top: box.y, width: box.width, height: box.height };
  return (
    <>
      {path === undefined ? (
        <div className={className} style={place} data-node={node.id}>
          {words}
        </div>
      ) : (
        <a className={className} style={place} href={`#${path}`} data-node={node.id} data-tip={tip} draggable={false}>
          {words}
        </a>
      )}
      {node.kind === 'machine' &&
        node.cards.map((card, index) => {
          const port = portOf(box, index, node.cards.length);
          return (
            <button
              key={card.index}
              type="button"
              className={styles.port}
              style={{ left: port.x - 12, top: port.y - 12 }}
              aria-label={t('networks:topology.port', {
                machine: node.machine.name,
                card: card.mac ?? String(card.index + 1),
                network: card.source ?? t('networks:topology.user'),
              })}
              data-tip={t('networks:topology.portTip')}
              onPointerDown={(event) => onTake(event, node.machine, card, port)}
              onClick={(event) => {
                if (event.currentTarget.dataset['dragged'] === 'true') delete event.currentTarget.dataset['dragged'];
                else openConnect(view, node.machine, card);
              }}
            />
          );
        })}
    </>
  );
}
