/**
 * The filters that every host has, as libvirt's users know them: the same names, chains, priorities and rules, so that a
 * `<filterref>` written elsewhere means the same here. Compared with upstream's own files by the conformance tests.
 */
import { createHash } from 'node:crypto';
import { parseNwfilter } from '../../../src-shared/model/nwfilter.ts';
import { completeFilter, type NwfilterDefinition } from './definition.ts';

type Rules = readonly string[];

interface Predefined {
  readonly name: string;
  /** `chain='…' priority='…'`; the root chain when absent. */
  readonly place?: string;
  readonly entries: Rules;
}

type Action = 'accept' | 'drop' | 'return';
type Direction = 'in' | 'out' | 'inout';

const rule = (action: Action, direction: Direction, match = '', priority?: number): string => {
  const at = priority === undefined ? '' : ` priority='${priority}'`;
  return `<rule action='${action}' direction='${direction}'${at}>${match}</rule>`;
};
const refer = (...names: readonly string[]): Rules => names.map((name) => `<filterref filter='${name}'/>`);

/** Requests go out before the guest has an address; answers come from any server, or from the one that is named. */
const dhcp = (server: string): Rules => [
  rule(
    'accept',
    'out',
    "<ip srcipaddr='0.0.0.0' dstipaddr='255.255.255.255' protocol='udp' srcportstart='68' dstportstart='67'/>",
    100,
  ),
  rule('accept', 'in', `<ip ${server}protocol='udp' srcportstart='67' dstportstart='68'/>`, 100),
];
const dhcpV6 = (server: string): Rules => [
  rule(
    'accept',
    'out',
    "<ipv6 srcipaddr='fe80::' srcipmask='10' dstipaddr='ff02::1:2' protocol='udp' srcportstart='546' dstportstart='547'/>",
    100,
  ),
  rule('accept', 'in', `<ipv6 ${server}protocol='udp' srcportstart='547' dstportstart='546'/>`, 100),
];
const knownServer = "srcipaddr='$DHCPSERVER' ";

/** After a migration switches are told where the guest is now. */
const announcement = (mac: string): string =>
  `<rarp ${mac}dstmacaddr='ff:ff:ff:ff:ff:ff' opcode='Request_Reverse' arpsrcmacaddr='$MAC' arpdstmacaddr='$MAC' arpsrcipaddr='0.0.0.0' arpdstipaddr='0.0.0.0'/>`;

