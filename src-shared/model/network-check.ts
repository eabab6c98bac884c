/** What a network's parts must be beyond their XML: the first thing that is wrong, as a sentence. Pure. */
import { parseAddress } from './network-address.ts';
import { familyOf, hasDhcp, ownsBridge, rangeSize, subnetOf } from './network-subnet.ts';
import type { DhcpHost, DhcpRange, Network, NetworkDns, NetworkIp } from './network.ts';
import { macAddress } from '../xml/values.ts';

type Problem = string | undefined;

const shortestLeaseSeconds = 120;
const secondsPerUnit = { seconds: 1, minutes: 60, hours: 3600 } as const;

/** 0 is for ever. */
function leaseProblem(lease: DhcpRange['lease']): Problem {
  if (lease === undefined || lease.expiry === 0) return undefined;
  const seconds = lease.expiry * secondsPerUnit[lease.unit ?? 'minutes'];
  return seconds < shortestLeaseSeconds ? 'A lease lasts two minutes at least.' : undefined;
}

export function rangeProblem(range: DhcpRange, ip: NetworkIp): Problem {
  const subnet = subnetOf(ip);
  if (subnet === undefined) return 'A DHCP range needs an <ip> with a valid address.';
  const size = rangeSize(range, subnet);
  return typeof size === 'number' ? leaseProblem(range.lease) : size.problem;
}

/** What is wrong with a reservation's parts, whichever are there. */
export function hostPartsProblem(host: DhcpHost, ip: NetworkIp): Problem {
  const { mac, id, name, ip: address } = host;
  if (mac !== undefined) {
    if (familyOf(ip) === 'ipv6') return `A reservation of an IPv6 address can't be for a MAC address ('${mac}').`;
    const parsed = macAddress.parse(mac);
    if (parsed === undefined) return `'${mac}' is not a MAC address.`;
    if (Number.parseInt(parsed.slice(0, 2), 16) % 2 === 1) return `The MAC address '${mac}' is a multicast one.`;
  }
  if (id !== undefined && !/^[0-9a-fA-F:]*$/.test(id))
    return `The id '${id}' has characters other than 0-9, a-f and ':'.`;
  if (name !== undefined && !/^[a-zA-Z0-9]/.test(name)) return `'${name}' can't be a host's name.`;
  if (address !== undefined && parseAddress(address) === undefined) return `'${address}' is not an IP address.`;
  return leaseProblem(host.lease);
}

/** A reservation needs what it is known by, and an address of the network's family. */
export function hostProblem(host: DhcpHost, ip: NetworkIp): Problem {
  const parts = hostPartsProblem(host, ip);
  if (parts !== undefined) return parts;
  const six = familyOf(ip) === 'ipv6';
  if (six && host.id === undefined && host.name === undefined) return 'An IPv6 reservation needs an id or a name.';
  if (!six && host.mac === undefined && host.name === undefined) return 'A reservation needs a MAC address or a name.';
  const address = host.ip === undefined ? undefined : parseAddress(host.ip);
  if (address === undefined) return 'A reservation needs an IP address.';
  return address.family === familyOf(ip) ? undefined : `The reserved address '${host.ip}' is of another family.`;
}

type Srv = NetworkDns['srv'][number];

