/** Devices that are said in a line or two. */
import type {
  Hub,
  Iommu,
  Memballoon,
  Panic,
  Rng,
  Smartcard,
  Tpm,
  Vsock,
  Watchdog,
} from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import { addressProperties } from './address.ts';
import {
  aliasOf,
  chardevAlias,
  controllerAlias,
  type DeviceContext,
  type DeviceProperties,
  type ObjectProperties,
  onOffWord,
  positive,
} from './properties.ts';
import { virtioProperties } from './virtio.ts';

export const hubProperties = (hub: Hub, { domain }: DeviceContext): DeviceProperties => ({
  driver: 'usb-hub',
  id: aliasOf(hub),
  ...addressProperties(domain, hub),
});

/** `undefined` when the guest's memory is not to be changed while it runs. */
export function memballoonProperties(
  balloon: Memballoon,
  { domain, capabilities }: DeviceContext,
): DeviceProperties | undefined {
  if (balloon.model === 'none') return undefined;
  if (balloon.model === 'xen') throw unsupported(say`QEMU has no memory balloon of the model 'xen'.`);
  return {
    ...virtioProperties('virtio-balloon', balloon, balloon.model, capabilities),
    id: aliasOf(balloon),
    'deflate-on-oom': balloon.autodeflate,
    'free-page-reporting': balloon.freePageReporting,
    ...addressProperties(domain, balloon),
  };
}

export const watchdogProperties = (watchdog: Watchdog, { domain }: DeviceContext): DeviceProperties => ({
  driver: watchdog.model,
  id: aliasOf(watchdog),
  ...addressProperties(domain, watchdog),
});

export function rngObject(rng: Rng): ObjectProperties {
  const id = `obj${aliasOf(rng)}`;
  switch (rng.backend.model) {
    case 'random':
      return { 'qom-type': 'rng-random', id, filename: rng.backend.value ?? '/dev/random' };
    case 'egd':
      return { 'qom-type': 'rng-egd', id, chardev: chardevAlias(rng) };
    case 'builtin':
      return { 'qom-type': 'rng-builtin', id };
  }
}

export function rngProperties(rng: Rng, { domain, capabilities }: DeviceContext): DeviceProperties {
  const bytes = positive(rng.rate?.bytes);
  return {
    ...virtioProperties('virtio-rng', rng, rng.model, capabilities),
    rng: `obj${aliasOf(rng)}`,
    id: aliasOf(rng),
    'max-bytes': bytes,
    period: bytes === undefined ? undefined : (positive(rng.rate?.period) ?? 1000),
    ...addressProperties(domain, rng),
  };
}

export const tpmdevAlias = (tpm: Tpm): string => `tpm-${aliasOf(tpm)}`;

export const tpmProperties = (tpm: Tpm, { domain }: DeviceContext): DeviceProperties => ({
  driver: tpm.model ?? 'tpm-tis',
  tpmdev: tpmdevAlias(tpm),
  id: aliasOf(tpm),
  ...addressProperties(domain, tpm),
});

/** The device by which a guest tells that it crashed; `undefined` for what is part of the CPU. */
export function panicProperties(panic: Panic): DeviceProperties | undefined {
  switch (panic.model) {
    case 'isa':
      return { driver: 'pvpanic', ioport: panic.address?.type === 'isa' ? (panic.address.iobase ?? 0) : undefined };
    case 'hyperv':
      return undefined;
    default:
      throw unsupported(say`A <panic> device of the model '${panic.model}' is not supported.`);
  }
}

export function vsockProperties(
  vsock: Vsock,
  { domain, capabilities }: DeviceContext,
  descriptor: string,
): DeviceProperties {
  return {
    ...virtioProperties('vhost-vsock', vsock, vsock.model, capabilities),
    id: aliasOf(vsock),
    'guest-cid': vsock.cid?.address,
    vhostfd: descriptor,
    ...addressProperties(domain, vsock),
  };
}

export function iommuProperties(iommu: Iommu, { domain }: DeviceContext): DeviceProperties {
  const { driver } = iommu;
  if (iommu.model === 'virtio') {
    return { driver: 'virtio-iommu', id: aliasOf(iommu), ...addressProperties(domain, iommu) };
  }
  if (iommu.model !== 'intel') throw unsupported(say`An <iommu> of the model '${iommu.model}' is not supported.`);
  return {
    driver: 'intel-iommu',
    id: aliasOf(iommu),
    intremap: onOffWord(driver?.intremap),
    'caching-mode': driver?.caching_mode,
    eim: onOffWord(driver?.eim),
    'device-iotlb': driver?.iotlb,
    'aw-bits': driver?.aw_bits,
  };
}

const certificateDatabase = '/etc/pki/nssdb';

export function smartcardProperties(card: Smartcard, { domain }: DeviceContext): DeviceProperties {
  const controller = card.address?.type === 'ccid' ? (card.address.controller ?? 0) : 0;
  const place = { id: aliasOf(card), bus: `${controllerAlias(domain, 'ccid', controller)}.0` };
  switch (card.mode) {
    case 'host':
      return { driver: 'ccid-card-emulated', backend: 'nss-emulated', ...place };
    case 'host-certificates': {
      const [cert1, cert2, cert3] = card.certificate;
      const db = card.database ?? certificateDatabase;
      return { driver: 'ccid-card-emulated', backend: 'certificates', cert1, cert2, cert3, db, ...place };
    }
    case 'passthrough':
      return { driver: 'ccid-card-passthru', chardev: chardevAlias(card), ...place };
  }
}
