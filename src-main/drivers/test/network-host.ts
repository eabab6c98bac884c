/** The network side of the pretended host: an uplink, a bridge with a second one, and the bridges of active networks. */
import { formatAddress, formatSubnet } from '../../../src-shared/model/network-address.ts';
import { ownsBridge, subnetOf } from '../../../src-shared/model/network-subnet.ts';
import type { HostDevice } from '../../../src-shared/model/network-view.ts';
import type { Network } from '../../../src-shared/model/network.ts';
import type { HostFacts } from '../../network/host-facts.ts';

const own: readonly HostDevice[] = [
  { name: 'br0', kind: 'bridge', up: true, mac: '52:54:00:00:00:01', addresses: ['10.20.0.2/24'] },
  { name: 'eth0', kind: 'ethernet', up: true, mac: '52:54:00:00:00:02', addresses: ['203.0.113.20/24'] },
  { name: 'eth1', kind: 'ethernet', up: true, mac: '52:54:00:00:00:01', master: 'br0', addresses: [] },
];

const addressesOf = (network: Network): readonly string[] =>
  network.ip.flatMap((ip) => {
    const subnet = subnetOf(ip);
    return subnet === undefined ? [] : [`${formatAddress(subnet)}/${subnet.prefix}`];
  });

export function pretendedDevices(active: readonly Network[]): readonly HostDevice[] {
  const bridges = active.filter(ownsBridge).flatMap((network): HostDevice[] => {
    const name = network.bridge?.name;
    const mac = network.mac?.address;
    return name === undefined
      ? []
      : [
          {
            ...{ name, kind: 'bridge', up: true, addresses: addressesOf(network) },
            ...(mac === undefined ? {} : { mac }),
          },
        ];
  });
  return [...own, ...bridges];
}

/** What a planner would have observed there. */
export function pretendedFacts(active: readonly Network[]): HostFacts {
  const devices = pretendedDevices(active);
  const subnets = active.flatMap((network) =>
    network.ip.flatMap((ip) => {
      const subnet = subnetOf(ip);
      return subnet === undefined ? [] : [{ subnet, device: network.bridge?.name ?? '' }];
    }),
  );
  return {
    links: devices.map(({ name, kind, mac, master, addresses }) => ({
      name,
      ...(kind === 'bridge' ? { kind } : {}),
      ...(mac === undefined ? {} : { mac }),
      ...(master === undefined ? {} : { master }),
      addresses,
    })),
    routes: [
      { destination: '0.0.0.0/0', device: 'eth0', family: 'ipv4', protocol: 'dhcp' },
      { destination: '203.0.113.0/24', device: 'eth0', family: 'ipv4', protocol: 'kernel' },
      { destination: '10.20.0.0/24', device: 'br0', family: 'ipv4', protocol: 'kernel' },
      ...subnets.map(({ subnet, device }) => ({
        destination: formatSubnet(subnet),
        device,
        family: subnet.family,
        protocol: 'kernel',
      })),
    ],
    sysctls: { 'net/ipv4/ip_forward': '0', 'net/ipv6/conf/all/forwarding': '0' },
    programs: new Set(['ip', 'dnsmasq', 'nft']),
    wildcardSockets: [],
    forwardPolicy: undefined,
  };
}