/** dnsmasq separates a record's fields by dots and commas. */
export function srvProblem({ service = '', protocol = '', target, port, priority, weight }: Partial<Srv>): Problem {
  if (!/^[\w+/*-]*$/.test(service) || service.length > 512) return `'${service}' can't be a service's name.`;
  if (!/^[a-zA-Z0-9+/-]*$/.test(protocol)) return `'${protocol}' can't be a protocol's name.`;
  const numbers = { port, priority, weight };
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined) continue;
    if (target === undefined) return `An SRV record with a ${name} needs a target.`;
    if (value > 65_535 || (name === 'port' && value === 0)) return `${value} is not a ${name} of an SRV record.`;
  }
  return undefined;
}

export const txtProblem = ({ name }: { readonly name: string }): Problem =>
  /[ ,]/.test(name) ? `The name '${name}' of a TXT record has a blank or a comma.` : undefined;

type DnsHost = NetworkDns['host'][number];

export function dnsHostProblem({ ip, hostname }: DnsHost): Problem {
  if (parseAddress(ip) === undefined) return `'${ip}' is not an IP address.`;
  return hostname.some((name) => name !== '') ? undefined : `The DNS record of '${ip}' has no name.`;
}

/** Characters that would end a line or a field of what the network's helpers read. */
const controls = /[\u0000-\u001f\u007f]/;

function textProblem(value: unknown): Problem {
  if (typeof value === 'string') {
    return controls.test(value)
      ? `The text ${JSON.stringify(value)} has a line break or control character.`
      : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const part of Object.values(value)) {
    const problem = textProblem(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What would stop this definition from ever becoming a network. */
export function networkProblem(network: Network): Problem {
  const { title: _title, description: _description, metadata: _metadata, ...rest } = network;
  return (
    textProblem(rest) ??
    nameProblem(network) ??
    addressesProblem(network) ??
    dnsProblem(network) ??
    modeProblem(network) ??
    portGroupsProblem(network)
  );
}

function nameProblem({ name, bridge }: Network): Problem {
  if (name === '' || name.includes('/') || name === '.' || name === '..') return `'${name}' can't be a network's name.`;
  const link = bridge?.name;
  // What the kernel takes, and what no rule's or configuration's syntax has a meaning for.
  if (link === undefined || /^(?!\.)[^\s/:,"'{}*]{1,15}$/.test(link)) return undefined;
  return `'${link}' can't be a bridge's name: it has up to 15 characters, no blanks, no '/' and no ':'.`;
}

function addressesProblem({ ip: ips, route }: Network): Problem {
  for (const ip of ips) {
    const subnet = subnetOf(ip);
    if (ip.address === undefined) return 'An <ip> has no address.';
    if (subnet === undefined) return `The address '${ip.address}' has no valid netmask or prefix.`;
    if (ip.family !== undefined && ip.family !== subnet.family) return `'${ip.address}' is no ${ip.family} address.`;
    for (const range of ip.dhcp?.range ?? []) {
      const problem = rangeProblem(range, ip);
      if (problem !== undefined) return problem;
    }
    for (const host of ip.dhcp?.host ?? []) {
      const problem = hostProblem(host, ip);
      if (problem !== undefined) return problem;
    }
  }
  for (const family of ['ipv4', 'ipv6'] as const) {
    if (ips.filter((ip) => familyOf(ip) === family && hasDhcp(ip)).length > 1) {
      return `Only one ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address of a network can have DHCP.`;
    }
  }
  for (const { address, gateway } of route) {
    const via = parseAddress(gateway);
    if (via === undefined || via.family !== parseAddress(address)?.family) {
      return `The route to '${address}' by '${gateway}' has no two addresses of one family.`;
    }
  }
  return undefined;
}

function dnsProblem({ dns }: Network): Problem {
  if (dns === undefined) return undefined;
  for (const { addr, domain } of dns.forwarder) {
    if (addr === undefined && domain === undefined) return 'A DNS forwarder needs a domain or an address.';
    if (addr !== undefined && parseAddress(addr) === undefined)
      return `The DNS forwarder '${addr}' is not an IP address.`;
  }
  const problems = [
    ...dns.txt.map(txtProblem),
    ...dns.srv.map((record) => srvProblem(record)),
    ...dns.host.map(dnsHostProblem),
  ];
  return problems.find((problem) => problem !== undefined);
}

function modeProblem(network: Network): Problem {
  if (ownsBridge(network)) return undefined;
  const mode = network.forward?.mode;
  const { mac, ip, dns, domain, bandwidth, bridge } = network;
  const records = (dns?.txt.length ?? 0) + (dns?.host.length ?? 0) + (dns?.srv.length ?? 0);
  const unfit = Object.entries({
    mac: mac !== undefined,
    ip: ip.length > 0,
    dns: records > 0,
    domain: domain !== undefined,
    bandwidth: bandwidth !== undefined && !(mode === 'bridge' && bridge !== undefined),
  }).find(([, isThere]) => isThere);
  return unfit === undefined ? undefined : `A network of the mode '${mode}' can't have <${unfit[0]}>.`;
}

function portGroupsProblem({ portgroup }: Network): Problem {
  const names = portgroup.map(({ name }) => name);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) return `Two port groups are called '${twice}'.`;
  return portgroup.filter((group) => group.default === true).length > 1
    ? 'Only one port group can be the default.'
    : undefined;
}
