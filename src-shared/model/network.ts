import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, children, childText, childTexts, element, type ModelOf, raw, union } from '../xml/schema.ts';
import { integer, macAddress, oneOf, onOff, string, unsigned, uuid, yesNo } from '../xml/values.ts';
import { pciNumbers } from './domain/address.ts';
import { ipAddress } from './network-address.ts';
import { bandwidthSchema, portSchema, routeSchema, virtualPortSchema, vlanSchema } from './network-common.ts';

export const networkNamespaces = { dnsmasq: 'http://libvirt.org/schemas/network/dnsmasq/1.0' } as const;

export const forwardModes = [
  ...(['nat', 'route', 'open', 'bridge', 'private', 'vepa', 'passthrough', 'hostdev'] as const),
] as const;

const range = (name: string) => child(element(name, { start: attr(string), end: attr(string).optional() })).optional();

/** The first of `values` that stands there twice. */
const firstTwice = (values: readonly string[]): string | undefined =>
  values.find((value, place) => values.indexOf(value) !== place);

export const forwardInterfaceSchema = element('interface', {
  dev: attr(string),
  connections: attr(unsigned).optional(),
});

/** How the network reaches the outside; without it the network is isolated. */
const forward = element(
  'forward',
  {
    dev: attr(string).optional(),
    mode: attr(oneOf(...forwardModes)).default('nat'),
    managed: attr(yesNo).optional(),
    driver: child(
      element('driver', { name: attr(oneOf('kvm', 'vfio')).optional(), model: attr(string).optional() }),
    ).optional(),
    nat: child(
      element('nat', { ipv6: attr(yesNo).optional(), address: range('address'), port: range('port') }),
    ).optional(),
    pf: children(element('pf', { dev: attr(string) })),
    interface: children(forwardInterfaceSchema),
    address: children(union('address', 'type', { pci: pciNumbers }, 'pci')),
  },
  {
    check: ({ mode, dev, interface: interfaces, address }) => {
      const twice = firstTwice([
        ...interfaces.map((item) => item.dev),
        ...address.map((item) => [item.domain, item.bus, item.slot, item.function].join(':')),
      ]);
      if (twice !== undefined) return `The device ${twice} is listed twice.`;
      const [first] = interfaces;
      if (dev !== undefined && first !== undefined && first.dev !== dev) {
        return `The attribute 'dev' says '${dev}', the first <interface> says '${first.dev}'.`;
      }
      const named = dev !== undefined || interfaces.length > 0;
      return mode === 'open' && named
        ? "An 'open' network puts no limits on where packets go: it can't name a device."
        : undefined;
    },
  },
);
export type NetworkForward = ModelOf<typeof forward>;

export const dnsTxtSchema = element('txt', { name: attr(string), value: attr(string) });

export const dnsSrvSchema = element('srv', {
  service: attr(string),
  protocol: attr(string),
  domain: attr(string).optional(),
  target: attr(string).optional(),
  port: attr(unsigned).optional(),
  priority: attr(unsigned).optional(),
  weight: attr(unsigned).optional(),
});

export const dnsHostSchema = element('host', { ip: attr(ipAddress), hostname: childTexts('hostname', string) });

const dns = element(
  'dns',
  {
    enable: attr(yesNo).optional(),
    forwardPlainNames: attr(yesNo).optional(),
    forwarder: children(element('forwarder', { domain: attr(string).optional(), addr: attr(ipAddress).optional() })),
    txt: children(dnsTxtSchema),
    srv: children(dnsSrvSchema),
    host: children(dnsHostSchema),
  },
  {
    check: ({ enable, forwarder, txt, srv, host }) =>
      enable === false && forwarder.length + txt.length + srv.length + host.length > 0
        ? 'A network without DNS has nothing to answer.'
        : undefined,
  },
);
export type NetworkDns = ModelOf<typeof dns>;

const lease = child(
  element('lease', { expiry: attr(unsigned), unit: attr(oneOf('seconds', 'minutes', 'hours')).optional() }),
).optional();

export const dhcpHostSchema = element('host', {
  mac: attr(string).optional(),
  id: attr(string).optional(),
  name: attr(string).optional(),
  ip: attr(ipAddress).optional(),
  lease,
});
export type DhcpHost = ModelOf<typeof dhcpHostSchema>;

