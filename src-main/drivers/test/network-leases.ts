/** Addresses that pretended guests were given: the reserved one, or one of the range that follows from their number. */
import { formatAddress, parseAddress } from '../../../src-shared/model/network-address.ts';
import { cardsOf } from '../../../src-shared/model/network-card.ts';
import { hasDhcp, rangeSize, subnetOf } from '../../../src-shared/model/network-subnet.ts';
import type { NetworkLease } from '../../../src-shared/model/network-summary.ts';
import type { Domain } from '../../../src-shared/model/domain/index.ts';
import type { Network } from '../../../src-shared/model/network.ts';

/** A guest that runs. */
export interface LeaseTaker {
  readonly id: number;
  readonly uuid: string;
  readonly domain: Domain;
}

/** How far the addresses of one guest are from those of the next. */
const cardsPerGuest = 20;
const leaseMs = 60 * 60 * 1000;

export function leasesOf(network: Network, guests: readonly LeaseTaker[], startedMs: number): readonly NetworkLease[] {
  const bridge = network.bridge?.name;
  const ip = network.ip.find((item) => subnetOf(item)?.family === 'ipv4' && hasDhcp(item));
  const subnet = ip === undefined ? undefined : subnetOf(ip);
  if (ip === undefined || subnet === undefined || bridge === undefined) return [];
  const [range] = ip.dhcp?.range ?? [];
  const first = range === undefined ? undefined : parseAddress(range.start);
  const size = range === undefined ? 0 : rangeSize(range, subnet);
  // They renew at half their time.
  const expiresMs = startedMs + leaseMs * Math.ceil((Date.now() - startedMs + leaseMs / 2) / leaseMs);
  return guests.flatMap(({ id, uuid, domain }) =>
    cardsOf(uuid, domain)
      .filter(({ type, source, plugged }) => type === 'network' && source === network.name && plugged)
      .flatMap(({ mac, index }): NetworkLease[] => {
        const reserved = ip.dhcp?.host.find((host) => host.mac !== undefined && host.mac === mac)?.ip;
        const offset = cardsPerGuest * (id - 1) + index + 1;
        const given =
          first === undefined || typeof size !== 'number'
            ? undefined
            : formatAddress({ family: 'ipv4', value: first.value + BigInt(offset % size) });
        const address = reserved ?? given;
        if (address === undefined) return [];
        return [
          {
            ...{ family: 'ipv4', interface: bridge, address, prefix: subnet.prefix, expiresMs },
            ...{ hostname: domain.name },
            ...(mac === undefined ? {} : { mac }),
          },
        ];
      }),
  );
}
