/** Cables that are plugged in elsewhere, unplugged, or new: done at once, with the way back at hand. */
import { type Domain, formatDomain, parseDomain } from '../../../../src-shared/model/domain/index.ts';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';
import { engine } from '../../../app/client.ts';
import { notify, reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import type { NetworkView } from '../use-networks.ts';
import { addCard, type CableTarget, connectCard, unplugCard } from './connect-card.ts';

type Said = 'moved' | 'unplugged';

/** The running machine changes now where it can, its definition in any case. */
async function edit(
  { uri, reload }: NetworkView,
  machine: Machine,
  change: (domain: Domain) => Domain,
  said: Said,
  network = '',
): Promise<void> {
  const { uuid, name } = machine;
  const apply = async (xml: string): Promise<boolean> => {
    const { changes } = await engine.call('domains.apply-edit', { uri, uuid, xml, author: 'window' });
    // Nothing announces that a card that stays leads elsewhere.
    reload();
    return machine.id !== undefined && changes.some(({ when }) => when === 'next-boot');
  };
  const before = await engine.call('domains.xml', { uri, uuid, inactive: true });
  const waits = await apply(formatDomain(change(parseDomain(before))));
  notify({
    tone: 'ok',
    text: t(`trace:topology.${said}${waits ? 'Later' : ''}`, { machine: name, network }),
    timeoutMs: 10_000,
    action: {
      label: t('trace:topology.undo'),
      run: () => {
        apply(before).catch(reportError);
      },
    },
  });
}

/** What goes wrong is shown. */
export function moveCable(
  view: NetworkView,
  machine: Machine,
  card: NetworkCard | undefined,
  target: CableTarget,
): void {
  const change = (domain: Domain): Domain =>
    card === undefined ? addCard(domain, target) : connectCard(domain, card, target, true);
  edit(view, machine, change, 'moved', target.name).catch(reportError);
}

export function unplugCable(view: NetworkView, machine: Machine, card: NetworkCard): void {
  edit(view, machine, (domain) => unplugCard(domain, card), 'unplugged').catch(reportError);
}
