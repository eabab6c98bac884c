import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, children, element, flag, type ModelOf, union } from '../xml/schema.ts';
import { oneOf, onOff, string, unsigned, yesNo } from '../xml/values.ts';

const protocol = element(
  'protocol',
  {
    family: attr(oneOf('ipv4', 'ipv6')),
    autoconf: flag('autoconf'),
    dhcp: child(element('dhcp', { peerdns: attr(yesNo).optional() })).optional(),
    ip: children(element('ip', { address: attr(string), prefix: attr(unsigned).optional() })),
    route: children(element('route', { gateway: attr(string) })),
  },
  { endTag: 'always' },
);
export type InterfaceProtocol = ModelOf<typeof protocol>;

export const linkStates = oneOf('unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up');

/** Speed in Mbit/s and whether there is a signal. */
export const linkSchema = element('link', {
  speed: attr(unsigned).optional(),
  state: attr(linkStates).optional(),
});

const head = {
  name: attr(string).optional(),
  start: child(element('start', { mode: attr(oneOf('none', 'onboot', 'hotplug')) })).optional(),
  mtu: child(element('mtu', { size: attr(unsigned) })).optional(),
  protocol: children(protocol),
  link: child(linkSchema).optional(),
};

const mac = child(element('mac', { address: attr(string) })).optional();

const vlan = child(
  element('vlan', {
    tag: attr(unsigned),
    interface: child(element('interface', { name: attr(string), type: attr(string).optional() })).optional(),
  }),
);

const ethernet = { ...head, mac };

const bond = child(
  element(
    'bond',
    {
      mode: attr(
        oneOf(
          ...(['balance-rr', 'active-backup', 'balance-xor', 'broadcast'] as const),
          ...(['802.3ad', 'balance-tlb', 'balance-alb'] as const),
        ),
      ).optional(),
      miimon: child(
        element('miimon', {
          freq: attr(unsigned),
          downdelay: attr(unsigned).optional(),
          updelay: attr(unsigned).optional(),
          carrier: attr(oneOf('ioctl', 'netif')).optional(),
        }),
      ).optional(),
      arpmon: child(
        element('arpmon', {
          interval: attr(unsigned),
          target: attr(string),
          validate: attr(oneOf('active', 'backup', 'all')).optional(),
        }),
      ).optional(),
      interface: children(union('interface', 'type', { ethernet }, 'ethernet', { endTag: 'always' })),
    },
    { endTag: 'always' },
  ),
);

/** What a bridge may join. */
const port = union(
  'interface',
  'type',
  {
    ethernet,
    vlan: { ...head, vlan },
    bond: { ...head, bond },
  },
  undefined,
  { endTag: 'always' },
);

/** A network interface of the host. */
export const hostInterfaceSchema = union(
  'interface',
  'type',
  {
    ethernet,
    bridge: {
      ...head,
      mac,
      bridge: child(
        element(
          'bridge',
          {
            stp: attr(onOff).optional(),
            delay: attr(string).optional(),
            interface: children(port),
          },
          { endTag: 'always' },
        ),
      ),
    },
    bond: { ...head, mac, bond },
    vlan: { ...head, mac, vlan },
  },
  undefined,
  { endTag: 'always' },
);
export type HostInterface = ModelOf<typeof hostInterfaceSchema>;

/** Reads a host's `<interface>`. @throws XmlError with every issue. */
export const parseHostInterface = (xml: string): HostInterface => parseXml(hostInterfaceSchema, xml);

export const formatHostInterface = (hostInterface: HostInterface): string =>
  formatXml(hostInterfaceSchema, hostInterface);
