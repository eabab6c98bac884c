import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, childText, children, choices, element, type Field, type ModelOf } from '../xml/schema.ts';
import { integer, oneOf, string, uuid, type ValueType } from '../xml/values.ts';
import { filterrefSchema } from './domain/interface.ts';

/**
 * Attributes by their names. Their values are texts: numbers, addresses, masks or variables (`$IP`, `@PORT[1]`), which
 * only the interface that uses the filter gives a value.
 */
function texts<const W extends readonly string[]>(...names: W): { [K in W[number]]: Field<string, 'optional'> } {
  return Object.fromEntries(names.map((name) => [name, attr(string).optional()])) as {
    [K in W[number]]: Field<string, 'optional'>;
  };
}

const match = { match: attr(oneOf('yes', 'no')).optional() };
const macs = texts('srcmacaddr', 'srcmacmask', 'dstmacaddr', 'dstmacmask');
const addresses = texts('srcipaddr', 'srcipmask', 'dstipaddr', 'dstipmask');
const ports = texts('srcportstart', 'srcportend', 'dstportstart', 'dstportend');
const comment = texts('comment');

/** Layers 3 and 4: what the host's IP filter can tell apart. */
const ip = {
  ...match,
  ...texts('srcmacaddr'),
  ...addresses,
  ...texts('srcipfrom', 'srcipto', 'dstipfrom', 'dstipto', 'dscp', 'connlimit-above', 'state', 'ipset', 'ipsetflags'),
};

const arp = {
  ...match,
  ...macs,
  ...texts('hwtype', 'protocoltype', 'opcode', 'arpsrcmacaddr', 'arpdstmacaddr'),
  ...texts('arpsrcipaddr', 'arpsrcipmask', 'arpdstipaddr', 'arpdstipmask', 'gratuitous'),
  ...comment,
};

const plainIp = { ...ip, ...comment };
const portIp = { ...ip, ...ports, ...comment };
const icmp = { ...ip, ...texts('type', 'code'), ...comment };

/** A rule has elements of one protocol; several of them must all match. */
const protocols = {
  mac: children(element('mac', { ...match, ...macs, ...texts('protocolid'), ...comment })),
  vlan: children(element('vlan', { ...match, ...macs, ...texts('vlanid', 'encap-protocol'), ...comment })),
  stp: children(
    element('stp', {
      ...match,
      ...texts('srcmacaddr', 'srcmacmask', 'type', 'flags', 'root-priority', 'root-priority-hi'),
      ...texts('root-address', 'root-address-mask', 'root-cost', 'root-cost-hi', 'sender-priority'),
      ...texts('sender-priority-hi', 'sender-address', 'sender-address-mask', 'port', 'port-hi', 'age', 'age-hi'),
      ...texts('max-age', 'max-age-hi', 'hello-time', 'hello-time-hi', 'forward-delay', 'forward-delay-hi'),
      ...comment,
    }),
  ),
  arp: children(element('arp', arp)),
  rarp: children(element('rarp', arp)),
  ip: children(
    element('ip', {
      ...match,
      ...macs,
      ...addresses,
      ...texts('protocol'),
      ...ports,
      ...texts('dscp'),
      ...comment,
    }),
  ),
  ipv6: children(
    element('ipv6', {
      ...match,
      ...macs,
      ...addresses,
      ...texts('protocol'),
      ...ports,
      ...texts('type', 'typeend', 'code', 'codeend'),
      ...comment,
    }),
  ),
  tcp: children(element('tcp', { ...ip, ...ports, ...texts('option', 'flags'), ...comment })),
  icmp: children(element('icmp', icmp)),
  igmp: children(element('igmp', plainIp)),
  udp: children(element('udp', portIp)),
  udplite: children(element('udplite', plainIp)),
  esp: children(element('esp', plainIp)),
  ah: children(element('ah', plainIp)),
  sctp: children(element('sctp', portIp)),
  all: children(element('all', plainIp)),
  'tcp-ipv6': children(element('tcp-ipv6', { ...ip, ...ports, ...texts('option', 'flags'), ...comment })),
  icmpv6: children(element('icmpv6', icmp)),
  'udp-ipv6': children(element('udp-ipv6', portIp)),
  'udplite-ipv6': children(element('udplite-ipv6', plainIp)),
  'esp-ipv6': children(element('esp-ipv6', plainIp)),
  'ah-ipv6': children(element('ah-ipv6', plainIp)),
  'sctp-ipv6': children(element('sctp-ipv6', portIp)),
  'all-ipv6': children(element('all-ipv6', plainIp)),
};
export type FilterProtocol = keyof typeof protocols;

/** `false` or `0`; libvirt writes the word. */
const statematch: ValueType<boolean> = {
  expected: 'true, false, 1 or 0',
  parse: (text) => {
    const word = text.toLowerCase();
    if (word === 'false' || word === '0') return false;
    return word === 'true' || word === '1' ? true : undefined;
  },
  format: String,
  words: ['true', 'false'],
};

const rule = element('rule', {
  action: attr(oneOf('drop', 'accept', 'reject', 'return', 'continue')),
  direction: attr(oneOf('in', 'out', 'inout')),
  priority: attr(integer).default(500),
  statematch: attr(statematch).optional(),
  ...protocols,
});
export type FilterRule = ModelOf<typeof rule>;

/** Firewall rules for guests' interfaces. Rules and references to other filters stand in one order. */
export const nwfilterSchema = element('filter', {
  name: attr(string),
  chain: attr(string).default('root'),
  priority: attr(integer).optional(),
  uuid: childText('uuid', uuid).optional(),
  entries: choices({ rule, filterref: filterrefSchema }),
});
export type Nwfilter = ModelOf<typeof nwfilterSchema>;

/** Reads a network filter's `<filter>`. @throws XmlError with every issue. */
export const parseNwfilter = (xml: string): Nwfilter => parseXml(nwfilterSchema, xml);

export const formatNwfilter = (filter: Nwfilter): string => formatXml(nwfilterSchema, filter);
