import { attr, child, element, type ModelOf, union } from '../../xml/schema.ts';
import { hexadecimal, onOff, string, unsigned, uuid } from '../../xml/values.ts';

/** The four numbers of a PCI address; written in hexadecimal, absent when libvirt is to choose. */
export const pciNumbers = {
  domain: attr(hexadecimal(4, 0xffff_ffff)).optional(),
  bus: attr(hexadecimal(2, 0xff)).optional(),
  slot: attr(hexadecimal(2, 0x1f)).optional(),
  function: attr(hexadecimal(1, 7)).optional(),
};

const zpci = element('zpci', {
  uid: attr(hexadecimal(4, 0xffff)).optional(),
  fid: attr(hexadecimal(8, 0xffff_ffff)).optional(),
});

/** Where a device sits on the guest's buses. */
export const addressSchema = union('address', 'type', {
  pci: {
    ...pciNumbers,
    multifunction: attr(onOff).optional(),
    zpci: child(zpci).optional(),
  },
  drive: {
    controller: attr(unsigned).optional(),
    bus: attr(unsigned).optional(),
    target: attr(unsigned).optional(),
    unit: attr(unsigned).optional(),
  },
  'virtio-serial': {
    controller: attr(unsigned).optional(),
    bus: attr(unsigned).optional(),
    port: attr(unsigned).optional(),
  },
  ccid: { controller: attr(unsigned).optional(), slot: attr(unsigned).optional() },
  usb: { bus: attr(unsigned).optional(), port: attr(string).optional() },
  'spapr-vio': { reg: attr(hexadecimal(8, Number.MAX_SAFE_INTEGER)).optional() },
  'virtio-s390': {},
  ccw: {
    cssid: attr(hexadecimal(1, 0xfe)).optional(),
    ssid: attr(hexadecimal(1, 3)).optional(),
    devno: attr(hexadecimal(4, 0xffff)).optional(),
  },
  'virtio-mmio': {},
  isa: { iobase: attr(hexadecimal(1, 0xffff)).optional(), irq: attr(hexadecimal(1, 0xff)).optional() },
  dimm: { slot: attr(unsigned).optional(), base: attr(hexadecimal(1, Number.MAX_SAFE_INTEGER)).optional() },
  unassigned: {},
});
export type Address = ModelOf<typeof addressSchema>;

/** A host PCI device: `<address domain='0x0000' bus='0x06' slot='0x02' function='0x0'/>`. */
export const hostPciAddressSchema = element('address', pciNumbers);
export type HostPciAddress = ModelOf<typeof hostPciAddressSchema>;

/** A mediated device of the host. */
export const hostMdevAddressSchema = element('address', { uuid: attr(uuid) });
