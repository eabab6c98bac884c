/** Why a network can't start here, or what its user should know before it does: found before anything is changed. Pure. */
import {
  contains,
  formatSubnet,
  networkOf,
  overlap,
  parseSubnet,
  type Subnet,
} from '../../src-shared/model/network-address.ts';
import {
  familyOf,
  forwardDevice,
  hasDhcp,
  ownsBridge,
  routeTarget,
  subnetOf,
} from '../../src-shared/model/network-subnet.ts';
import { tell } from '../../src-shared/host-words.ts';
import type { NetworkFinding } from '../../src-shared/model/network-summary.ts';
import type { Network } from '../../src-shared/model/network.ts';
import { needsDnsmasq } from './dnsmasq.ts';
import { found } from './finding.ts';
import { type HostFacts, sysctlOf } from './host-facts.ts';
import { switchFindings } from './switch-findings.ts';

/** A network that has a bridge of its own, with the bridge's name. */
export function networkFindings(network: Network, bridge: string, host: HostFacts): NetworkFinding[] {
  if (!ownsBridge(network)) return externalFindings(network, host);
  return [
    ...programFindings(network, host),
    ...bridgeFindings(network, bridge, host),
    ...addressFindings(network, bridge, host),
    ...serverFindings(network, host),
    ...forwardingFindings(network, host),
    ...switchFindings(network, host),
    ...unservedFindings(network),
  ];
}

/** Networks that use what the host has: it must be there. */
function externalFindings(network: Network, host: HostFacts): NetworkFinding[] {
  const { links } = host;
  const { forward, bridge, name } = network;
  const needed = [bridge?.name, ...[...(forward?.interface ?? []), ...(forward?.pf ?? [])].map(({ dev }) => dev)];
  const missing = needed
    .filter((device) => device !== undefined)
    .filter((device) => !links.some((link) => link.name === device))
    .map((device) => found('no-such-device', 'error', tell('noSuchDevice', { network: name, device })));
  return [...missing, ...switchFindings(network, host), ...unservedFindings(network)];
}

/** Parts of a definition that are kept, and not acted upon yet. */
function unservedFindings(network: Network): NetworkFinding[] {
  const { bandwidth, bridge } = network;
  const parts = [
    // A bridge that somebody else made is not ours to limit.
    ...(bandwidth === undefined || ownsBridge(network) ? [] : (['notAppliedBandwidth'] as const)),
    ...(bridge?.macTableManager === 'libvirt' ? (['notAppliedMacTable'] as const) : []),
  ];
  return parts.map((part) => found('not-applied', 'warning', tell(part, {})));
}

function programFindings(network: Network, { programs }: HostFacts): NetworkFinding[] {
  const missing: NetworkFinding[] = [];
  if (!programs.has('ip')) {
    missing.push(found('no-ip', 'error', tell('noIp', {}), tell('noIpFix', {})));
  }
  if (needsDnsmasq(network) && !programs.has('dnsmasq')) {
    missing.push(found('no-dnsmasq', 'error', tell('noDnsmasq', {}), tell('noDnsmasqFix', {})));
  }
  if (!programs.has('nft') && !programs.has('iptables')) {
    missing.push(found('no-firewall', 'error', tell('noFirewall', {}), tell('noFirewallFix', {})));
  }
  return missing;
}

function bridgeFindings(network: Network, bridge: string, { links }: HostFacts): NetworkFinding[] {
  const former = links.find(({ name }) => name === bridge);
  const outside = forwardDevice(network);
  const findings: NetworkFinding[] = [];
  if (former !== undefined) {
    const fix = tell('bridgeExistsFix', { free: freeBridge(links.map(({ name }) => name)) });
    findings.push(found('bridge-exists', 'error', tell('bridgeExists', { link: bridge }), fix));
  }
  if (outside !== undefined && !links.some(({ name }) => name === outside)) {
    const message = tell('noForwardDevice', { device: outside });
    findings.push(found('no-forward-device', 'warning', message, tell('noForwardDeviceFix', {})));
  }
  return findings;
}

/** `virbr0`, or the first one after it that is free. */
export function freeBridge(taken: readonly string[]): string {
  let number = 0;
  while (taken.includes(`virbr${number}`)) number += 1;
  return `virbr${number}`;
}

