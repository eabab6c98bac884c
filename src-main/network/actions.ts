/**
 * Everything a network may change on the host: typed verbs with their arguments, checked where they come from a file or
 * another process. An executor knows these and nothing else.
 */
import * as z from 'zod';
import { linkConditionsSchema } from '../../src-shared/model/link-conditions.ts';
import { maximumForwards, networkForwardSchema } from '../../src-shared/model/network-forwards.ts';
import { parseAddress, parseSubnet } from '../../src-shared/model/network-address.ts';
import { portRules } from './nwfilter/port-rules.ts';
import { portVlansSchema } from './ports/vlans.ts';
import { pciAddressSchema } from './sriov/functions.ts';

/** A network device's name as the kernel takes it, without what rules or configurations give a meaning. */
const link = z.string().regex(/^(?!\.)[^\s/:,"'{}*\\%]{1,15}$/);
const mac = z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/);
const subnet = z.string().refine((text) => parseSubnet(text) !== undefined);
const address = z.string().refine((text) => parseAddress(text) !== undefined);
const table = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/);
const port = z.number().int().min(0).max(65_535);
const ports = z.object({ start: port, end: port });

/** The switches below /proc/sys that networks use, and no others. */
const sysctlKey = z
  .string()
  .regex(
    /^net\/(?:ipv4\/ip_forward|ipv4\/conf\/[^/]{1,15}\/(?:forwarding|accept_redirects)|ipv6\/conf\/[^/]{1,15}\/(?:forwarding|disable_ipv6|accept_ra|autoconf))$/,
  )
  .refine((key) => !key.split('/').some((part) => part === '.' || part === '..'));

const match = z.discriminatedUnion('match', [
  z.object({ match: z.enum(['in', 'out']), device: link }),
  z.object({ match: z.literal('source'), subnet }),
  z.object({ match: z.literal('destination'), subnet, not: z.literal(true).exactOptional() }),
  z.object({ match: z.literal('protocol'), protocol: z.enum(['tcp', 'udp']) }),
  z.object({ match: z.literal('port'), port }),
  z.object({ match: z.literal('established') }),
]);

const verdict = z.discriminatedUnion('verdict', [
  z.object({ verdict: z.enum(['accept', 'reject', 'return', 'fill-checksum']) }),
  z.object({ verdict: z.literal('masquerade'), ports: ports.exactOptional() }),
  z.object({
    verdict: z.literal('snat'),
    addresses: z.string().refine((text) => text.split('-').every((part) => parseAddress(part) !== undefined)),
    ports: ports.exactOptional(),
  }),
]);

const rule = z.object({
  family: z.enum(['ipv4', 'ipv6']),
  chain: z.enum(['input', 'output', 'forward-cross', 'forward-in', 'forward-out', 'nat', 'mangle']),
  matches: z.array(match).max(16).readonly(),
  verdict,
});
const rules = z.array(rule).max(4096).readonly();
const folder = z.string().startsWith('/').max(4096);
const mtu = z.number().int().min(68).max(65_535);
const uid = z.number().int().min(0).max(0xffff_fffe);
/** KiB a second, and KiB. */
const kib = z.number().int().min(1).max(0xffff_ffff);
const rate = z.object({ average: kib, peak: kib.exactOptional(), burst: kib.exactOptional() });

const nftWord = z.string().regex(/^[A-Za-z_.][A-Za-z0-9_./-]{0,127}$/);
const exceptionPlace = {
  family: z.enum(['inet', 'ip', 'ip6']),
  table: nftWord,
  chain: nftWord,
  mark: z.string().regex(/^vivarium [0-9a-f ]{1,32}$/),
};

