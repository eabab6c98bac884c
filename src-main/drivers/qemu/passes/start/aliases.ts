/**
 * The names devices have in a running machine, as libvirt gives them. They are not kept in the definition; one the
 * user chose (`ua-…`) is.
 */
import type { Controller, Disk } from '../../../../../src-shared/model/domain/index.ts';
import { hasBuiltinIde, isQ35 } from '../machine-kind.ts';
import { diskIndex } from '../disk-name.ts';
import type { CompleteDomain } from '../types.ts';
import type { StartPass } from './types.ts';

interface Named {
  alias?: { name: string };
}

export const assignAliases: StartPass = (domain) => {
  const { devices } = domain;
  for (const disk of devices.disk) disk.alias ??= { name: diskAlias(domain, disk) };
  for (const card of devices.interface) {
    const prefix = card.type === 'hostdev' ? 'hostdev' : 'net';
    card.alias ??= { name: nextAlias(prefix, [...devices.interface, ...devices.hostdev]) };
  }
  for (const folder of devices.filesystem) folder.alias ??= { name: nextAlias('fs', devices.filesystem) };
  byPlace('sound', devices.sound);
  for (const hostdev of devices.hostdev) {
    hostdev.alias ??= { name: nextAlias('hostdev', [...devices.interface, ...devices.hostdev]) };
  }
  byPlace('redir', devices.redirdev);
  byPlace('video', devices.video);
  for (const controller of devices.controller) controller.alias ??= { name: controllerAliasFor(domain, controller) };
  byPlace('input', devices.input);
  byPlace('parallel', devices.parallel);
  byPlace('serial', devices.serial);
  byPlace('channel', devices.channel);
  for (const console of devices.console) {
    // It is the serial port once more.
    const twin = console.target?.type === 'serial' ? devices.serial[console.target.port ?? 0]?.alias : undefined;
    if (twin !== undefined) console.alias ??= { ...twin };
  }
  byPlace('console', devices.console);
  byPlace('hub', devices.hub);
  byPlace('shmem', devices.shmem);
  byPlace('smartcard', devices.smartcard);
  byPlace('watchdog', devices.watchdog);
  if (devices.memballoon !== undefined && devices.memballoon.model !== 'none') byPlace('balloon', [devices.memballoon]);
  for (const rng of devices.rng) rng.alias ??= { name: nextAlias('rng', devices.rng) };
  byPlace('tpm', devices.tpm);
  for (const memory of devices.memory) memory.alias ??= { name: memoryAlias(memory, devices.memory) };
  if (devices.vsock !== undefined) byPlace('vsock', [devices.vsock]);
  if (devices.iommu !== undefined) byPlace('iommu', [devices.iommu]);
};

function byPlace(prefix: string, list: readonly Named[]): void {
  list.forEach((device, place) => {
    device.alias ??= { name: `${prefix}${place}` };
  });
}

/** One above the highest number in use. */
function nextAlias(prefix: string, list: readonly Named[]): string {
  const pattern = new RegExp(`^${prefix}(\\d+)$`);
  const used = list.map((device) => Number(pattern.exec(device.alias?.name ?? '')?.[1] ?? -1));
  return `${prefix}${Math.max(-1, ...used) + 1}`;
}

/** A drive is called by its place, any other disk by its name. */
function diskAlias(domain: CompleteDomain, disk: Disk): string {
  const { address } = disk;
  const { bus } = disk.target;
  if (address?.type !== 'drive') return `${bus}-disk${diskIndex(disk.target.dev) ?? 0}`;
  const { controller = 0, bus: channel = 0, target = 0, unit = 0 } = address;
  const scsi = domain.devices.controller.find((item) => item.type === 'scsi' && item.index === controller);
  const hasTargets = bus === 'scsi' && !(scsi?.type === 'scsi' && scsi.model === 'lsilogic');
  return `${bus}${[controller, channel, ...(hasTargets ? [target] : []), unit].join('-')}`;
}

function controllerAliasFor(domain: CompleteDomain, controller: Controller): string {
  const index = controller.index ?? 0;
  switch (controller.type) {
    case 'pci':
      return controller.model === 'pcie-root' ? `pcie.${index}` : `pci.${index}`;
    case 'ide':
      if (index === 0 && hasBuiltinIde(domain)) return 'ide';
      break;
    case 'sata':
      if (index === 0 && isQ35(domain)) return 'ide';
      break;
    case 'usb':
      if (index === 0) return 'usb';
      break;
    default:
      break;
  }
  return `${controller.type}${index}`;
}

const memoryPrefixes = {
  dimm: 'dimm',
  nvdimm: 'nvdimm',
  'virtio-pmem': 'virtiopmem',
  'virtio-mem': 'virtiomem',
  'sgx-epc': 'epc',
} as const;

function memoryAlias(memory: CompleteDomain['devices']['memory'][number], all: readonly Named[]): string {
  const prefix = memoryPrefixes[memory.model];
  if (memory.model !== 'dimm' && memory.model !== 'nvdimm') return nextAlias(prefix, all);
  return `${prefix}${memory.address?.type === 'dimm' ? (memory.address.slot ?? 0) : 0}`;
}
