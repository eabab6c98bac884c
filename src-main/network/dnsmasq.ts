/**
 * The name and address server of a network: dnsmasq's configuration and its two tables, as upstream writes them
 * (`networkDnsmasqConfContents`), so that what reads theirs reads ours. Pure.
 */
import { VirError } from '../../src-shared/errors.ts';
import { formatAddress, maskOfPrefix, parseAddress, reverseZone } from '../../src-shared/model/network-address.ts';
import { familyOf, hasDhcp, rangeSize, subnetOf } from '../../src-shared/model/network-subnet.ts';
import type { DhcpHost, DhcpRange, Network, NetworkDns, NetworkIp } from '../../src-shared/model/network.ts';
import { say, type Sentence } from '../../src-shared/words.ts';

/** Where the files are that the configuration names. */
export interface DnsmasqPaths {
  /** Reservations: `dhcp-hostsfile`. */
  readonly hosts: string;
  /** Names: `addn-hosts`. */
  readonly names: string;
  readonly pid?: string;
}

export interface DnsmasqFiles {
  readonly configuration: string;
  /** One line a reservation. */
  readonly hosts: string;
  /** One line an address with its names. */
  readonly names: string;
}

/** Whether the network needs a dnsmasq at all: it has an address, and hands out names or addresses there. */
export function needsDnsmasq({ ip, dns }: Network): boolean {
  return ip.some((item) => subnetOf(item) !== undefined) && (dns?.enable !== false || ip.some(hasDhcp));
}

/** @throws VirError `config-unsupported` for a network whose DHCP can't be served. */
export function dnsmasqFiles(network: Network, bridge: string, paths: DnsmasqPaths): DnsmasqFiles {
  const { dns } = network;
  const wantsDns = dns?.enable !== false;
  const four = dhcpOf(network, 'ipv4');
  const six = dhcpOf(network, 'ipv6');
  const lines = [
    ...header(network.name),
    'strict-order',
    ...(wantsDns ? forwarders(dns) : ['port=0']),
    ...domain(network),
    ...(wantsDns ? reverseZones(network) : []),
    ...(wantsDns && dns?.forwardPlainNames === false ? ['domain-needed', 'local=//'] : []),
    ...(paths.pid === undefined ? [] : [`pid-file=${paths.pid}`]),
    // It listens on the loopback device too unless told, and with bind-dynamic never to what came by another device.
    ...['except-interface=lo', 'bind-dynamic', `interface=${bridge}`],
    // Guests of an isolated network get no default route, and no way out by DNS queries.
    ...(network.forward === undefined ? ['dhcp-option=3', 'no-resolv', 'ra-param=*,0,0'] : []),
    ...(wantsDns ? records(dns) : []),
    ...tftp(network),
    ...dhcp(four),
    ...dhcp(six),
    ...leaseLimit([four, six]),
    // Files for run-time changes are named even while they are empty.
    ...(four === undefined && six === undefined ? [] : [`dhcp-hostsfile=${paths.hosts}`]),
    ...(wantsDns ? [`addn-hosts=${paths.names}`] : []),
    ...(network.mtu === undefined ? [] : [`dhcp-option=option:mtu,${network.mtu.size}`]),
    ...routerAdvertisements(network, six),
    ...(network.dnsmasqOptions?.option ?? []).map(({ value }) => value),
  ];
  return {
    configuration: `${lines.join('\n')}\n`,
    hosts: [four, six].flatMap(reservations).map(line).join(''),
    names: [...namesByAddress(dns)].map(([address, names]) => line([address, ...names, ''].join('\t'))).join(''),
  };
}

const line = (text: string): string => `${text}\n`;

/** Tools look for these words. */
const header = (name: string): string[] => [
  '##WARNING:  THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE',
  '##OVERWRITTEN AND LOST.  Changes to this configuration should be made using:',
  `##    virsh net-edit ${name}`,
  '## or other application using the libvirt API.',
  '##',
  '## dnsmasq conf file created by libvirt',
];

/** The one address of a family that hands out addresses. */
function dhcpOf({ name, ip }: Network, family: 'ipv4' | 'ipv6'): NetworkIp | undefined {
  const [first, second] = ip.filter((item) => familyOf(item) === family && hasDhcp(item));
  if (second !== undefined) throw unsupported(name, say`Only one address of a family can have DHCP.`);
  return first;
}

function forwarders(dns: NetworkDns | undefined): string[] {
  const list = dns?.forwarder ?? [];
  // One without a domain takes every other question, so that the host's own servers aren't asked.
  const takesAll = list.some(({ addr, domain: name }) => addr !== undefined && name === undefined);
  return [
    ...list.map(({ addr, domain: name }) => `server=${name === undefined ? '' : `/${name}/`}${canonical(addr) ?? '#'}`),
    ...(takesAll ? ['no-resolv'] : []),
  ];
}

function domain({ domain: given }: Network): string[] {
  if (given === undefined) return [];
  return [...(given.localOnly === true ? [`local=/${given.name}/`] : []), `domain=${given.name}`, 'expand-hosts'];
}

function reverseZones({ name, ip }: Network): string[] {
  return ip
    .filter(({ localPtr }) => localPtr === true)
    .map((item) => {
      const subnet = subnetOf(item);
      const zone = subnet === undefined ? undefined : reverseZone(subnet);
      if (zone === undefined) {
        throw unsupported(name, say`No reverse zone can be made for the address '${item.address}' with its prefix.`);
      }
      return `local=/${zone}/`;
    });
}

