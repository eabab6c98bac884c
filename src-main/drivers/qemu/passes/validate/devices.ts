import type { Filesystem, Input, Iommu, Tpm } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { isVirtiofs } from '../../devices/shared.ts';
import { devicesOf } from '../device-list.ts';
import { invalidDefinition, unsupported } from '../errors.ts';
import { isQ35 } from '../machine-kind.ts';
import type { CompleteDomain, Pass, PassContext } from '../types.ts';

export const validateDevices: Pass = (domain, context) => {
  const { devices } = domain;
  if (devices.iommu !== undefined) checkIommu(devices.iommu, domain, context);
  for (const tpm of devices.tpm) checkTpm(tpm);
  if (devices.tpm.length > 1) throw unsupported(say`A machine has one <tpm>.`);
  if (devices.smartcard.length > 1) throw unsupported(say`A machine has one <smartcard>.`);
  for (const input of devices.input) checkInput(input);
  const tags = new Set<string>();
  for (const folder of devices.filesystem) {
    checkFolder(folder, domain);
    const tag = folder.target?.dir ?? '';
    if (tags.has(tag)) throw unsupported(say`Two <filesystem> have the target '${tag}'.`);
    tags.add(tag);
  }
  for (const { name } of devices.shmem) {
    if (name.includes('/') || name === '.' || name === '..')
      throw unsupported(say`'${name}' can't be the name of a <shmem>.`);
  }
  const cid = devices.vsock?.cid?.address;
  if (cid !== undefined && cid < 3) throw unsupported(say`The <cid> of a <vsock> is at least 3.`);
  const types = devices.rng.flatMap(({ backend }) => (backend.model === 'builtin' ? ['rng-builtin'] : []));
  if (types.some((type) => !context.capabilities.hasType(type)))
    throw unsupported(say`This QEMU has no <rng> 'builtin'.`);
};

function checkIommu(iommu: Iommu, domain: CompleteDomain, { capabilities }: PassContext): void {
  const named = `<iommu model='${iommu.model}'>`;
  if (!isQ35(domain)) throw unsupported(say`${named} needs a q35 machine.`);
  if (iommu.model === 'intel') {
    if (iommu.address !== undefined) throw unsupported(say`${named} has no <address>.`);
    if (iommu.driver?.eim === true && iommu.driver.intremap !== true)
      throw unsupported(say`${named}: eim needs intremap.`);
    if (!capabilities.hasType('intel-iommu')) throw unsupported(say`This QEMU has no ${named}.`);
    return;
  }
  if (iommu.model !== 'virtio') return;
  // Before it could be told from ACPI tables, guests did not find it.
  if (!capabilities.hasProperty('virtio-iommu-pci', 'boot-bypass'))
    throw unsupported(say`This QEMU has no usable ${named}.`);
  if (domain.features?.acpi !== true) throw unsupported(say`${named} is described by ACPI, which is off (<acpi/>).`);
  if (iommu.driver !== undefined) throw unsupported(say`${named} has no <driver>.`);
  if (iommu.address !== undefined && iommu.address.type !== 'pci')
    throw unsupported(say`${named} needs a PCI <address>.`);
}

function checkTpm({ model, backend }: Tpm): void {
  const named = `<tpm model='${model}'>`;
  if (model !== 'tpm-tis' && model !== 'tpm-crb') throw unsupported(say`${named} is not part of a PC.`);
  if (backend.type !== 'emulator') return;
  if (backend.version === '1.2' && model === 'tpm-crb') throw unsupported(say`${named} is a TPM 2.0.`);
  if (backend.active_pcr_banks !== undefined && backend.version === '1.2') {
    throw unsupported(say`${named}: <active_pcr_banks> is for version='2.0'.`);
  }
}

function checkInput({ type, bus, source, model }: Input): void {
  const named = `<input type='${type}' bus='${bus}'>`;
  switch (bus) {
    case 'ps2':
      if (type !== 'mouse' && type !== 'keyboard') throw unsupported(say`${named}: PS/2 has a mouse and a keyboard.`);
      break;
    case 'usb':
    case 'virtio':
    case 'none':
    case undefined:
      break;
    default:
      throw unsupported(say`${named} is not supported.`);
  }
  if (type === 'passthrough' && bus !== 'virtio') throw unsupported(say`${named}: it needs bus='virtio'.`);
  if (type === 'passthrough' && source?.evdev === undefined)
    throw unsupported(say`${named}: it needs a <source evdev>.`);
  if (type !== 'passthrough' && type !== 'evdev' && source !== undefined)
    throw unsupported(say`${named} has no <source>.`);
  if (model === undefined) return;
  if (bus !== 'virtio') throw unsupported(say`${named}: model='${model}' needs bus='virtio'.`);
  if (model !== 'virtio' && type !== 'passthrough') throw unsupported(say`${named} has no model='${model}'.`);
}

function checkFolder(folder: Filesystem, domain: CompleteDomain): void {
  const named = `<filesystem> '${folder.target?.dir ?? ''}'`;
  if (folder.type !== 'mount') throw unsupported(say`${named} of type '${folder.type}' is not supported; 'mount' is.`);
  if (folder.target === undefined)
    throw unsupported(say`A <filesystem> needs a <target>: the name the guest mounts it by.`);
  const isMapped = folder.accessmode === 'mapped';
  if (!isVirtiofs(folder)) {
    const driver = folder.driver?.type;
    if (driver !== undefined && driver !== 'path' && driver !== 'handle' && driver !== 'mtp') {
      throw unsupported(say`${named}: <driver type='${driver}'> is not supported.`);
    }
    if ((folder.fmode ?? folder.dmode) !== undefined && !isMapped) {
      throw unsupported(say`${named}: fmode and dmode need accessmode='mapped'.`);
    }
    if (folder.boot !== undefined) throw unsupported(say`${named}: only virtiofs can be booted from.`);
    return;
  }
  if (folder.readonly === true) throw unsupported(say`${named}: virtiofs can't be read-only.`);
  if (folder.accessmode !== undefined && folder.accessmode !== 'passthrough') {
    throw unsupported(say`${named}: virtiofs has accessmode='passthrough' only.`);
  }
  for (const name of ['fmode', 'dmode', 'multidevs', 'model'] as const) {
    if (folder[name] !== undefined) throw unsupported(say`${named}: virtiofs has no ${name}.`);
  }
  if (!hasSharedMemory(domain)) {
    throw unsupported(say`${named}: virtiofs needs shared memory: <memoryBacking> with <access mode='shared'/>.`);
  }
}

/** Another process can see the guest's memory. */
function hasSharedMemory({ memoryBacking, cpu }: CompleteDomain): boolean {
  const cells = cpu?.numa?.cell ?? [];
  const isDefault = memoryBacking?.access?.mode === 'shared';
  if (cells.length === 0) return isDefault;
  return cells.every((cell) => (cell.memAccess === undefined ? isDefault : cell.memAccess === 'shared'));
}

/** Names of devices are unique. */
export const validateAliases: Pass = ({ devices }) => {
  const seen = new Set<string>();
  for (const { device } of devicesOf(devices)) {
    const name = device.alias?.name;
    if (name === undefined) continue;
    if (seen.has(name)) throw invalidDefinition(say`Two devices have the <alias name='${name}'>.`);
    seen.add(name);
  }
};
