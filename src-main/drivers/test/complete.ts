/** What the pretended hypervisor makes of a definition. */
import { randomBytes } from 'node:crypto';
import type { Domain, Interface } from '../../../src-shared/model/domain/index.ts';
import { normaliseDomain } from '../../../src-shared/model/domain/normalise.ts';

/** libvirt's test host is an i686. Network cards without an address get one of QEMU's range, as libvirt gives them. */
export function complete(domain: Domain): Domain {
  const normal = normaliseDomain(domain, { hostArchitecture: 'i686' });
  if (normal.devices === undefined || normal.devices.interface.every((card) => card.mac?.address !== undefined)) {
    return normal;
  }
  return {
    ...normal,
    devices: { ...normal.devices, interface: normal.devices.interface.map((card) => withMac(card, randomBytes(3))) },
  };
}

export function withMac(card: Interface, bytes: Uint8Array): Interface {
  if (card.mac?.address !== undefined) return card;
  const address = [0x52, 0x54, 0x00, ...bytes.subarray(0, 3)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');
  return { ...card, mac: { ...card.mac, address } };
}