function records(dns: NetworkDns | undefined): string[] {
  return [
    ...(dns?.txt ?? []).map(({ name, value }) => `txt-record=${name},${value}`),
    ...(dns?.srv ?? []).map(service),
  ];
}

/** Fields are known by their place, so those before a given one are written too. */
function service({
  service: name,
  protocol,
  domain: of,
  target,
  port,
  priority,
  weight,
}: NetworkDns['srv'][number]): string {
  const subject = `srv-host=_${name}._${protocol}${of === undefined ? '' : `.${of}`}`;
  // A target of '.' says that there is no such service (RFC 2782).
  if (target === undefined || target === '' || target === '.') return subject;
  const given = [port ?? 0, priority ?? 0, weight ?? 0];
  const count = given.findLastIndex((value) => value !== 0) + 1;
  const fields = [given[0] === 0 ? 1 : (given[0] ?? 1), given[1] ?? 0, given[2] ?? 0].slice(0, count);
  return [`${subject},${target}`, ...fields].join(',');
}

function tftp({ ip }: Network): string[] {
  const roots = ip.flatMap((item) => (item.tftp === undefined ? [] : [`tftp-root=${item.tftp.root}`]));
  const [first, ...rest] = roots;
  return first === undefined ? [] : ['enable-tftp', first, ...rest];
}

function dhcp(ip: NetworkIp | undefined): string[] {
  if (ip === undefined) return [];
  const subnet = subnetOf(ip);
  if (subnet === undefined) throw new TypeError('an address that has DHCP is one');
  const { family, prefix } = subnet;
  const size = family === 'ipv6' ? String(prefix) : formatAddress(maskOfPrefix(family, prefix));
  const ranges = (ip.dhcp?.range ?? []).map(
    (range) =>
      `dhcp-range=${[canonical(range.start), canonical(range.end), size, ...leaseTime(range.lease)].join(',')}`,
  );
  // Without a range, one of the kind 'static' is what turns the service on for reservations.
  const only = `dhcp-range=${formatAddress(subnet)},static${family === 'ipv6' ? `,${prefix}` : ''}`;
  const bootp = ip.dhcp?.bootp;
  return [
    ...(ranges.length > 0 ? ranges : [only]),
    ...(family === 'ipv4' ? ['dhcp-no-override', 'dhcp-authoritative'] : []),
    ...(family === 'ipv4' && bootp !== undefined
      ? [`dhcp-boot=${bootp.file}${bootp.server === undefined ? '' : `,,${canonical(bootp.server)}`}`]
      : []),
  ];
}

function leaseLimit(ips: readonly (NetworkIp | undefined)[]): string[] {
  let leases = 0;
  for (const ip of ips) {
    const subnet = ip === undefined ? undefined : subnetOf(ip);
    if (subnet === undefined) continue;
    for (const range of ip?.dhcp?.range ?? []) {
      const size = rangeSize(range, subnet);
      if (typeof size !== 'number') throw unsupported(range.start, size.problem);
      leases += size;
    }
  }
  return leases === 0 ? [] : [`dhcp-lease-max=${leases}`];
}

/** Networks without DHCPv6 tell guests to choose their IPv6 address themselves. */
function routerAdvertisements({ ip }: Network, dhcp6: NetworkIp | undefined): string[] {
  if (dhcp6 !== undefined) return ['enable-ra'];
  return ip.filter((item) => familyOf(item) === 'ipv6').map((item) => `dhcp-range=${canonical(item.address)},ra-only`);
}

function leaseTime(lease: DhcpRange['lease']): string[] {
  if (lease === undefined) return [];
  return [lease.expiry === 0 ? 'infinite' : `${lease.expiry}${(lease.unit ?? 'minutes').charAt(0)}`];
}

function reservations(ip: NetworkIp | undefined): string[] {
  if (ip === undefined) return [];
  const isSix = subnetOf(ip)?.family === 'ipv6';
  return (ip.dhcp?.host ?? [])
    .filter(({ ip: address }) => address !== undefined)
    .map((host) => [...(isSix ? reservation6(host) : reservation4(host)), ...leaseTime(host.lease)].join(','));
}

function reservation6({ id, name, ip }: DhcpHost): string[] {
  const known = [...(id === undefined ? [] : [`id:${id}`]), ...(name === undefined ? [] : [name])];
  return [known.join(','), `[${canonical(ip)}]`];
}

function reservation4({ mac, name, ip }: DhcpHost): string[] {
  const address = canonical(ip) ?? '';
  if (mac === undefined) return [name ?? '', address];
  return [mac, address, ...(name === undefined ? [] : [name])];
}

/** In the order in which the addresses first appear. */
function namesByAddress(dns: NetworkDns | undefined): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { ip, hostname } of dns?.host ?? []) {
    const address = canonical(ip);
    if (address === undefined) continue;
    found.set(address, [...(found.get(address) ?? []), ...hostname]);
  }
  return found;
}

function canonical(address: string | undefined): string | undefined {
  const parsed = address === undefined ? undefined : parseAddress(address);
  return parsed === undefined ? undefined : formatAddress(parsed);
}

const unsupported = (name: string, cause: Sentence): VirError =>
  new VirError({
    code: 'config-unsupported',
    domain: 'network',
    message: say`The network '${name}' can't be served.`,
    cause,
  });
