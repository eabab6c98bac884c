import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';
import type { InterfaceAddresses } from '../../../engine/driver.ts';
import { agentAddresses } from '../agent/addresses.ts';
import { connectedAgent } from '../agent/agent-channel.ts';
import { isCableCard } from '../../../network/ports/card.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import { cableLeases, cableNeighbours } from '../network/cable-addresses.ts';

/** The address QEMU's user-mode network gives its one guest, unless the definition has another network. */
const slirpAddress = { address: '10.0.2.15', prefix: 24 };

/** @throws VirError `agent-unresponsive`; `operation-unsupported` for what this host can't know. */
export async function guestAddresses(
  context: GuestContext,
  uuid: string,
  source: 'agent' | 'lease' | 'arp',
): Promise<readonly InterfaceAddresses[]> {
  const record = context.table.get(uuid);
  context.table.requireActive(record);
  switch (source) {
    case 'agent':
      return await agentAddresses(connectedAgent(context, record).agent);
    case 'lease':
      return [...userNetworkLeases(record), ...(await cableLeases(context, record))];
    case 'arp':
      if (record.live?.devices?.interface.some(isCableCard) === true) return await cableNeighbours(record);
      throw new VirError({
        code: 'operation-unsupported',
        domain: 'qemu',
        message: say`The host's neighbours don't include domain '${record.name}'.`,
        cause: say`User-mode networking is not on the host’s networks.`,
        fix: say`Ask by 'agent' or 'lease'.`,
      });
  }
}

/** What the DHCP server inside QEMU hands out: always the fifteenth address of its network. */
function userNetworkLeases(record: GuestRecord): InterfaceAddresses[] {
  return (record.live?.devices?.interface ?? []).flatMap((card) => {
    if (card.type !== 'user' || card.backend?.type === 'passt') return [];
    const given = card.ip.find(({ address, family }) => family !== 'ipv6' && address?.includes('.') === true);
    const { address, prefix } = given?.address === undefined ? slirpAddress : fifteenth(given.address, given.prefix);
    return [
      {
        name: card.target?.dev ?? card.alias?.name ?? '',
        mac: card.mac?.address ?? '',
        addresses: [{ family: 'ipv4', address, prefix }],
      },
    ];
  });
}

function fifteenth(network: string, prefix = 24): { readonly address: string; readonly prefix: number } {
  const parts = network.split('.').map(Number);
  const number = ((parts[0] ?? 0) << 24) | ((parts[1] ?? 0) << 16) | ((parts[2] ?? 0) << 8) | (parts[3] ?? 0);
  const mask = prefix === 0 ? 0 : -1 << (32 - prefix);
  const guest = ((number & mask) | 15) >>> 0;
  return { address: [24, 16, 8, 0].map((shift) => (guest >>> shift) & 0xff).join('.'), prefix };
}
