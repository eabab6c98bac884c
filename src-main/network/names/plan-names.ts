/** Whether and how the host is told to ask a network's server for its guests' names. Pure. */
import { tell } from '../../../src-shared/host-words.ts';
import { formatAddress } from '../../../src-shared/model/network-address.ts';
import { isPrivateDomain, wantsHostNames } from '../../../src-shared/model/network-host-names.ts';
import { subnetOf } from '../../../src-shared/model/network-subnet.ts';
import type { Network } from '../../../src-shared/model/network.ts';
import type { Told } from '../../../src-shared/words.ts';
import type { Step } from '../../host/step.ts';
import type { NetworkAction } from '../actions.ts';

export interface Obstacle {
  readonly reason: Told;
  readonly fix?: Told;
}

/** What keeps the host from finding guests by name; undefined when nothing does. */
export function namesObstacle(network: Network, hasResolved: boolean): Obstacle | undefined {
  const { name, domain, dns } = network;
  if (!wantsHostNames(network)) return { reason: tell('namesOff', { network: name }) };
  if (dns?.enable === false || addressesOf(network).length === 0) {
    return { reason: tell('namesNoServer', { network: name }) };
  }
  if (domain === undefined)
    return { reason: tell('namesNoDomain', { network: name }), fix: tell('namesDomainFix', {}) };
  // Who says so knows whose names they are.
  if (domain.register !== true && !isPrivateDomain(domain.name)) {
    return { reason: tell('namesPublic', { domain: domain.name }), fix: tell('namesDomainFix', {}) };
  }
  // What it doesn't know it asks the host, which would ask it again.
  if (domain.localOnly !== true) {
    return { reason: tell('namesNotLocal', { domain: domain.name }), fix: tell('namesLocalFix', {}) };
  }
  return hasResolved ? undefined : { reason: tell('namesNoResolved', {}), fix: tell('namesResolvedFix', {}) };
}

/** After the server was started, so that nobody is asked in vain; it goes with the bridge at the latest. */
export function namesSteps(network: Network, link: string, hasResolved: boolean): readonly Step<NetworkAction>[] {
  const domain = network.domain?.name;
  if (domain === undefined || namesObstacle(network, hasResolved) !== undefined) return [];
  return [
    {
      ...tell('namesSet', { domain, link }),
      action: { verb: 'names-set', link, domain, servers: addressesOf(network) },
      inverse: { ...tell('namesClear', { link }), action: { verb: 'names-clear', link } },
    },
  ];
}

const addressesOf = ({ ip }: Network): string[] =>
  ip.flatMap((item) => {
    const subnet = subnetOf(item);
    return subnet === undefined ? [] : [formatAddress(subnet)];
  });
