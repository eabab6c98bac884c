/** The addresses a guest has, as its agent says. */
import type { InterfaceAddresses } from '../../../engine/driver.ts';
import { objects } from '../qmp/reply.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import type { GuestAgent } from './guest-agent.ts';

/** A guest that has just started its agent is often still waiting for its DHCP server. */
const attemptsMs = [0, 2_000, 5_000, 10_000, 30_000, 60_000];

export async function agentAddresses(agent: GuestAgent): Promise<readonly InterfaceAddresses[]> {
  const reply = await agent.execute('guest-network-get-interfaces');
  return objects(reply, 'guest-network-get-interfaces').map((card) => ({
    name: String(card['name'] ?? ''),
    mac: String(card['hardware-address'] ?? ''),
    addresses: objects(card['ip-addresses'] ?? [], 'ip-addresses').flatMap((item) => {
      const { 'ip-address': address, 'ip-address-type': family, prefix } = item;
      if (typeof address !== 'string' || (family !== 'ipv4' && family !== 'ipv6')) return [];
      return [{ family, address, prefix: typeof prefix === 'number' ? prefix : 0 } as const];
    }),
  }));
}

/** Asks the agent for the guest's addresses until it has some, and keeps them for lists. */
export function watchAddresses(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  agent: GuestAgent,
  attempt = 0,
): void {
  const waitMs = attemptsMs[attempt];
  if (waitMs === undefined) return;
  setTimeout(() => {
    if (instance.agent !== agent) return;
    agentAddresses(agent).then(
      (cards) => {
        if (record.runtime !== instance) return;
        const found = reachable(cards);
        if (found.length === 0) watchAddresses(context, record, instance, agent, attempt + 1);
        else if (found.join() !== record.addresses.join()) context.table.changed(record, { addresses: found });
      },
      (error: unknown) => {
        context.logger.log('debug', 'the guest agent did not tell addresses', { name: record.name, error });
        watchAddresses(context, record, instance, agent, attempt + 1);
      },
    );
  }, waitMs).unref();
}

/** What somebody outside could connect to, IPv4 first. */
function reachable(cards: readonly InterfaceAddresses[]): string[] {
  const all = cards.flatMap(({ addresses }) => addresses);
  const useful = all.filter(({ address }) => !/^(127\.|::1$|169\.254\.|fe80:)/i.test(address));
  return [...useful]
    .sort((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : 0))
    .map((item) => item.address);
}
