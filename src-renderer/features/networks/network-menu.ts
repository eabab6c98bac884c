import Pencil from 'lucide-react/icons/pencil';
import Play from 'lucide-react/icons/play';
import Power from 'lucide-react/icons/power';
import RotateCw from 'lucide-react/icons/rotate-cw';
import Trash from 'lucide-react/icons/trash-2';
import type { NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import { engine } from '../../app/client.ts';
import { confirm } from '../../app/feedback/confirm.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import { go, paths } from '../../app/routes.ts';
import type { MenuSection } from '../../components/menu.tsx';
import { openHostDialog } from './host-dialog.tsx';
import { attachedTo, runningOn } from './machines-of.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import type { NetworkView } from './use-networks.ts';

export function startNetwork(uri: string, network: NetworkSummary): void {
  openHostDialog(uri, network, 'start');
}

export function stopNetwork({ uri, cards }: NetworkView, network: NetworkSummary): void {
  openHostDialog(uri, network, 'stop', runningOn(uri, network, cards));
}

export function restartNetwork({ uri, cards }: NetworkView, network: NetworkSummary): void {
  openHostDialog(uri, network, 'restart', runningOn(uri, network, cards));
}

export function setAutostart({ uri, reload }: NetworkView, { uuid }: NetworkSummary, autostart: boolean): void {
  // It is not announced.
  engine.call('networks.set-autostart', { uri, uuid, autostart }).then(reload, reportError);
}

async function remove({ uri, cards }: NetworkView, network: NetworkSummary): Promise<boolean> {
  const attached = attachedTo(network, cards, useInventory.getState().machines, uri);
  const names = [...new Set(attached.map(({ machine }) => machine.name))];
  const sure = await confirm({
    title: t('networks:remove.title', { name: network.name }),
    text:
      names.length === 0
        ? t('networks:remove.text')
        : t('networks:remove.used', { count: names.length, names: names.join(', ') }),
    confirm: t('networks:verb.delete'),
    danger: true,
  });
  if (sure) await engine.call('networks.undefine', { uri, uuid: network.uuid });
  return sure;
}

export function networkMenu(view: NetworkView, network: NetworkSummary, onGone?: () => void): readonly MenuSection[] {
  const { active, persistent, autostart, uuid } = network;
  return [
    {
      id: 'state',
      items: [
        active
          ? { id: 'stop', label: t('networks:verb.stop'), icon: Power, run: () => stopNetwork(view, network) }
          : { id: 'start', label: t('networks:verb.start'), icon: Play, run: () => startNetwork(view.uri, network) },
        {
          id: 'restart',
          label: t('networks:verb.restart'),
          icon: RotateCw,
          disabled: !active || !persistent,
          run: () => restartNetwork(view, network),
        },
        {
          id: 'autostart',
          label: t('networks:verb.autostart'),
          checked: autostart,
          disabled: !persistent,
          run: () => setAutostart(view, network, !autostart),
        },
      ],
    },
    {
      id: 'edit',
      items: [
        {
          id: 'edit',
          label: t('networks:verb.edit'),
          icon: Pencil,
          run: () => go(paths.network(uuid, 'settings')),
        },
      ],
    },
    {
      id: 'delete',
      items: [
        {
          id: 'delete',
          label: t('networks:verb.delete'),
          icon: Trash,
          danger: true,
          // One that runs would go on without a definition.
          disabled: active || !persistent,
          run: () => {
            remove(view, network).then((gone) => {
              if (gone) onGone?.();
            }, reportError);
          },
        },
      ],
    },
  ];
}
