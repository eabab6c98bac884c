/** Changes of one entry of a network's lists, as `virNetworkUpdate` makes them. Pure. */
import { VirError, type ErrorCode } from '../errors.ts';
import { formatIssue, XmlError } from '../xml/issue.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, childTexts, element, type Schema } from '../xml/schema.ts';
import { string, unsigned } from '../xml/values.ts';
import { formatAddress, ipAddress, parseAddress } from './network-address.ts';
import {
  dnsHostProblem,
  hostPartsProblem,
  hostProblem,
  rangeProblem,
  srvProblem,
  txtProblem,
} from './network-check.ts';
import { familyOf, hasDhcp } from './network-subnet.ts';
import {
  type DhcpHost,
  type DhcpRange,
  dhcpHostSchema,
  dhcpRangeSchema,
  dnsHostSchema,
  dnsSrvSchema,
  dnsTxtSchema,
  forwardInterfaceSchema,
  type Network,
  type NetworkDns,
  type NetworkIp,
  type PortGroup,
  portGroupSchema,
} from './network.ts';
import { macAddress } from '../xml/values.ts';
import { say, type Sentence } from '../words.ts';

export type NetworkUpdateCommand = 'modify' | 'delete' | 'add-last' | 'add-first';

/** As `virsh net-update` calls them. */
export const networkSections = [
  ...(['bridge', 'domain', 'ip', 'ip-dhcp-host', 'ip-dhcp-range', 'forward', 'forward-interface'] as const),
  ...(['forward-pf', 'portgroup', 'dns-host', 'dns-txt', 'dns-srv'] as const),
] as const;
export type NetworkSection = (typeof networkSections)[number];

export interface NetworkUpdate {
  readonly command: NetworkUpdateCommand;
  readonly section: NetworkSection;
  /** Which `<ip>` a DHCP entry is of; -1 for the one that has DHCP. */
  readonly parentIndex?: number;
  readonly xml: string;
}

/** How the entries of one list are read, told apart and replaced. `S` is what an entry is looked for by. */
interface List<T, S> {
  readonly what: string;
  readonly schema: Schema<T>;
  readonly search: Schema<S>;
  readonly entries: readonly T[];
  /** What is wrong with an entry to be added, or with what is looked for. */
  readonly problem: (entry: T) => string | undefined;
  readonly searchProblem?: (search: S) => string | undefined;
  /** Whether both can't be there at once. */
  readonly clash: (added: T, entry: T) => boolean;
  readonly matches: (search: S, entry: T) => boolean;
  /** Which entry a changed one replaces; absent when entries can only be added and deleted. */
  readonly replaces?: (changed: T, entry: T) => boolean;
  /** Deleting refuses when several match instead of taking the first. */
  readonly unambiguous?: boolean;
  readonly set: (entries: readonly T[]) => Network;
}

/**
 * The network after one change of one of its lists.
 * @throws VirError `operation-invalid` when the entry is there already, missing or ambiguous; `xml-error` when it can't
 * be read; `operation-unsupported` for what can't be changed.
 */
export function updateNetwork(network: Network, update: NetworkUpdate): Network {
  const { section, parentIndex = -1 } = update;
  switch (section) {
    case 'ip-dhcp-host':
      return edit(network, update, dhcpHosts(network, parentIndex, update.command));
    case 'ip-dhcp-range':
      return edit(network, update, dhcpRanges(network, parentIndex, update.command));
    case 'forward-interface':
      return edit(network, update, forwardInterfaces(network));
    case 'portgroup':
      return edit(network, update, portGroups(network));
    case 'dns-host':
      return edit(network, update, dnsHosts(network));
    case 'dns-txt':
      return edit(network, update, dnsTexts(network));
    case 'dns-srv':
      return edit(network, update, dnsServices(network));
    case 'bridge':
    case 'domain':
    case 'ip':
    case 'forward':
    case 'forward-pf':
      throw updateError('operation-unsupported', say`can't update '${section}' section of network '${network.name}'`);
  }
}

function edit<T, S>(network: Network, { command, xml }: NetworkUpdate, list: List<T, S>): Network {
  const { what, entries } = list;
  const refuse = (sentence: string): never => {
    throw updateError('operation-invalid', say`The network '${network.name}' is not changed. ${sentence}`);
  };
  if (command === 'delete') {
    const search = read(list.search, xml);
    const problem = list.searchProblem?.(search);
    if (problem !== undefined) throw updateError('xml-error', problem);
    const found = entries.filter((entry) => list.matches(search, entry));
    const [first] = found;
    if (first === undefined) return refuse(`It has no such ${what}.`);
    if (list.unambiguous === true && found.length > 1) return refuse(`More than one ${what} matches.`);
    return list.set(entries.filter((entry) => entry !== first));
  }
  const changed = read(list.schema, xml);
  const problem = list.problem(changed);
  if (problem !== undefined) throw updateError('xml-error', problem);
  if (command === 'modify') {
    const { replaces } = list;
    if (replaces === undefined) {
      throw updateError('operation-unsupported', say`A ${what} can't be modified, only added or deleted.`);
    }
    const former = entries.find((entry) => replaces(changed, entry));
    if (former === undefined) return refuse(`It has no such ${what}.`);
    return list.set(entries.map((entry) => (entry === former ? changed : entry)));
  }
  if (entries.some((entry) => list.clash(changed, entry))) return refuse(`It has a matching ${what} already.`);
  return list.set(command === 'add-first' ? [changed, ...entries] : [...entries, changed]);
}

