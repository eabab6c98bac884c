/**
 * What a network allows and forbids, as rules that no firewall's syntax has touched yet: upstream's rules
 * (`networkAddFirewallRules`), from which `iptables.ts` and `nftables.ts` write their own. Pure.
 */
import { VirError } from '../../../src-shared/errors.ts';
import {
  formatAddress,
  formatSubnet,
  type IpFamily,
  parseAddress,
  type Subnet,
} from '../../../src-shared/model/network-address.ts';
import { familyOf, forwardDevice, hasDhcp, subnetOf } from '../../../src-shared/model/network-subnet.ts';
import type { Network, NetworkForward } from '../../../src-shared/model/network.ts';
import { say } from '../../../src-shared/words.ts';

/**
 * Where a rule stands: traffic to the host (`input`) and from it, between guests of one bridge (`forward-cross`), to
 * guests (`forward-in`) and from them (`forward-out`), address translation, and repair of what leaves.
 */
export type Chain = 'input' | 'output' | 'forward-cross' | 'forward-in' | 'forward-out' | 'nat' | 'mangle';

export type Match =
  | { readonly match: 'in' | 'out'; readonly device: string }
  | { readonly match: 'source'; readonly subnet: string }
  | { readonly match: 'destination'; readonly subnet: string; readonly not?: true }
  | { readonly match: 'protocol'; readonly protocol: 'tcp' | 'udp' }
  | { readonly match: 'port'; readonly port: number }
  | { readonly match: 'established' };

export type Verdict =
  | { readonly verdict: 'accept' | 'reject' | 'return' | 'fill-checksum' }
  | { readonly verdict: 'masquerade'; readonly ports?: PortRange }
  | { readonly verdict: 'snat'; readonly addresses: string; readonly ports?: PortRange };

export interface PortRange {
  readonly start: number;
  readonly end: number;
}

/** In the order in which upstream inserts them, each before those that were there: the last one counts first. */
export interface FirewallRule {
  readonly family: IpFamily;
  readonly chain: Chain;
  /** In the order in which upstream writes them. */
  readonly matches: readonly Match[];
  readonly verdict: Verdict;
}

const localMulticast = { ipv4: '224.0.0.0/24', ipv6: 'ff02::/16' } as const;
const localBroadcast = '255.255.255.255/32';

/**
 * Guests would get around NFS's trust in low ports if translation left them theirs, as it does where it can; so
 * translated connections get high ones.
 */
export const translatedPorts: PortRange = { start: 1024, end: 65_535 };

/** The modes in which the network's traffic is filtered; `open` and the others leave that to the administrator. */
export function hasRules(network: Network): boolean {
  const mode = network.forward?.mode;
  return mode === undefined || mode === 'nat' || mode === 'route';
}

/** @throws VirError `config-unsupported` for translation to a range of ports that is none. */
export function networkRules(network: Network, bridge: string): FirewallRule[] {
  if (!hasRules(network)) return [];
  return [
    ...generalRules4(network, bridge),
    ...generalRules6(network, bridge),
    ...network.ip.flatMap((ip) => {
      const subnet = subnetOf(ip);
      return subnet === undefined ? [] : subnetRules(network, subnet, bridge);
    }),
    ...checksumRules(network, bridge),
  ];
}

const accept: Verdict = { verdict: 'accept' };
const reject: Verdict = { verdict: 'reject' };

/** Admits a service of the host, or what it answers. */
const port = (
  family: IpFamily,
  chain: 'input' | 'output',
  device: string,
  protocol: 'tcp' | 'udp',
  number: number,
): FirewallRule => ({
  family,
  chain,
  matches: [
    { match: chain === 'input' ? 'in' : 'out', device },
    { match: 'protocol', protocol },
    { match: 'port', port: number },
  ],
  verdict: accept,
});

/** Nothing is forwarded to or from guests, except among them; later rules make the exceptions. */
const fence = (family: IpFamily, device: string): FirewallRule[] => [
  { family, chain: 'forward-out', matches: [{ match: 'in', device }], verdict: reject },
  { family, chain: 'forward-in', matches: [{ match: 'out', device }], verdict: reject },
  {
    family,
    chain: 'forward-cross',
    matches: [
      { match: 'in', device },
      { match: 'out', device },
    ],
    verdict: accept,
  },
];

const names = (family: IpFamily, device: string): FirewallRule[] => [
  port(family, 'input', device, 'tcp', 53),
  port(family, 'input', device, 'udp', 53),
  port(family, 'output', device, 'tcp', 53),
  port(family, 'output', device, 'udp', 53),
];

function generalRules4(network: Network, bridge: string): FirewallRule[] {
  const served = network.ip.find(
    (ip) => familyOf(ip) === 'ipv4' && subnetOf(ip) !== undefined && (hasDhcp(ip) || ip.tftp !== undefined),
  );
  return [
    port('ipv4', 'input', bridge, 'tcp', 67),
    port('ipv4', 'input', bridge, 'udp', 67),
    port('ipv4', 'output', bridge, 'tcp', 68),
    port('ipv4', 'output', bridge, 'udp', 68),
    ...names('ipv4', bridge),
    ...(served?.tftp === undefined
      ? []
      : [port('ipv4', 'input', bridge, 'udp', 69), port('ipv4', 'output', bridge, 'udp', 69)]),
    ...fence('ipv4', bridge),
  ];
}