/** Subnets of guests, the usual one first. */
export function freeSubnet(taken: readonly Subnet[]): string | undefined {
  for (let third = 122; third <= 254; third += 1) {
    const candidate = parseSubnet(`192.168.${third}.0/24`);
    if (candidate !== undefined && !taken.some((subnet) => overlap(subnet, candidate))) return formatSubnet(candidate);
  }
  return undefined;
}

/** The subnets that lead somewhere on this host; the default routes lead everywhere and are in nobody's way. */
function takenSubnets({ routes, links }: HostFacts, bridge: string): readonly { subnet: Subnet; device: string }[] {
  const routed = routes.map(({ destination, device }) => ({ subnet: parseSubnet(destination), device }));
  const assigned = links.flatMap(({ name, addresses }) =>
    addresses.map((address) => ({ subnet: parseSubnet(address), device: name })),
  );
  return [...routed, ...assigned].flatMap(({ subnet, device }) => {
    const isElsewhere = device !== bridge && device !== 'lo';
    const isLocal = subnet?.family === 'ipv6' && contains(linkLocal, subnet);
    return subnet === undefined || subnet.prefix === 0 || !isElsewhere || isLocal ? [] : [{ subnet, device }];
  });
}
const linkLocal: Subnet = { family: 'ipv6', value: 0xfe80n << 112n, prefix: 10 };

const isSame = (left: Subnet, right: Subnet): boolean =>
  left.prefix === right.prefix && left.family === right.family && networkOf(left).value === networkOf(right).value;

function addressFindings(network: Network, bridge: string, host: HostFacts): NetworkFinding[] {
  const taken = takenSubnets(host, bridge);
  const own = network.ip.flatMap((ip) => subnetOf(ip) ?? []);
  const wanted = [...own, ...network.route.flatMap((route) => routeTarget(route) ?? [])];
  const findings: NetworkFinding[] = [];
  for (const subnet of wanted) {
    const collision = taken.find((other) => overlap(other.subnet, subnet));
    if (collision === undefined) continue;
    const where = {
      ...{ subnet: formatSubnet(subnet), other: formatSubnet(collision.subnet), device: collision.device },
    };
    const free = freeSubnet(taken.map((other) => other.subnet));
    const fix = subnet.family === 'ipv4' && free !== undefined ? tell('subnetFix', { free }) : undefined;
    // The more precise route wins, so that only equal ones exclude each other; the rest works, with a hole in it.
    findings.push(
      isSame(collision.subnet, subnet)
        ? found('subnet-in-use', 'error', tell('subnetInUse', where), fix)
        : found('subnet-overlaps', 'warning', tell('subnetOverlaps', where), fix),
    );
  }
  return findings;
}

/** A server that listens on every address leaves no room for one that listens on the network's. */
function serverFindings(network: Network, { wildcardSockets }: HostFacts): NetworkFinding[] {
  const needsDhcp = network.ip.some((ip) => familyOf(ip) === 'ipv4' && hasDhcp(ip));
  const needsDns = needsDnsmasq(network) && network.dns?.enable !== false;
  const services = [
    ...(needsDns ? [{ port: 53, what: 'nameServerInTheWay' as const }] : []),
    ...(needsDhcp ? [{ port: 67, what: 'dhcpServerInTheWay' as const }] : []),
  ];
  const fix = tell('serverInTheWayFix', {});
  return services
    .filter(({ port }) => wildcardSockets.some((socket) => socket.port === port))
    .map(({ port, what }) => found('server-in-the-way', 'warning', tell(what, { port: String(port) }), fix));
}

function forwardingFindings(network: Network, host: HostFacts): NetworkFinding[] {
  const { forward, ip } = network;
  if (forward === undefined) return [];
  const findings: NetworkFinding[] = [];
  const forwardsSix = ip.some((item) => subnetOf(item)?.family === 'ipv6');
  const isOn = sysctlOf(host, 'net/ipv6/conf/all/forwarding') === '1';
  const learned = host.routes.find(
    ({ family, protocol, device }) =>
      family === 'ipv6' && protocol === 'ra' && sysctlOf(host, `net/ipv6/conf/${device}/accept_ra`) !== '2',
  );
  if (forwardsSix && !isOn && learned !== undefined) {
    const { device } = learned;
    const fix = tell('routerAdvertisementsFix', { device });
    findings.push(found('router-advertisements', 'error', tell('routerAdvertisements', { device }), fix));
  }
  if (host.forwardPolicy === 'drop' && forward.mode !== 'open') {
    findings.push(found('forward-policy-drop', 'info', tell('forwardPolicyDrop', {})));
  }
  return findings;
}