function read<T>(schema: Schema<T>, xml: string): T {
  try {
    return parseXml(schema, xml);
  } catch (thrown) {
    if (!(thrown instanceof XmlError)) throw thrown;
    const message = thrown.issues.map(formatIssue).join('\n');
    throw new VirError({ code: 'xml-error', domain: 'network', message }, { cause: thrown });
  }
}

const updateError = (code: ErrorCode, message: Sentence): VirError =>
  new VirError({ code, domain: 'network', message });

/** Addresses and MAC addresses are equal however they are spelled. */
const plain = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const address = parseAddress(text);
  return address === undefined ? (macAddress.parse(text) ?? text) : formatAddress(address);
};
const same = (left: string | undefined, right: string | undefined): boolean =>
  left !== undefined && plain(left) === plain(right);
/** What is not asked for matches everything. */
const fits = (wanted: string | undefined, found: string | undefined): boolean =>
  wanted === undefined || plain(wanted) === plain(found);

function ipAt({ name, ip }: Network, index: number): NetworkIp {
  const found =
    index >= 0
      ? ip[index]
      : (ip.find(hasDhcp) ??
        ip.find((item) => familyOf(item) === 'ipv4') ??
        ip.find((item) => familyOf(item) === 'ipv6'));
  if (found !== undefined) return found;
  const place = index >= 0 ? ` at index ${index}` : '';
  throw updateError('operation-invalid', say`The network '${name}' has no <ip> element${place}.`);
}

function onlyDhcp({ ip: ips }: Network, ip: NetworkIp, command: NetworkUpdateCommand): string | undefined {
  const isAdded = command === 'add-first' || command === 'add-last';
  const other = ips.find((item) => item !== ip && familyOf(item) === familyOf(ip) && hasDhcp(item));
  return isAdded && other !== undefined ? `Addresses are handed out on '${other.address}' already.` : undefined;
}

const setDhcp = (network: Network, ip: NetworkIp, lists: Partial<NonNullable<NetworkIp['dhcp']>>): Network => ({
  ...network,
  ip: network.ip.map((item) => {
    if (item !== ip) return item;
    const { dhcp: former, ...rest } = item;
    const dhcp = { range: [], host: [], ...former, ...lists };
    const isEmpty = dhcp.range.length + dhcp.host.length === 0 && dhcp.bootp === undefined;
    return isEmpty ? rest : { ...rest, dhcp };
  }),
});

function dhcpHosts(network: Network, index: number, command: NetworkUpdateCommand): List<DhcpHost, DhcpHost> {
  const ip = ipAt(network, index);
  const alike = (host: DhcpHost, other: DhcpHost): boolean =>
    same(host.mac, other.mac) || same(host.ip, other.ip) || (host.name !== undefined && host.name === other.name);
  return {
    what: 'DHCP reservation',
    schema: dhcpHostSchema,
    search: dhcpHostSchema,
    entries: ip.dhcp?.host ?? [],
    problem: (host) => hostProblem(host, ip) ?? onlyDhcp(network, ip, command),
    searchProblem: (host) =>
      host.mac === undefined && host.name === undefined && host.ip === undefined
        ? 'A reservation is looked for by its name, MAC address or IP address.'
        : hostPartsProblem(host, ip),
    clash: alike,
    matches: (search, host) =>
      (host.mac === undefined || fits(search.mac, host.mac)) &&
      fits(search.name, host.name) &&
      fits(search.ip, host.ip),
    replaces: alike,
    set: (host) => setDhcp(network, ip, { host: [...host] }),
  };
}

function dhcpRanges(network: Network, index: number, command: NetworkUpdateCommand): List<DhcpRange, DhcpRange> {
  const ip = ipAt(network, index);
  const equal = (left: DhcpRange, right: DhcpRange): boolean =>
    same(left.start, right.start) && same(left.end, right.end);
  return {
    what: 'DHCP range',
    schema: dhcpRangeSchema,
    search: dhcpRangeSchema,
    entries: ip.dhcp?.range ?? [],
    problem: (range) => rangeProblem(range, ip) ?? onlyDhcp(network, ip, command),
    searchProblem: (range) => rangeProblem(range, ip),
    clash: equal,
    matches: equal,
    set: (range) => setDhcp(network, ip, { range: [...range] }),
  };
}

