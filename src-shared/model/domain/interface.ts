import { attr, child, children, childText, element, type ModelOf, tag, union } from '../../xml/schema.ts';
import { integer, macAddress, oneOf, onOff, string, unsigned, uuid, yesNo } from '../../xml/values.ts';
import { bandwidthSchema, portSchema, routeSchema, virtualPortSchema, vlanSchema } from '../network-common.ts';
import { pciNumbers } from './address.ts';
import { deviceInfo, reconnectSchema, virtioOptions } from './device-info.ts';

/** An address of the guest's (or, inside `<source>`, the host's) end. */
export const interfaceIpSchema = element('ip', {
  address: attr(string),
  family: attr(oneOf('ipv4', 'ipv6')).optional(),
  prefix: attr(unsigned).optional(),
  peer: attr(string).optional(),
});
export type InterfaceIp = ModelOf<typeof interfaceIpSchema>;

/** Addresses and routes of the host's end. */
const hostIp = { ip: children(interfaceIpSchema), route: children(routeSchema) };

/** What a running interface shows of the network it really got. */
const actual = {
  network: attr(string).optional(),
  portgroup: attr(string).optional(),
  portid: attr(uuid).optional(),
};

const driver = element('driver', {
  name: attr(oneOf('qemu', 'vhost', 'kvm', 'vfio', 'xen')).optional(),
  model: attr(string).optional(),
  txmode: attr(oneOf('iothread', 'timer')).optional(),
  ioeventfd: attr(onOff).optional(),
  event_idx: attr(onOff).optional(),
  queues: attr(unsigned).optional(),
  rx_queue_size: attr(unsigned).optional(),
  tx_queue_size: attr(unsigned).optional(),
  rss: attr(onOff).optional(),
  rss_hash_report: attr(onOff).optional(),
  ...virtioOptions,
  host: child(
    element('host', {
      csum: attr(onOff).optional(),
      gso: attr(onOff).optional(),
      tso4: attr(onOff).optional(),
      tso6: attr(onOff).optional(),
      ecn: attr(onOff).optional(),
      ufo: attr(onOff).optional(),
      mrg_rxbuf: attr(onOff).optional(),
    }),
  ).optional(),
  guest: child(
    element('guest', {
      csum: attr(onOff).optional(),
      tso4: attr(onOff).optional(),
      tso6: attr(onOff).optional(),
      ecn: attr(onOff).optional(),
      ufo: attr(onOff).optional(),
    }),
  ).optional(),
});
export type InterfaceDriver = ModelOf<typeof driver>;

/** Ports of the host that lead into the guest; `passt` only. */
const portForward = element('portForward', {
  proto: attr(oneOf('tcp', 'udp')),
  address: attr(string).optional(),
  dev: attr(string).optional(),
  range: children(
    element('range', {
      start: attr(unsigned).optional(),
      end: attr(unsigned).optional(),
      to: attr(unsigned).optional(),
      exclude: attr(yesNo).optional(),
    }),
  ),
});
export type PortForward = ModelOf<typeof portForward>;

const backend = element('backend', {
  type: attr(oneOf('passt')).optional(),
  tap: attr(string).optional(),
  vhost: attr(string).optional(),
  logFile: attr(string).optional(),
  hostname: attr(string).optional(),
  fqdn: attr(string).optional(),
});

export const teamingSchema = element('teaming', {
  type: attr(oneOf('persistent', 'transient')),
  persistent: attr(string).optional(),
});

/** The firewall rules of a network filter, with the values of its variables. */
export const filterrefSchema = element('filterref', {
  filter: attr(string),
  parameter: children(element('parameter', { name: attr(string), value: attr(string) })),
});
export type FilterReference = ModelOf<typeof filterrefSchema>;

const head = {
  type: tag(),
  managed: attr(yesNo).optional().describe('Whether the host device is detached from its driver and given back.'),
  trustGuestRxFilters: attr(yesNo).optional().describe('Whether the host follows the address filters of the guest.'),
  mac: child(
    element('mac', {
      address: attr(macAddress).optional(),
      type: attr(oneOf('generated', 'static')).optional(),
      check: attr(yesNo).optional(),
    }),
  )
    .optional()
    .describe('The hardware address; chosen when absent.'),
};

const network = {
  vlan: child(vlanSchema).optional().describe('The VLANs the card is in.'),
  virtualport: child(virtualPortSchema).optional().describe('The profile for a switch that tells ports apart.'),
  bandwidth: child(bandwidthSchema).optional().describe('Limits of what is sent and received.'),
  port: child(portSchema).optional().describe('Whether the card reaches other isolated ports of its network.'),
  ip: children(interfaceIpSchema).describe('An address of the guest.'),
  route: children(routeSchema).describe('A route of the guest.'),
  portForward: children(portForward).describe('Ports of the host that lead into the guest (passt).'),
  script: child(element('script', { path: attr(string) }))
    .optional()
    .describe('A program that sets up the host end.'),
  downscript: child(element('downscript', { path: attr(string) }))
    .optional()
    .describe('A program that takes the host end down.'),
  backenddomain: child(element('backenddomain', { name: attr(string) })).optional(),
  target: child(element('target', { dev: attr(string).optional(), managed: attr(yesNo).optional() }))
    .optional()
    .describe('The name of the host end.'),
  guest: child(element('guest', { dev: attr(string).optional(), actual: attr(string).optional() }))
    .optional()
    .describe('The name of the card in a container.'),
  model: child(element('model', { type: attr(string) }))
    .optional()
    .describe('The card the guest sees: virtio, e1000e, rtl8139 …'),
};

