import Activity from 'lucide-react/icons/activity';
import Cable from 'lucide-react/icons/cable';
import ExternalLink from 'lucide-react/icons/external-link';
import Flag from 'lucide-react/icons/flag';
import Gauge from 'lucide-react/icons/gauge';
import Route from 'lucide-react/icons/route';
import Unplug from 'lucide-react/icons/unplug';
import type { TraceEnd } from '../../../../src-shared/model/network-trace.ts';
import { t } from '../../../app/i18n.ts';
import { reportError } from '../../../app/feedback/notices.ts';
import { go, paths } from '../../../app/routes.ts';
import { connectionOf } from '../../../app/store/inventory-store.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import type { MenuItem, MenuSection } from '../../../components/menu.tsx';
import { askConditions } from '../conditions/conditions-dialog.tsx';
import type { TraceState } from '../trace/use-trace.ts';
import type { NetworkView } from '../use-networks.ts';
import { openConnect } from './connect-dialog.tsx';
import type { TopologyNode } from './graph.ts';
import { unplugCable } from './move-cable.ts';

/** What can be done with a thing of the picture; everything that dragging does is here too. */
export function nodeMenu(view: NetworkView, node: TopologyNode, onTrace: TraceState['choose']): readonly MenuSection[] {
  const end = endOfNode(node);
  const cards = node.kind === 'machine' ? node.cards : [];
  const open: MenuItem[] =
    node.kind === 'machine'
      ? [
          {
            id: 'open',
            label: t('trace:topology.openIt'),
            icon: ExternalLink,
            run: () => go(paths.machine(node.machine)),
          },
        ]
      : node.kind === 'network'
        ? [
            {
              id: 'open',
              label: t('trace:topology.openIt'),
              icon: ExternalLink,
              run: () => go(paths.network(node.network.uuid)),
            },
          ]
        : [];
  const cables = cards.flatMap((card): MenuItem[] => {
    if (node.kind !== 'machine') return [];
    const name = card.mac ?? String(card.index + 1);
    return [
      {
        id: `connect ${card.index}`,
        label: t('trace:topology.connect', { card: name }),
        icon: Cable,
        run: () => openConnect(view, node.machine, card),
      },
      {
        id: `unplug ${card.index}`,
        label: t('trace:topology.unplug', { card: name }),
        icon: Unplug,
        disabled: !card.plugged,
        run: () => unplugCable(view, node.machine, card),
      },
      ...(card.mac === undefined ? [] : packets(node.machine, card.mac, `${card.index}`)),
    ];
  });
  const traces: MenuItem[] =
    end === undefined
      ? []
      : [
          { id: 'from', label: t('trace:fromHere'), icon: Route, run: () => onTrace('from', end) },
          { id: 'to', label: t('trace:toHere'), icon: Flag, run: () => onTrace('to', end) },
        ];
  return [
    { id: 'open', items: open },
    { id: 'trace', items: traces },
    { id: 'cables', items: cables },
  ].filter(({ items }) => items.length > 0);
}

/** Of what passes a card's cable, as far as its connection can. */
function packets(machine: Machine, mac: string, index: string): MenuItem[] {
  const { captures, domainVerbs = [] } = connectionOf(machine.uri) ?? {};
  const capture: MenuItem = {
    id: `capture ${index}`,
    label: t('trace:topology.capture', { card: mac }),
    icon: Activity,
    run: () => go(paths.capture(machine, mac)),
  };
  const conditions: MenuItem = {
    id: `conditions ${index}`,
    label: t('trace:topology.conditions', { card: mac }),
    icon: Gauge,
    run: () => void askConditions(machine, mac).catch(reportError),
  };
  return [...(captures === true ? [capture] : []), ...(domainVerbs.includes('setLinkConditions') ? [conditions] : [])];
}

function endOfNode(node: TopologyNode): TraceEnd | undefined {
  switch (node.kind) {
    case 'machine': {
      const mac = node.cards[0]?.mac;
      if (node.cards.length === 0) return undefined;
      return { kind: 'machine', uuid: node.machine.uuid, ...(mac === undefined ? {} : { mac }) };
    }
    case 'network':
      return { kind: 'network', uuid: node.network.uuid };
    case 'internet':
      return { kind: 'internet' };
    case 'host':
    case 'device':
      return { kind: 'host' };
    default:
      return undefined;
  }
}