function forwardInterfaces(network: Network): List<ForwardInterface, ForwardInterface> {
  const { forward } = network;
  if (forward === undefined) {
    throw updateError('operation-invalid', say`The network '${network.name}' is isolated: it has no <forward>.`);
  }
  const equal = (left: ForwardInterface, right: ForwardInterface): boolean => left.dev === right.dev;
  return {
    what: 'forward interface',
    schema: forwardInterfaceSchema,
    search: forwardInterfaceSchema,
    entries: forward.interface,
    problem: () => undefined,
    clash: equal,
    matches: equal,
    set: (entries) => {
      // `dev` repeats the first of the list.
      const { dev: _dev, ...rest } = forward;
      const [first] = entries;
      return {
        ...network,
        forward: { ...rest, ...(first === undefined ? {} : { dev: first.dev }), interface: [...entries] },
      };
    },
  };
}
type ForwardInterface = NonNullable<Network['forward']>['interface'][number];

function portGroups(network: Network): List<PortGroup, PortGroup> {
  const { portgroup } = network;
  const equal = (left: PortGroup, right: PortGroup): boolean => left.name === right.name;
  return {
    what: 'port group',
    schema: portGroupSchema,
    search: portGroupSchema,
    entries: portgroup,
    problem: (group) =>
      group.default === true && portgroup.some((other) => other.default === true && !equal(other, group))
        ? 'Another port group is the default, and only one can be.'
        : undefined,
    clash: equal,
    matches: equal,
    replaces: equal,
    set: (entries) => ({ ...network, portgroup: [...entries] }),
  };
}

const noDns: NetworkDns = { forwarder: [], txt: [], srv: [], host: [] };

function setDns(network: Network, lists: Partial<NetworkDns>): Network {
  const { dns: former, ...rest } = network;
  const dns = { ...noDns, ...former, ...lists };
  const entries = dns.forwarder.length + dns.txt.length + dns.srv.length + dns.host.length;
  const isEmpty = entries === 0 && dns.enable === undefined && dns.forwardPlainNames === undefined;
  return isEmpty ? rest : { ...rest, dns };
}

type DnsHost = NetworkDns['host'][number];
const dnsHostSearch = element('host', { ip: attr(ipAddress).optional(), hostname: childTexts('hostname', string) });

function dnsHosts(network: Network): List<DnsHost, Partial<DnsHost>> {
  return {
    what: 'DNS host record',
    schema: dnsHostSchema,
    search: dnsHostSearch,
    entries: network.dns?.host ?? [],
    problem: dnsHostProblem,
    searchProblem: ({ ip, hostname = [] }) =>
      ip === undefined && hostname.length === 0
        ? 'A DNS host record is looked for by its address or a name.'
        : undefined,
    clash: (added, host) => same(added.ip, host.ip),
    matches: (search, host) =>
      same(search.ip, host.ip) || (search.hostname ?? []).some((name) => host.hostname.includes(name)),
    unambiguous: true,
    set: (host) => setDns(network, { host: [...host] }),
  };
}

type DnsText = NetworkDns['txt'][number];
const dnsTextSearch = element('txt', { name: attr(string), value: attr(string).optional() });

function dnsTexts(network: Network): List<DnsText, Pick<DnsText, 'name'>> {
  const equal = (left: Pick<DnsText, 'name'>, right: DnsText): boolean => left.name === right.name;
  return {
    what: 'DNS TXT record',
    schema: dnsTxtSchema,
    search: dnsTextSearch,
    entries: network.dns?.txt ?? [],
    problem: txtProblem,
    searchProblem: txtProblem,
    clash: equal,
    matches: equal,
    set: (txt) => setDns(network, { txt: [...txt] }),
  };
}

type DnsService = NetworkDns['srv'][number];
const number = attr(unsigned).optional();
const dnsServiceSearch = element('srv', {
  service: attr(string).optional(),
  protocol: attr(string).optional(),
  domain: attr(string).optional(),
  target: attr(string).optional(),
  port: number,
  priority: number,
  weight: number,
});

function dnsServices(network: Network): List<DnsService, Partial<DnsService>> {
  const matches = (search: Partial<DnsService>, record: DnsService): boolean =>
    (['domain', 'service', 'protocol', 'target'] as const).every((key) => fits(search[key], record[key]));
  return {
    what: 'DNS SRV record',
    schema: dnsSrvSchema,
    search: dnsServiceSearch,
    entries: network.dns?.srv ?? [],
    problem: srvProblem,
    searchProblem: srvProblem,
    clash: matches,
    matches,
    unambiguous: true,
    set: (srv) => setDns(network, { srv: [...srv] }),
  };
}
