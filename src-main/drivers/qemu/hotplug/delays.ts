/**
 * A slow link for cards on QEMU's own networks, where there is no device of the host: QEMU holds packets for the guest
 * back and lets them through in steps (`filter-buffer`). Twice the delay as the step makes it the delay on average, and
 * anything between nothing and twice as much for the single packet. QEMU has nothing for loss or rates.
 */
import type { Domain, Interface } from '../../../../src-shared/model/domain/index.ts';
import { type LinkConditions, readConditions } from '../../../../src-shared/model/link-conditions.ts';
import { netdevAlias } from '../devices/network-card.ts';
import type { QmpClient } from '../qmp/client.ts';
import { QmpError } from '../qmp/error.ts';

const idOf = (card: Interface): string => `delay-${card.alias?.name ?? ''}`;

/** Cards that have no device of the host at their other end, but QEMU's own network or passt. */
export const isOwnNetwork = ({ type }: Interface): boolean => type === 'user';

/** What a machine starts with. */
export function startDelays(domain: Domain, monitor: QmpClient): Promise<unknown>[] {
  const conditions = readConditions(domain.metadata);
  if (conditions.size === 0) return [];
  return (domain.devices?.interface ?? []).filter(isOwnNetwork).flatMap((card) => {
    const { delayMs } = conditions.get(card.mac?.address?.toLowerCase() ?? '') ?? {};
    return delayMs === undefined || card.alias === undefined ? [] : [add(monitor, card, delayMs)];
  });
}

export async function setDelay(
  monitor: QmpClient,
  card: Interface,
  conditions: LinkConditions | undefined,
): Promise<void> {
  try {
    await monitor.execute('object-del', { id: idOf(card) });
  } catch (thrown) {
    // It had none.
    if (!(thrown instanceof QmpError) || !/not found/i.test(thrown.description)) throw thrown;
  }
  if (conditions?.delayMs !== undefined) await add(monitor, card, conditions.delayMs);
}

async function add(monitor: QmpClient, card: Interface, delayMs: number): Promise<unknown> {
  return await monitor.execute('object-add', {
    'qom-type': 'filter-buffer',
    id: idOf(card),
    netdev: netdevAlias(card),
    queue: 'rx',
    // Microseconds.
    interval: 2 * delayMs * 1000,
  });
}