export const dhcpRangeSchema = element('range', { start: attr(ipAddress), end: attr(ipAddress), lease });
export type DhcpRange = ModelOf<typeof dhcpRangeSchema>;

/** An address of the host on the network, and what it hands out there. */
export const networkIpSchema = element(
  'ip',
  {
    family: attr(oneOf('ipv4', 'ipv6')).optional(),
    address: attr(ipAddress).optional(),
    netmask: attr(ipAddress).optional(),
    prefix: attr(unsigned).optional(),
    localPtr: attr(yesNo).optional(),
    tftp: child(element('tftp', { root: attr(string) })).optional(),
    dhcp: child(
      element('dhcp', {
        range: children(dhcpRangeSchema),
        host: children(dhcpHostSchema),
        bootp: child(element('bootp', { file: attr(string), server: attr(ipAddress).optional() })).optional(),
      }),
    ).optional(),
  },
  { endTag: 'always' },
);
export type NetworkIp = ModelOf<typeof networkIpSchema>;

/** A class of ports with settings of its own, chosen by an interface's `portgroup`. */
export const portGroupSchema = element(
  'portgroup',
  {
    name: attr(string),
    default: attr(yesNo).optional(),
    trustGuestRxFilters: attr(yesNo).optional(),
    vlan: child(vlanSchema).optional(),
    virtualport: child(virtualPortSchema).optional(),
    bandwidth: child(bandwidthSchema).optional(),
  },
  { endTag: 'always' },
);
export type PortGroup = ModelOf<typeof portGroupSchema>;

/** A virtual network. */
export const networkSchema = element(
  'network',
  {
    connections: attr(unsigned).optional(),
    ipv6: attr(yesNo).optional(),
    trustGuestRxFilters: attr(yesNo).optional(),
    name: childText('name', string).describe('The name of the network.'),
    uuid: childText('uuid', uuid).optional().describe('The identity of the network; chosen when absent.'),
    title: childText('title', string).optional(),
    description: childText('description', string).optional(),
    metadata: raw('metadata').describe('Content of other applications.'),
    forward: child(forward).optional().describe('How the network reaches the outside; isolated without it.'),
    bridge: child(
      element('bridge', {
        name: attr(string).optional(),
        zone: attr(string).optional(),
        stp: attr(onOff).optional(),
        delay: attr(integer).optional(),
        macTableManager: attr(oneOf('kernel', 'libvirt')).optional(),
      }),
    )
      .optional()
      .describe('The bridge of the host.'),
    mtu: child(element('mtu', { size: attr(unsigned) }))
      .optional()
      .describe('The largest packet.'),
    mac: child(element('mac', { address: attr(macAddress) }))
      .optional()
      .describe('The hardware address of the bridge.'),
    domain: child(
      element('domain', { name: attr(string), localOnly: attr(yesNo).optional(), register: attr(yesNo).optional() }),
    )
      .optional()
      .describe('The DNS domain of the guests.'),
    dns: child(dns).optional().describe('What the name server of the network answers.'),
    vlan: child(vlanSchema).optional().describe('The VLANs of the network.'),
    bandwidth: child(bandwidthSchema).optional().describe('Limits of what the whole network sends and receives.'),
    port: child(portSchema).optional().describe('Whether guests of the network reach each other.'),
    ip: children(networkIpSchema).describe('An address of the host on the network, and its DHCP.'),
    route: children(routeSchema).describe('A route the host gets for this network.'),
    virtualport: child(virtualPortSchema).optional().describe('The profile for a switch that tells ports apart.'),
    portgroup: children(portGroupSchema).describe('A class of ports with settings of its own.'),
    dnsmasqOptions: child(
      element('dnsmasq:options', { option: children(element('dnsmasq:option', { value: attr(string) })) }),
    )
      .optional()
      .describe('Lines handed to dnsmasq as they stand.'),
  },
  { namespaces: networkNamespaces },
);
export type Network = ModelOf<typeof networkSchema>;

/** Reads `<network>`. @throws XmlError with every issue. */
export const parseNetwork = (xml: string): Network => parseXml(networkSchema, xml);

export const formatNetwork = (network: Network): string => formatXml(networkSchema, network);
