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
import type { NetworkFinding } from '../../src-shared/model/network-summary.ts';
import type { Network } from '../../src-shared/model/network.ts';
import { needsDnsmasq } from './dnsmasq.ts';
import { type HostFacts, sysctlOf } from './host-facts.ts';

/** A network that has a bridge of its own, with the bridge's name. */
export function networkFindings(network: Network, bridge: string, host: HostFacts): NetworkFinding[] {
  if (!ownsBridge(network)) return externalFindings(network, host);
  return [
    ...programFindings(network, host),
    ...bridgeFindings(network, bridge, host),
    ...addressFindings(network, bridge, host),
    ...serverFindings(network, host),
    ...forwardingFindings(network, host),
    ...unservedFindings(network),
  ];
}

/** Networks that use what the host has: it must be there. */
function externalFindings(network: Network, { links }: HostFacts): NetworkFinding[] {
  const { forward, bridge, name } = network;
  const needed = [bridge?.name, ...(forward?.interface.map(({ dev }) => dev) ?? [])];
  return needed
    .filter((device) => device !== undefined && !links.some((link) => link.name === device))
    .map((device) => ({
      id: 'no-such-device',
      severity: 'error',
      message: `The network '${name}' uses the device '${device}', which this host does not have.`,
    }));
}

/** Parts of a definition that are kept, and not acted upon yet. */
function unservedFindings({ bandwidth, bridge }: Network): NetworkFinding[] {
  const parts = [
    ...(bandwidth === undefined ? [] : ['limits of its bandwidth']),
    ...(bridge?.macTableManager === 'libvirt' ? ['its own table of hardware addresses'] : []),
  ];
  return parts.map((part) => ({
    id: 'not-applied',
    severity: 'warning',
    message: `The network starts without ${part}, which Vivarium does not apply yet.`,
  }));
}

function programFindings(network: Network, { programs }: HostFacts): NetworkFinding[] {
  const missing: NetworkFinding[] = [];
  if (!programs.has('ip')) {
    missing.push({
      id: 'no-ip',
      severity: 'error',
      message: "Bridges can't be made: the program 'ip' is not installed.",
      fix: 'Install iproute2.',
    });
  }
  if (needsDnsmasq(network) && !programs.has('dnsmasq')) {
    missing.push({
      id: 'no-dnsmasq',
      severity: 'error',
      message: 'Guests would get no address and no names: dnsmasq is not installed.',
      fix: 'Install dnsmasq-base.',
    });
  }
  if (!programs.has('nft') && !programs.has('iptables')) {
    missing.push({
      id: 'no-firewall',
      severity: 'error',
      message: "The network's rules can't be set: neither nft nor iptables is installed.",
      fix: 'Install nftables.',
    });
  }
  return missing;
}

function bridgeFindings(network: Network, bridge: string, { links }: HostFacts): NetworkFinding[] {
  const found = links.find(({ name }) => name === bridge);
  const outside = forwardDevice(network);
  const findings: NetworkFinding[] = [];
  if (found !== undefined) {
    findings.push({
      id: 'bridge-exists',
      severity: 'error',
      message: `The host has a device '${bridge}' already.`,
      fix: `Name the network's bridge '${freeBridge(links.map(({ name }) => name))}', which is free.`,
    });
  }
  if (outside !== undefined && !links.some(({ name }) => name === outside)) {
    findings.push({
      id: 'no-forward-device',
      severity: 'warning',
      message: `Guests reach the outside by '${outside}' only, which this host does not have.`,
      fix: 'Name another device, or none to use any.',
    });
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
    const where = `${formatSubnet(collision.subnet)} on '${collision.device}'`;
    const free = freeSubnet(taken.map((other) => other.subnet));
    const fix =
      subnet.family === 'ipv4' && free !== undefined ? { fix: `Use ${free}, which is free on this host.` } : {};
    // The more precise route wins, so that only equal ones exclude each other; the rest works, with a hole in it.
    findings.push(
      isSame(collision.subnet, subnet)
        ? {
            id: 'subnet-in-use',
            severity: 'error',
            message: `The subnet ${formatSubnet(subnet)} is in use already: ${where}.`,
            ...fix,
          }
        : {
            id: 'subnet-overlaps',
            severity: 'warning',
            message: `The subnet ${formatSubnet(subnet)} overlaps with ${where}: one hides a part of the other.`,
            ...fix,
          },
    );
  }
  return findings;
}

/** A server that listens on every address leaves no room for one that listens on the network's. */
function serverFindings(network: Network, { wildcardSockets }: HostFacts): NetworkFinding[] {
  const needsDhcp = network.ip.some((ip) => familyOf(ip) === 'ipv4' && hasDhcp(ip));
  const needsDns = needsDnsmasq(network) && network.dns?.enable !== false;
  const services = [
    ...(needsDns ? [{ port: 53, what: 'name' }] : []),
    ...(needsDhcp ? [{ port: 67, what: 'DHCP' }] : []),
  ];
  return services
    .filter(({ port }) => wildcardSockets.some((socket) => socket.port === port))
    .map(({ port, what }) => ({
      id: 'server-in-the-way',
      severity: 'warning',
      message: `A ${what} server of this host listens on every address at port ${port}; the network's own may find no room.`,
      fix: "Let it listen on its own devices only (dnsmasq: 'bind-interfaces' or 'bind-dynamic').",
    }));
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
    findings.push({
      id: 'router-advertisements',
      severity: 'error',
      message: `The host would lose its IPv6 routes by '${learned.device}': it learns them from router advertisements, which it ignores once it forwards IPv6.`,
      fix: `Set net.ipv6.conf.${learned.device}.accept_ra to 2, then it goes on learning them.`,
    });
  }
  if (host.forwardPolicy === 'drop' && forward.mode !== 'open') {
    findings.push({
      id: 'forward-policy-drop',
      severity: 'info',
      message:
        "The host's iptables rules (Docker's, most likely) drop what is forwarded unless a rule of theirs allows it. The network's rules are therefore set in iptables.",
    });
  }
  return findings;
}
