import type { Redirfilter } from '../../../../../src-shared/model/domain/redirfilter.ts';
import type { Hostdev, Input, Shmem } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { invalidDefinition, placementFailed, unsupported } from '../errors.ts';
import { isSerialStandIn } from '../device-list.ts';
import type { CompleteDomain, Pass, PassContext } from '../types.ts';
import { forgetEmptySource } from './character-devices.ts';

/** Keyboards and mice sit on PS/2, tablets on USB. */
export const completeInputs: Pass = ({ devices }) => {
  for (const input of devices.input) {
    const bus = input.bus ?? inputBus(input);
    if (bus !== undefined) input.bus = bus;
  }
};

function inputBus({ type }: Input): Input['bus'] {
  if (type === 'mouse' || type === 'keyboard') return 'ps2';
  if (type === 'passthrough') return 'virtio';
  return type === 'evdev' ? undefined : 'usb';
}

/** The defaults of the devices that need little. */
export const completeOtherDevices: Pass = (domain, context) => {
  const { devices } = domain;
  for (const sound of devices.sound) sound.codec ??= [];
  const isGenerated = context.environment.isGeneratedPath ?? (() => false);
  for (const channel of devices.channel) forgetEmptySource(channel, isGenerated);
  for (const console of devices.console) if (!isSerialStandIn(console)) forgetEmptySource(console, isGenerated);
  for (const rng of devices.rng) if (rng.backend.model === 'random') rng.backend.value ??= '/dev/random';
  for (const panic of devices.panic) panic.model ??= 'isa';
  const models = devices.panic.map((panic) => panic.model);
  const double = models.find((model, place) => models.indexOf(model) !== place);
  if (double !== undefined) throw invalidDefinition(say`Two <panic> devices are of the model '${double}'.`);
  for (const tpm of devices.tpm) {
    tpm.model ??= 'tpm-tis';
    if (tpm.backend.type === 'emulator') tpm.backend.version ??= tpm.model === 'tpm-crb' ? '2.0' : '1.2';
  }
  if (devices.vsock !== undefined) {
    devices.vsock.model ??= 'virtio';
    const cid = (devices.vsock.cid ??= {});
    cid.auto ??= cid.address === undefined;
  }
  for (const memory of devices.memory) if (memory.model === 'virtio-pmem') memory.access ??= 'shared';
  for (const folder of devices.filesystem) {
    if (!('socket' in folder.source) || folder.source.socket === undefined) folder.accessmode ??= 'passthrough';
  }
  for (const shmem of devices.shmem) completeShmem(shmem);
  for (const hostdev of devices.hostdev) completeHostdev(hostdev, domain, context);
  for (const rule of devices.redirfilter?.usbdev ?? []) completeRule(rule);
};

/** `-1` stands for anything and is left out; `2.1` is 2.10. */
function completeRule(rule: Redirfilter['usbdev'][number]): void {
  for (const name of ['class', 'vendor', 'product'] as const) if ((rule[name] ?? 0) < 0) delete rule[name];
  if (rule.version === '-1') delete rule.version;
  const parts = /^(\d+)\.(\d)$/.exec(rule.version ?? '');
  if (parts !== null) rule.version = `${parts[1]}.${parts[2]}0`;
}

function completeShmem(shmem: Shmem): void {
  shmem.model ??= { type: 'ivshmem' };
  const model = (shmem.model.type ??= 'ivshmem');
  if (model !== 'ivshmem-doorbell') shmem.size ??= { bytes: 4 * 1024 * 1024 };
  if (model === 'ivshmem') return;
  if (shmem.server === undefined) {
    if (model === 'ivshmem-doorbell')
      throw unsupported(say`<shmem> '${shmem.name}' of model '${model}' needs a <server>.`);
    return;
  }
  if (model === 'ivshmem-plain')
    throw unsupported(say`<shmem> '${shmem.name}' of model '${model}' can't have a <server>.`);
  if (shmem.size !== undefined)
    throw unsupported(say`<shmem> '${shmem.name}' of model '${model}' can't have a <size>.`);
  shmem.msi ??= {};
  shmem.msi.ioeventfd ??= true;
}

function completeHostdev(hostdev: Hostdev, domain: CompleteDomain, { capabilities }: PassContext): void {
  const canDisplay = capabilities.hasProperty('vfio-pci', 'display');
  if (hostdev.type === 'mdev' && hostdev.model === 'vfio-pci' && canDisplay) hostdev.display ??= false;
  if (hostdev.type !== 'scsi') return;
  if (hostdev.source.protocol === 'iscsi' && hostdev.source.name?.includes('/') === false) hostdev.source.name += '/0';
  hostdev.address ??= freeScsiPlace(domain);
}

/** Units 0 to 6 of the first controller that has one free. */
function freeScsiPlace({ devices }: CompleteDomain): NonNullable<Hostdev['address']> {
  const used = new Set<string>();
  const note = ({ address }: { address?: Hostdev['address'] }): void => {
    if (address?.type !== 'drive' || (address.bus ?? 0) !== 0 || (address.target ?? 0) !== 0) return;
    used.add(`${address.controller ?? 0}/${address.unit ?? 0}`);
  };
  for (const disk of devices.disk) if (disk.target.bus === 'scsi') note(disk);
  for (const other of devices.hostdev) if (other.type === 'scsi') note(other);
  for (let controller = 0; controller < 256; controller += 1) {
    for (let unit = 0; unit < 7; unit += 1) {
      if (!used.has(`${controller}/${unit}`)) return { type: 'drive', controller, bus: 0, target: 0, unit };
    }
  }
  throw placementFailed(say`No place on a SCSI controller is left for a host device.`);
}
