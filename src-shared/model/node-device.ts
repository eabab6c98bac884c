import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, children, childText, element, type ModelOf, text, union } from '../xml/schema.ts';
import { hexadecimal, integer, oneOf, string, unsigned, uuid } from '../xml/values.ts';
import { hostPciAddressSchema } from './domain/address.ts';
import { linkSchema } from './host-interface.ts';

const word = (name: string) => childText(name, string).optional();
const count = (name: string) => childText(name, unsigned).optional();

/** `<product id='0x10c9'>82576</product>` */
const named = (name: string) =>
  child(element(name, { id: attr(hexadecimal(4, 0xffff)).optional(), value: text(string).optional() })).optional();

const mdevTypes = {
  types: children(
    element('type', {
      id: attr(string),
      name: word('name'),
      deviceAPI: word('deviceAPI'),
      availableInstances: count('availableInstances'),
    }),
  ),
};

/** A device's vital product data; field names beyond these survive unread. */
const vpdFields = element('fields', {
  access: attr(oneOf('readonly', 'readwrite')),
  change_level: word('change_level'),
  manufacture_id: word('manufacture_id'),
  part_number: word('part_number'),
  serial_number: word('serial_number'),
  asset_tag: word('asset_tag'),
  vendor_field: children(element('vendor_field', { index: attr(string), value: text(string) })),
  system_field: children(element('system_field', { index: attr(string), value: text(string) })),
});

const pciCapability = union('capability', 'type', {
  phys_function: { address: children(hostPciAddressSchema) },
  virt_functions: { maxCount: attr(unsigned).optional(), address: children(hostPciAddressSchema) },
  'pci-bridge': {},
  'cardbus-bridge': {},
  mdev_types: mdevTypes,
  vpd: { name: word('name'), fields: children(vpdFields) },
});

const pciExpress = element('pci-express', {
  link: children(
    element('link', {
      validity: attr(oneOf('cap', 'sta')),
      port: attr(unsigned).optional(),
      speed: attr(string).optional(),
      width: attr(unsigned),
    }),
  ),
});

const iommuGroup = child(
  element('iommuGroup', { number: attr(unsigned), address: children(hostPciAddressSchema) }),
).optional();

const channelAddress = {
  cssid: childText('cssid', hexadecimal(1, 0xfe)),
  ssid: childText('ssid', hexadecimal(1, 3)),
  devno: childText('devno', hexadecimal(4, 0xffff)),
};

const media = {
  media_available: count('media_available'),
  media_size: count('media_size'),
  media_label: word('media_label'),
  logical_block_size: count('logical_block_size'),
  num_blocks: count('num_blocks'),
};

/** What a device is and can do, by kind. */
const capability = union(
  'capability',
  'type',
  {
    system: {
      product: word('product'),
      hardware: child(
        element(
          'hardware',
          {
            vendor: word('vendor'),
            version: word('version'),
            serial: word('serial'),
            uuid: childText('uuid', uuid).optional(),
          },
          { endTag: 'always' },
        ),
      ).optional(),
      firmware: child(
        element(
          'firmware',
          {
            vendor: word('vendor'),
            version: word('version'),
            release_date: word('release_date'),
          },
          { endTag: 'always' },
        ),
      ).optional(),
    },
    pci: {
      class: childText('class', hexadecimal(6, 0xff_ffff)).optional(),
      domain: childText('domain', unsigned),
      bus: childText('bus', unsigned),
      slot: childText('slot', unsigned),
      function: childText('function', unsigned),
      product: named('product'),
      vendor: named('vendor'),
      capability: children(pciCapability),
      iommuGroup,
      numa: child(element('numa', { node: attr(integer) })).optional(),
      pciExpress: child(pciExpress).optional(),
    },
    usb_device: {
      bus: childText('bus', unsigned),
      device: childText('device', unsigned),
      port: word('port'),
      product: named('product'),
      vendor: named('vendor'),
    },
    usb: {
      number: childText('number', unsigned),
      class: childText('class', unsigned),
      subclass: childText('subclass', unsigned),
      protocol: childText('protocol', unsigned),
      description: word('description'),
    },
    net: {
      interface: childText('interface', string),
      address: word('address'),
      link: child(linkSchema).optional(),
      feature: children(element('feature', { name: attr(string) })),
      capability: children(element('capability', { type: attr(oneOf('80203', '80211')) })),
    },
    scsi_host: {
      host: childText('host', unsigned),
      unique_id: count('unique_id'),
      capability: children(
        union('capability', 'type', {
          fc_host: { wwnn: word('wwnn'), wwpn: word('wwpn'), fabric_wwn: word('fabric_wwn') },
          vport_ops: { max_vports: count('max_vports'), vports: count('vports') },
        }),
      ),
    },
    scsi_target: {
      target: childText('target', string),
      capability: children(
        union('capability', 'type', { fc_remote_port: { rport: word('rport'), wwpn: word('wwpn') } }),
      ),
    },
    scsi: {
      host: childText('host', unsigned),
      bus: childText('bus', unsigned),
      target: childText('target', unsigned),
      lun: childText('lun', unsigned),
      /** The kind of SCSI device: disk, cdrom, tape … */
      scsiType: word('type'),
    },
    storage: {
      block: childText('block', string),
      bus: word('bus'),
      drive_type: word('drive_type'),
      model: word('model'),
      vendor: word('vendor'),
      serial: word('serial'),
      capability: children(union('capability', 'type', { removable: media, hotpluggable: {} })),
      size: count('size'),
      logical_block_size: count('logical_block_size'),
      num_blocks: count('num_blocks'),
    },
    scsi_generic: { char: word('char') },
    drm: { drmType: childText('type', oneOf('primary', 'control', 'render')) },
    mdev: {
      mdevType: child(element('type', { id: attr(string) })).optional(),
      uuid: childText('uuid', uuid).optional(),
      parent_addr: word('parent_addr'),
      iommuGroup,
      attr: children(element('attr', { name: attr(string), value: attr(string) })),
    },
    ccw: channelAddress,
    css: {
      ...channelAddress,
      channel_dev_addr: child(element('channel_dev_addr', channelAddress)).optional(),
      capability: children(union('capability', 'type', { mdev_types: mdevTypes })),
    },
    vdpa: { chardev: word('chardev') },
    ap_card: { apAdapter: childText('ap-adapter', hexadecimal(2, 0xff)) },
    ap_queue: {
      apAdapter: childText('ap-adapter', hexadecimal(2, 0xff)),
      apDomain: childText('ap-domain', hexadecimal(4, 0xffff)),
    },
    ap_matrix: { capability: children(union('capability', 'type', { mdev_types: mdevTypes })) },
    mdev_types: mdevTypes,
    fc_host: {},
    vports: {},
  },
  undefined,
  { endTag: 'always' },
);
export type NodeDeviceCapability = ModelOf<typeof capability>;

/** A device of the host. */
export const nodeDeviceSchema = element('device', {
  name: childText('name', string).optional(),
  path: childText('path', string).optional(),
  devnode: children(element('devnode', { type: attr(oneOf('dev', 'link')), value: text(string) })),
  parent: childText('parent', string).optional(),
  driver: child(element('driver', { name: word('name') })).optional(),
  capability: children(capability),
});
export type NodeDevice = ModelOf<typeof nodeDeviceSchema>;

/** Reads a node device's `<device>`. @throws XmlError with every issue. */
export const parseNodeDevice = (xml: string): NodeDevice => parseXml(nodeDeviceSchema, xml);

export const formatNodeDevice = (device: NodeDevice): string => formatXml(nodeDeviceSchema, device);
