import { attr, child, children, childText, element, flag, type ModelOf, tag, union } from '../../xml/schema.ts';
import { hexadecimal, oneOf, onOff, string, unsigned, yesNo } from '../../xml/values.ts';
import { routeSchema } from '../network-common.ts';
import { storageAuthSchema } from '../storage-secret.ts';
import { hostMdevAddressSchema, hostPciAddressSchema } from './address.ts';
import { deviceInfo, virtioModels } from './device-info.ts';
import { interfaceIpSchema, teamingSchema } from './interface.ts';
import { initiatorSchema, startupPolicies } from './storage-source.ts';

const usbSource = element('source', {
  startupPolicy: attr(startupPolicies).optional(),
  autoAddress: attr(yesNo).optional(),
  missing: attr(yesNo).optional(),
  guestReset: attr(oneOf('off', 'uninitialized', 'on')).optional(),
  vendor: child(element('vendor', { id: attr(hexadecimal(4, 0xffff)) })).optional(),
  product: child(element('product', { id: attr(hexadecimal(4, 0xffff)) })).optional(),
  address: child(
    element('address', {
      bus: attr(unsigned).optional(),
      device: attr(unsigned).optional(),
      port: attr(string).optional(),
    }),
  ).optional(),
});

const pciSource = element('source', {
  startupPolicy: attr(startupPolicies).optional(),
  writeFiltering: attr(yesNo).optional(),
  address: child(hostPciAddressSchema),
});

/** A device of a SCSI host adapter, or an iSCSI target's. */
const scsiSource = element('source', {
  protocol: attr(oneOf('adapter', 'iscsi')).optional(),
  name: attr(string).optional(),
  adapter: child(element('adapter', { name: attr(string) })).optional(),
  address: child(element('address', { bus: attr(unsigned), target: attr(unsigned), unit: attr(unsigned) })).optional(),
  host: children(element('host', { name: attr(string), port: attr(unsigned).optional() })),
  auth: child(storageAuthSchema).optional(),
  initiator: child(initiatorSchema).optional(),
});

const subsystem = {
  mode: attr(oneOf('subsystem')).default('subsystem'),
  type: tag(),
  managed: attr(yesNo).default(false),
};
const capabilities = { mode: attr(oneOf('capabilities')), type: tag() };

const tail = {
  teaming: child(teamingSchema).optional(),
  readonly: flag('readonly'),
  shareable: flag('shareable'),
  ...deviceInfo,
};

/** A device of the host given to the guest. */
export const hostdevSchema = union('hostdev', 'type', {
  usb: { ...subsystem, source: child(usbSource), ...tail },
  pci: {
    ...subsystem,
    display: attr(onOff).optional(),
    ramfb: attr(onOff).optional(),
    driver: child(
      element('driver', {
        name: attr(oneOf('kvm', 'vfio', 'xen')).optional(),
        model: attr(string).optional(),
      }),
    ).optional(),
    source: child(pciSource),
    ...tail,
  },
  scsi: {
    ...subsystem,
    sgio: attr(oneOf('filtered', 'unfiltered')).optional(),
    rawio: attr(yesNo).optional(),
    source: child(scsiSource),
    ...tail,
  },
  scsi_host: {
    ...subsystem,
    model: attr(oneOf(...virtioModels)).optional(),
    source: child(element('source', { protocol: attr(oneOf('vhost')), wwpn: attr(string) })),
    ...tail,
  },
  mdev: {
    ...subsystem,
    model: attr(oneOf('vfio-pci', 'vfio-ccw', 'vfio-ap')),
    display: attr(onOff).optional(),
    ramfb: attr(onOff).optional(),
    source: child(element('source', { address: child(hostMdevAddressSchema) })),
    ...tail,
  },
  storage: {
    ...capabilities,
    source: child(element('source', { block: childText('block', string) })),
    ...tail,
  },
  misc: {
    ...capabilities,
    source: child(element('source', { char: childText('char', string) })),
    ...tail,
  },
  net: {
    ...capabilities,
    source: child(element('source', { interface: childText('interface', string) })),
    ip: children(interfaceIpSchema),
    route: children(routeSchema),
    ...tail,
  },
});
export type Hostdev = ModelOf<typeof hostdevSchema>;