const filters: readonly Predefined[] = [
  // What is let through whatever it says.
  { name: 'allow-arp', place: "chain='arp'", entries: [rule('accept', 'inout')] },
  { name: 'allow-ipv4', place: "chain='ipv4'", entries: [rule('accept', 'inout')] },
  { name: 'allow-ipv6', place: "chain='ipv6'", entries: [rule('accept', 'inout')] },
  { name: 'allow-incoming-ipv4', place: "chain='ipv4'", entries: [rule('accept', 'in')] },
  { name: 'allow-incoming-ipv6', place: "chain='ipv6'", entries: [rule('accept', 'in')] },
  { name: 'allow-dhcp', place: "chain='ipv4'", entries: dhcp('') },
  { name: 'allow-dhcp-server', place: "chain='ipv4'", entries: dhcp(knownServer) },
  { name: 'allow-dhcpv6', place: "chain='ipv6'", entries: dhcpV6('') },
  { name: 'allow-dhcpv6-server', place: "chain='ipv6'", entries: dhcpV6(knownServer) },

  // Guests that say they are somebody else.
  {
    name: 'no-mac-spoofing',
    place: "chain='mac' priority='-800'",
    entries: [rule('return', 'out', "<mac srcmacaddr='$MAC'/>"), rule('drop', 'out', '<mac/>')],
  },
  {
    name: 'no-ip-spoofing',
    place: "chain='ipv4-ip' priority='-710'",
    entries: [
      rule('return', 'out', "<ip srcipaddr='0.0.0.0' protocol='udp'/>", 100),
      rule('return', 'out', "<ip srcipaddr='$IP'/>", 500),
      rule('drop', 'out', '', 1000),
    ],
  },
  {
    name: 'no-ipv6-spoofing',
    place: "chain='ipv6-ip' priority='-610'",
    entries: [
      rule('return', 'out', "<ipv6 srcipaddr='fe80::' srcipmask='10' protocol='udp'/>", 100),
      rule('return', 'out', "<ipv6 srcipaddr='$IPV6'/>", 500),
      rule('drop', 'out', '', 1000),
    ],
  },
  {
    name: 'no-arp-mac-spoofing',
    place: "chain='arp-mac' priority='-520'",
    entries: [rule('return', 'out', "<arp arpsrcmacaddr='$MAC'/>", 350), rule('drop', 'out', '', 1000)],
  },
  {
    name: 'no-arp-ip-spoofing',
    place: "chain='arp-ip' priority='-510'",
    entries: [rule('return', 'out', "<arp arpsrcipaddr='$IP'/>", 400), rule('drop', 'out', '', 1000)],
  },
  { name: 'no-arp-spoofing', entries: refer('no-arp-mac-spoofing', 'no-arp-ip-spoofing') },

  // What goes to many at once.
  {
    name: 'no-mac-broadcast',
    place: "chain='ipv4'",
    entries: [rule('drop', 'out', "<mac dstmacaddr='ff:ff:ff:ff:ff:ff'/>")],
  },
  {
    name: 'no-ip-multicast',
    place: "chain='ipv4'",
    entries: [rule('drop', 'out', "<ip dstipaddr='224.0.0.0' dstipmask='4'/>")],
  },
  {
    name: 'no-ipv6-multicast',
    place: "chain='ipv6'",
    entries: [rule('drop', 'out', "<ipv6 dstipaddr='ff00::' dstipmask='8'/>")],
  },

  // The ends of longer lists: whatever no earlier rule let through.
  { name: 'no-other-l2-traffic', entries: [rule('drop', 'inout', '', 1000)] },
  { name: 'no-other-rarp-traffic', place: "chain='rarp'", entries: [rule('drop', 'inout', '', 1000)] },

  // QEMU's own word after a migration; an old QEMU's had another number in it.
  {
    name: 'qemu-announce-self-rarp',
    place: "chain='rarp'",
    entries: [
      rule('accept', 'out', announcement("srcmacaddr='$MAC' "), 500),
      rule('accept', 'in', announcement(''), 500),
    ],
  },
  {
    name: 'qemu-announce-self',
    entries: [
      rule('accept', 'out', "<mac protocolid='0x835'/>"),
      ...refer('qemu-announce-self-rarp', 'no-other-rarp-traffic'),
    ],
  },

  // The two that machines usually name: IPv4 and ARP in the guest's own name, to anybody or to its gateway alone.
  {
    name: 'clean-traffic',
    entries: [
      ...refer('no-mac-spoofing', 'no-ip-spoofing'),
      rule('accept', 'out', "<mac protocolid='ipv4'/>", -650),
      ...refer('allow-incoming-ipv4', 'no-arp-spoofing'),
      rule('accept', 'inout', "<mac protocolid='arp'/>", -500),
      ...refer('no-other-l2-traffic', 'qemu-announce-self'),
    ],
  },
  {
    name: 'clean-traffic-gateway',
    entries: [
      ...refer('no-mac-spoofing', 'no-ip-spoofing', 'no-arp-spoofing'),
      rule('accept', 'inout', "<mac protocolid='arp'/>", -500),
      rule('accept', 'in', "<mac srcmacaddr='$GATEWAY_MAC'/>"),
      rule('accept', 'out', "<mac dstmacaddr='$GATEWAY_MAC'/>"),
      ...refer('no-other-l2-traffic', 'qemu-announce-self'),
    ],
  },
];

/** The same on every host, as the name is: clients may keep it. */
function uuidOf(name: string): string {
  const hash = createHash('sha256').update(`vivarium nwfilter ${name}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

export const predefinedFilters = (): NwfilterDefinition[] =>
  filters.map(({ name, place = "chain='root'", entries }) =>
    completeFilter(
      parseNwfilter(`<filter name='${name}' ${place}><uuid>${uuidOf(name)}</uuid>${entries.join('')}</filter>`),
    ),
  );