function generalRules6(network: Network, bridge: string): FirewallRule[] {
  const hasAddress = network.ip.some((ip) => subnetOf(ip)?.family === 'ipv6');
  if (!hasAddress && network.ipv6 !== true) return [];
  return [
    ...fence('ipv6', bridge),
    ...(hasAddress
      ? [
          ...names('ipv6', bridge),
          port('ipv6', 'input', bridge, 'udp', 547),
          port('ipv6', 'output', bridge, 'udp', 546),
        ]
      : []),
  ];
}

function subnetRules(network: Network, subnet: Subnet, bridge: string): FirewallRule[] {
  const { forward } = network;
  if (forward === undefined) return [];
  const outside = forwardDevice(network);
  const translates = forward.mode === 'nat' && (subnet.family === 'ipv4' || forward.nat?.ipv6 === true);
  return [
    ...admission(subnet, bridge, outside, translates),
    ...(translates ? translation(network.name, forward, subnet, outside) : []),
  ];
}

/** What guests send with their own addresses passes, and what is for them: all of it, or only answers. */
function admission(subnet: Subnet, bridge: string, outside: string | undefined, onlyAnswers: boolean): FirewallRule[] {
  const { family } = subnet;
  const network = formatSubnet(subnet);
  const device = (match: 'in' | 'out'): Match[] => (outside === undefined ? [] : [{ match, device: outside }]);
  return [
    {
      family,
      chain: 'forward-out',
      matches: [{ match: 'source', subnet: network }, { match: 'in', device: bridge }, ...device('out')],
      verdict: accept,
    },
    {
      family,
      chain: 'forward-in',
      matches: [
        { match: 'destination', subnet: network },
        ...device('in'),
        { match: 'out', device: bridge },
        ...(onlyAnswers ? [{ match: 'established' } as const] : []),
      ],
      verdict: accept,
    },
  ];
}

function translation(
  name: string,
  forward: NetworkForward,
  subnet: Subnet,
  outside: string | undefined,
): FirewallRule[] {
  const { family } = subnet;
  const network = formatSubnet(subnet);
  const device: Match[] = outside === undefined ? [] : [{ match: 'out', device: outside }];
  const translate = (protocol: 'tcp' | 'udp' | undefined): FirewallRule => ({
    family,
    chain: 'nat',
    matches: [
      { match: 'source', subnet: network },
      ...(protocol === undefined ? [] : [{ match: 'protocol', protocol } as const]),
      { match: 'destination', subnet: network, not: true },
      ...device,
    ],
    verdict: target(name, forward, family, protocol !== undefined),
  });
  const spare = (destination: string): FirewallRule => ({
    family,
    chain: 'nat',
    matches: [...device, { match: 'source', subnet: network }, { match: 'destination', subnet: destination }],
    verdict: { verdict: 'return' },
  });
  return [
    translate(undefined),
    translate('udp'),
    translate('tcp'),
    // Neither is ever forwarded, and strict DHCP clients refuse answers whose port was changed.
    ...(family === 'ipv4' ? [spare(localBroadcast)] : []),
    spare(localMulticast[family]),
  ];
}

function target(name: string, forward: NetworkForward, family: IpFamily, hasPorts: boolean): Verdict {
  const given = forward.nat?.port;
  const ports =
    given === undefined ? translatedPorts : { start: Number(given.start), end: Number(given.end ?? given.start) };
  if (!(ports.start < ports.end && ports.end < 65_536)) {
    throw new VirError({
      code: 'config-unsupported',
      domain: 'network',
      message: say`The network '${name}' can't translate to the ports ${ports.start}-${ports.end}.`,
    });
  }
  const chosen = hasPorts ? { ports } : {};
  const [start, end] = [forward.nat?.address?.start, forward.nat?.address?.end].map((text) =>
    text === undefined ? undefined : parseAddress(text),
  );
  if (start === undefined || start.family !== family) return { verdict: 'masquerade', ...chosen };
  const addresses = [start, ...(end?.family === family ? [end] : [])].map(formatAddress).join('-');
  return { verdict: 'snat', addresses, ...chosen };
}

/** Old DHCP clients read the raw packet and refuse answers whose checksum was left to a network card that isn't there. */
function checksumRules(network: Network, bridge: string): FirewallRule[] {
  if (!network.ip.some((ip) => subnetOf(ip)?.family === 'ipv4' && hasDhcp(ip))) return [];
  return [
    {
      family: 'ipv4',
      chain: 'mangle',
      matches: [
        { match: 'out', device: bridge },
        { match: 'protocol', protocol: 'udp' },
        { match: 'port', port: 68 },
      ],
      verdict: { verdict: 'fill-checksum' },
    },
  ];
}