const tail = {
  backend: child(backend).optional().describe('What carries the packets: passt, or device files of the host.'),
  filterref: child(filterrefSchema).optional().describe('A network filter and the values of its variables.'),
  tune: child(element('tune', { sndbuf: childText('sndbuf', unsigned).optional() })).optional(),
  teaming: child(teamingSchema).optional().describe('A second card that takes over while this one migrates.'),
  link: child(element('link', { state: attr(oneOf('up', 'down')) }))
    .optional()
    .describe('Whether the cable is plugged in.'),
  mtu: child(element('mtu', { size: attr(unsigned) }))
    .optional()
    .describe('The largest packet.'),
  coalesce: child(
    element('coalesce', {
      rx: child(
        element('rx', { frames: child(element('frames', { max: attr(unsigned).optional() })).optional() }),
      ).optional(),
    }),
  )
    .optional()
    .describe('How many packets arrive at once.'),
  ...deviceInfo,
};

const afterSource = { ...network, driver: child(driver).optional(), ...tail };

/** A socket to another QEMU; `address` may be absent where it listens. */
const socketSource = element('source', { address: attr(string).optional(), port: attr(integer), ...hostIp });

/** The host device behind an SR-IOV virtual function or a USB adapter. */
const hostdevSource = element('source', {
  startupPolicy: attr(string).optional(),
  writeFiltering: attr(yesNo).optional(),
  vendor: child(element('vendor', { id: attr(string) })).optional(),
  product: child(element('product', { id: attr(string) })).optional(),
  address: child(
    union(
      'address',
      'type',
      { pci: pciNumbers, usb: { bus: attr(unsigned).optional(), device: attr(unsigned).optional() } },
      'pci',
    ),
  ).optional(),
});

/** A network card, told apart by where its other end is. */
export const interfaceSchema = union(
  'interface',
  'type',
  {
    user: {
      ...head,
      source: child(element('source', { dev: attr(string).optional(), ...hostIp })).optional(),
      ...afterSource,
    },
    network: {
      ...head,
      source: child(
        element('source', {
          network: attr(string),
          portgroup: attr(string).optional(),
          portid: attr(uuid).optional(),
          bridge: attr(string).optional(),
          macTableManager: attr(oneOf('kernel', 'libvirt')).optional(),
          ...hostIp,
        }),
      ),
      ...afterSource,
    },
    bridge: {
      ...head,
      source: child(
        element('source', {
          ...actual,
          bridge: attr(string),
          macTableManager: attr(oneOf('kernel', 'libvirt')).optional(),
          ...hostIp,
        }),
      ),
      ...afterSource,
    },
    direct: {
      ...head,
      source: child(
        element('source', {
          ...actual,
          dev: attr(string),
          mode: attr(oneOf('vepa', 'private', 'bridge', 'passthrough')).default('vepa'),
          ...hostIp,
        }),
      ),
      ...afterSource,
    },
    ethernet: { ...head, source: child(element('source', hostIp)).optional(), ...afterSource },
    hostdev: { ...head, driver: child(driver).optional(), source: child(hostdevSource), ...network, ...tail },
    udp: {
      ...head,
      source: child(
        element('source', {
          address: attr(string).optional(),
          port: attr(integer),
          local: child(element('local', { address: attr(string), port: attr(integer) })),
          ...hostIp,
        }),
      ),
      ...afterSource,
    },
    server: { ...head, source: child(socketSource), ...afterSource },
    client: { ...head, source: child(socketSource), ...afterSource },
    mcast: { ...head, source: child(socketSource), ...afterSource },
    internal: { ...head, source: child(element('source', { name: attr(string), ...hostIp })), ...afterSource },
    vhostuser: {
      ...head,
      source: child(
        element('source', {
          type: attr(oneOf('unix')).optional(),
          path: attr(string).optional(),
          mode: attr(oneOf('client', 'server')).optional(),
          dev: attr(string).optional(),
          reconnect: child(reconnectSchema).optional(),
          ...hostIp,
        }),
      ).optional(),
      ...afterSource,
    },
    vdpa: { ...head, source: child(element('source', { dev: attr(string), ...hostIp })), ...afterSource },
    null: { ...head, source: child(element('source', hostIp)).optional(), ...afterSource },
    vds: {
      ...head,
      source: child(
        element('source', {
          switchid: attr(uuid),
          portid: attr(integer).optional(),
          portgroupid: attr(string),
          connectionid: attr(integer).optional(),
          ...hostIp,
        }),
      ),
      ...afterSource,
    },
  },
  'user',
);
export type Interface = ModelOf<typeof interfaceSchema>;