const action = z.discriminatedUnion('verb', [
  z.object({
    verb: z.literal('bridge-add'),
    link,
    mac,
    stp: z.boolean(),
    forwardDelaySeconds: z.number().int().min(0).max(30),
    mtu: mtu.exactOptional(),
  }),
  /** Only the bridge that has this hardware address: another of the same name is somebody else's. */
  z.object({ verb: z.literal('bridge-delete'), link, mac }),
  z.object({ verb: z.literal('link-up'), link }),
  z.object({ verb: z.literal('address-add'), link, address: subnet }),
  z.object({
    verb: z.literal('route-add'),
    link,
    destination: subnet,
    gateway: address,
    metric: z.number().int().min(0).exactOptional(),
  }),
  /** In the given order. */
  z.object({
    verb: z.literal('sysctl-set'),
    values: z
      .array(z.object({ key: sysctlKey, value: z.string().regex(/^\d{1,10}$/) }))
      .max(4096)
      .readonly(),
  }),
  z.object({ verb: z.literal('nft-table-add'), table }),
  z.object({ verb: z.literal('nft-table-delete'), table }),
  z.object({ verb: z.literal('nft-network-set'), table, bridge: link, rules }),
  z.object({ verb: z.literal('nft-network-delete'), table, bridge: link }),
  /** Lets packets pass before a rule of another program's chain, or at its end; `mark` is how it is found again. */
  z.object({
    verb: z.literal('nft-exception-add'),
    ...exceptionPlace,
    layer: z.enum(['ipv4', 'ipv6']),
    before: z.number().int().min(1).exactOptional(),
    matches: z.array(match).min(1).max(16),
  }),
  z.object({ verb: z.literal('nft-exception-delete'), ...exceptionPlace }),
  /** Ports of the host that lead to guests on the bridge: a table of its own, made and removed whole. */
  z.object({
    verb: z.literal('nft-forwards-set'),
    table,
    bridge: link,
    forwards: z.array(networkForwardSchema).min(1).max(maximumForwards),
  }),
  z.object({ verb: z.literal('nft-forwards-delete'), table, bridge: link }),
  z.object({ verb: z.literal('iptables-add'), rules }),
  z.object({ verb: z.literal('iptables-delete'), rules }),
  z.object({ verb: z.literal('zone-set'), link, zone: z.string().regex(/^[\w-]{1,64}$/) }),
  z.object({ verb: z.literal('zone-remove'), link, zone: z.string().regex(/^[\w-]{1,64}$/) }),
  /** Names in the domain are asked of the server on the device, by a resolver of the host that can be told so. */
  z.object({
    verb: z.literal('names-set'),
    link,
    domain: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/),
    servers: z.array(address).min(1).max(64).readonly(),
  }),
  z.object({ verb: z.literal('names-clear'), link }),
  z.object({
    verb: z.literal('dnsmasq-start'),
    folder,
    bridge: link,
    configuration: z.string().max(1 << 20),
    hosts: z.string().max(1 << 22),
    names: z.string().max(1 << 22),
  }),
  z.object({ verb: z.literal('dnsmasq-stop'), folder, bridge: link }),
  /** A card's cable: a tap that only its user opens. One that is there with this address is moved to the bridge. */
  z.object({
    verb: z.literal('tap-add'),
    link,
    mac,
    uid,
    bridge: link.exactOptional(),
    mtu: mtu.exactOptional(),
    multiQueue: z.boolean(),
    isolated: z.boolean(),
    /** The bridge is one of Open vSwitch, which knows the port by these. */
    openVswitch: z
      .object({
        interfaceId: z.uuid(),
        profileId: z
          .string()
          .regex(/^[^"\\\p{Cc}]{1,39}$/u)
          .exactOptional(),
        machine: z.uuid(),
        guestMac: mac,
        vlans: portVlansSchema.exactOptional(),
      })
      .exactOptional(),
  }),
  /** A card beside a card of the host, with a device file that only its user opens. */
  z.object({
    verb: z.literal('macvtap-add'),
    link,
    mac,
    uid,
    lower: link,
    mode: z.enum(['bridge', 'private', 'vepa', 'passthrough']),
    mtu: mtu.exactOptional(),
    /** The address of a card that is passed through; it gets it back afterwards. */
    lowerMac: mac.exactOptional(),
  }),
  /** Only the tap or macvtap that has this hardware address. */
  z.object({
    verb: z.literal('tap-delete'),
    link,
    mac,
    /** Takes its port out of Open vSwitch, which keeps it for devices that are no more. */
    openVswitch: z.literal(true).exactOptional(),
    /** The card below that was passed through gets its own address back. */
    lower: z.object({ link, mac }).exactOptional(),
  }),
  /** A bridge of ours tells VLANs apart from now on. */
  z.object({ verb: z.literal('bridge-vlans-filter'), link }),
  /** The VLANs of a port of a Linux bridge. */
  z.object({ verb: z.literal('port-vlans-set'), link, vlans: portVlansSchema }),
  z.object({ verb: z.literal('port-vlans-clear'), link }),
  /** Of a card with SR-IOV: the address and the VLAN of one of its functions. */
  z.object({
    verb: z.literal('function-set'),
    link,
    index: z.number().int().min(0).max(0xffff),
    mac,
    vlan: z.number().int().min(0).max(4095),
  }),
  /** Has a driver take a PCI device; without a name, the host's own. */
  z.object({
    verb: z.literal('pci-bind'),
    address: pciAddressSchema,
    driver: z.literal('vfio-pci').exactOptional(),
  }),
  z.object({
    verb: z.literal('bandwidth-set'),
    link,
    inbound: rate.exactOptional(),
    outbound: rate.exactOptional(),
    /** Leaves room for classes of single cards. */
    isNetwork: z.boolean(),
  }),
  z.object({ verb: z.literal('bandwidth-clear'), link }),
  /** The kernel's network emulator; `limited` devices have it behind their limit. */
  z.object({ verb: z.literal('conditions-set'), link, limited: z.boolean(), ...linkConditionsSchema.shape }),
  z.object({ verb: z.literal('conditions-clear'), link, limited: z.boolean() }),
  /** Where network filters' rules stand, in nftables' bridge family. */
  z.object({ verb: z.literal('filter-table-add'), table }),
  z.object({ verb: z.literal('filter-table-delete'), table }),
  /** The rules of one interface, or of several in one transaction, in the place of those they had. */
  z.object({
    verb: z.literal('filter-set'),
    table,
    ports: z
      .array(z.object({ link, rules: portRules }))
      .min(1)
      .max(1024)
      .readonly(),
  }),
  z.object({ verb: z.literal('filter-delete'), table, link }),
]);
export type NetworkAction = z.infer<typeof action>;

/** @throws when it is none of ours. */
export const checkAction = (value: unknown): NetworkAction => action.parse(value);
