/** The addresses of guests on cables: what their networks' servers gave them, and what the host has seen them use. */
import type { InterfaceAddresses } from '../../../engine/driver.ts';
import { listNeighbours } from '../../../network/neighbours.ts';
import { isCableCard } from '../../../network/ports/card.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';

/** Cards on virtual networks, and on bridges that are one's. */
export async function cableLeases(
  { cables, networks }: GuestContext,
  record: GuestRecord,
): Promise<readonly InterfaceAddresses[]> {
  const found: InterfaceAddresses[] = [];
  const known = (await networks.list()).filter(({ active }) => active);
  for (const card of record.live?.devices?.interface ?? []) {
    const end = cables.of(record.uuid, card)?.end;
    const bridge = end?.kind === 'tap' ? end.bridge : undefined;
    const network = known.find((item) => item.bridge !== undefined && item.bridge === bridge);
    const mac = card.mac?.address;
    if (network === undefined || mac === undefined) continue;
    const leases = (await networks.leases(network.uuid)).filter((lease) => lease.mac?.toLowerCase() === mac);
    if (leases.length === 0) continue;
    const addresses = leases.map(({ family, address, prefix }) => ({ family, address, prefix }));
    found.push({ name: card.target?.dev ?? '', mac, addresses });
  }
  return found;
}

export async function cableNeighbours(record: GuestRecord): Promise<readonly InterfaceAddresses[]> {
  const neighbours = await listNeighbours();
  return (record.live?.devices?.interface ?? []).filter(isCableCard).flatMap((card) => {
    const mac = card.mac?.address?.toLowerCase() ?? '';
    const own = neighbours.filter((neighbour) => neighbour.mac === mac);
    if (own.length === 0) return [];
    // The table knows no subnets; upstream says 0 as well.
    const addresses = own.map(({ family, address }) => ({ family, address, prefix: 0 }));
    return [{ name: card.target?.dev ?? '', mac, addresses }];
  });
}

/** Keeps the addresses that lists show as leases come and go; the guest's agent, where there is one, knows better. */
export function watchLeases(context: GuestContext): () => void {
  const refresh = async (record: GuestRecord): Promise<void> => {
    if (record.runtime === undefined || record.runtime.agent !== undefined) return;
    const leased = (await cableLeases(context, record)).flatMap(({ addresses }) =>
      addresses.map(({ address }) => address),
    );
    if (record.live === undefined || leased.join() === record.addresses.join()) return;
    if (leased.length > 0 || record.addresses.length > 0) context.table.changed(record, { addresses: leased });
  };
  const all = async (): Promise<void> => {
    for (const record of context.table.records()) {
      if (record.live?.devices?.interface.some(isCableCard) === true) await refresh(record);
    }
  };
  const problem = (error: unknown): void => {
    context.logger.log('warn', 'the leases of machines could not be read', { error });
  };
  all().catch(problem);
  return context.networks.leaseChanges.subscribe(() => void all().catch(problem));
}
