import type { NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import type { HostDevice, NetworkCard } from '../../../src-shared/model/network-view.ts';
import { type Machine, machineKey } from '../../app/store/inventory.ts';
import { useInventory } from '../../app/store/inventory-store.ts';

export interface AttachedCard {
  readonly card: NetworkCard;
  readonly machine: Machine;
}

/** A card may name the network, or the bridge that is the network's. */
export const leadsTo = (card: NetworkCard, { name, bridge }: Pick<NetworkSummary, 'name' | 'bridge'>): boolean =>
  card.source !== undefined &&
  ((card.type !== 'direct' && card.source === name) || (card.type === 'bridge' && card.source === bridge));

/** The cards that lead to a network, with their machines. */
export function attachedTo(
  network: Pick<NetworkSummary, 'name' | 'bridge'>,
  cards: readonly NetworkCard[],
  machines: ReadonlyMap<string, Machine>,
  uri: string,
): readonly AttachedCard[] {
  return cards
    .filter((card) => leadsTo(card, network))
    .flatMap((card) => {
      const machine = machines.get(machineKey(uri, card.machine));
      return machine === undefined ? [] : [{ card, machine }];
    })
    .sort((a, b) => a.machine.name.localeCompare(b.machine.name));
}

/** Names of the machines that run on a network at this moment. */
export function runningOn(uri: string, network: NetworkSummary, cards: readonly NetworkCard[]): readonly string[] {
  const attached = attachedTo(network, cards, useInventory.getState().machines, uri);
  return [...new Set(attached.filter(({ machine }) => machine.id !== undefined).map(({ machine }) => machine.name))];
}

/** Addresses nobody else may use: the host's, and those of the other networks, running or not. */
export function takenAddresses(
  networks: readonly NetworkSummary[],
  devices: readonly HostDevice[],
  except?: string,
): readonly string[] {
  const own = networks.find(({ uuid }) => uuid === except);
  return [
    ...devices.filter(({ name }) => name !== own?.bridge).flatMap(({ addresses }) => addresses),
    ...networks.filter(({ uuid }) => uuid !== except).flatMap(({ addresses }) => addresses),
  ];
}
