/** The sections that list devices, one a kind; their order is `build.ts`'. */
import { diskSteps } from '../devices/block.ts';
import { asCharacterDevice } from '../devices/chardev.ts';
import { controllerProperties } from '../devices/controller.ts';
import { diskProperties } from '../devices/disk.ts';
import { cardAsHostdev, hostdevProperties, scsiHostdevSteps } from '../devices/hostdev.ts';
import { evdevObject, inputProperties } from '../devices/input.ts';
import { netdevProperties } from '../devices/netdev.ts';
import { networkCardProperties } from '../devices/network-card.ts';
import { chardevAlias, positive, vhostUserAlias } from '../devices/properties.ts';
import { filesystemProperties, fsdevOptions, isVirtiofs, shmemObject, shmemProperties } from '../devices/shared.ts';
import {
  hubProperties,
  iommuProperties,
  memballoonProperties,
  panicProperties,
  rngObject,
  rngProperties,
  tpmdevAlias,
  tpmProperties,
  vsockProperties,
  watchdogProperties,
} from '../devices/small-devices.ts';
import { audiodevProperties, soundProperties } from '../devices/sound.ts';
import { videoProperties } from '../devices/video.ts';
import { unsupported } from '../passes/errors.ts';
import { isQ35, needsFloppyController } from '../passes/machine-kind.ts';
import { escapeComma, toJson } from './json.ts';
import type { OptionList } from './option-list.ts';
import type { BuildContext, Section } from './types.ts';
import { say } from '../../../../src-shared/words.ts';

export const iommu: Section = (options, context) => {
  const { iommu: device } = context.domain.devices;
  if (device !== undefined) options.device(iommuProperties(device, context));
};

const hostBridges: Partial<Record<string, string>> = { 'pci-root': 'i440FX-pcihost', 'pcie-root': 'q35-pcihost' };

export const controllerGlobals: Section = (options, { domain }) => {
  for (const controller of domain.devices.controller) {
    if (controller.type !== 'pci' || controller.pcihole64 === undefined) continue;
    const bridge = hostBridges[controller.model ?? ''];
    if (bridge === undefined) throw unsupported(say`Only the root PCI controller has a <pcihole64>.`);
    options.add('-global', `${bridge}.pci-hole64-size=${controller.pcihole64.KiB}K`);
  }
};

const controllerOrder = ['pci', 'usb', 'scsi', 'ide', 'sata', 'virtio-serial'] as const;

export const controllers: Section = (options, context) => {
  for (const type of controllerOrder) controllersOfType(options, context, type);
  const usb = context.domain.devices.controller.filter((item) => item.type === 'usb');
  if (usb.some((item) => item.model === 'none')) return;
  // What the board itself has when this QEMU offers no controller by name.
  if (usb.every((item) => item.model === undefined) && !isQ35(context.domain)) options.add('-usb');
};

function controllersOfType(options: OptionList, context: BuildContext, type: string): void {
  for (const controller of context.domain.devices.controller) {
    if (controller.type !== type) continue;
    if (controller.type === 'pci' && controller.model === 'pci-root' && controller.target?.hotplug !== undefined) {
      options.add('-global', `PIIX4_PM.acpi-root-pci-hotplug=${controller.target.hotplug ? 'on' : 'off'}`);
    }
    options.device(controllerProperties(controller, context));
  }
}

export const smartcardReaders: Section = (options, context) => {
  controllersOfType(options, context, 'ccid');
};

export const hubs: Section = (options, context) => {
  for (const hub of context.domain.devices.hub) options.device(hubProperties(hub, context));
};

export const disks: Section = (options, context) => {
  const { domain, launch } = context;
  floppyController(options, context);
  for (const disk of domain.devices.disk) {
    if (disk.transient?.shareBacking === true) continue;
    if (disk.type === 'vhostuser') {
      const path = disk.source?.path ?? '';
      const reconnect = disk.source?.reconnect === undefined ? {} : { reconnect: disk.source.reconnect };
      options.chardev({ type: 'unix', source: { path, seclabel: [], ...reconnect } }, vhostUserAlias(disk), {});
    }
    for (const step of diskSteps(disk, launch.block)) options.step(step);
    options.device(diskProperties(disk, context));
  }
};

function floppyController(options: OptionList, { domain, bootIndex }: BuildContext): void {
  const floppies = domain.devices.disk.filter((disk) => disk.target.bus === 'fdc');
  if (floppies.length === 0) return;
  const of = (unit: number): number | undefined => {
    const floppy = floppies.findLast(
      (disk) => (disk.address?.type === 'drive' ? (disk.address.unit ?? 0) : 0) === unit,
    );
    return floppy === undefined ? undefined : positive(bootIndex(floppy));
  };
  const [first, second] = [of(0), of(1)];
  if (needsFloppyController(domain)) {
    options.device({ driver: 'isa-fdc', bootindexA: first, bootindexB: second });
    return;
  }
  if (first !== undefined) options.add('-global', `isa-fdc.bootindexA=${first}`);
  if (second !== undefined) options.add('-global', `isa-fdc.bootindexB=${second}`);
}

export const folders: Section = (options, context) => {
  for (const folder of context.domain.devices.filesystem) {
    if (isVirtiofs(folder)) {
      const own = 'socket' in folder.source ? folder.source.socket : undefined;
      const path = own ?? context.launch.virtiofsSocket?.(folder);
      if (path === undefined) throw unsupported(say`virtiofsd, which serves folders to guests, is not available.`);
      options.chardev({ type: 'unix', source: { path, seclabel: [] } }, vhostUserAlias(folder), {});
    } else {
      if (folder.driver?.type === 'handle')
        throw unsupported(say`QEMU no longer has <filesystem><driver type='handle'>.`);
      const parts = fsdevOptions(folder).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${escapeComma(value)}`],
      );
      options.add('-fsdev', ['local', ...parts, ...(folder.readonly === true ? ['readonly'] : [])].join(','));
    }
    options.device(filesystemProperties(folder, context));
  }
};

export const networkCards: Section = (options, context) => {
  for (const card of context.domain.devices.interface) {
    if (card.type === 'hostdev') continue;
    if (card.type === 'vhostuser') {
      const { path = '', mode, reconnect } = card.source ?? {};
      const end = { path, mode: mode === 'server' ? ('bind' as const) : ('connect' as const), seclabel: [] };
      const source = reconnect === undefined ? end : { ...end, reconnect };
      // The machine can't do without it, so QEMU waits for the other end.
      options.chardev({ type: 'unix', source }, chardevAlias(card), { waits: true });
    }
    options.netdev(netdevProperties(card, context.launch.network));
    options.device(networkCardProperties(card, context));
  }
};

export const tpms: Section = (options, context) => {
  const { launch } = context;
  for (const tpm of context.domain.devices.tpm) {
    const { backend } = tpm;
    const id = `id=${tpmdevAlias(tpm)}`;
    if (backend.type === 'passthrough') {
      const paths = launch.tpmDevice?.(tpm);
      if (paths === undefined)
        throw unsupported(say`The host's TPM can only be given to a guest by a privileged connection.`);
      const cancel = `cancel-path=${escapeComma(paths.cancelPath)}`;
      options.add('-tpmdev', ['passthrough', id, `path=${escapeComma(paths.path)}`, cancel].join(','));
    } else {
      const path = backend.type === 'external' ? backend.source.path : launch.run.tpmSocket(tpm);
      options.chardev({ type: 'unix', source: { path, seclabel: [] } }, 'chrtpm', {});
      options.add('-tpmdev', `emulator,${id},chardev=chrtpm`);
    }
    options.device(tpmProperties(tpm, context));
  }
};

export const inputs: Section = (options, context) => {
  for (const input of context.domain.devices.input) {
    options.object(evdevObject(input));
    options.device(inputProperties(input, context));
  }
};

export const audio: Section = (options, context) => {
  for (const item of context.domain.devices.audio) {
    options.add('-audiodev', toJson(audiodevProperties(item)));
    if (item.type === 'sdl' && item.driver !== undefined) options.environment['SDL_AUDIODRIVER'] = item.driver;
  }
};

export const video: Section = (options, context) => {
  for (const card of context.domain.devices.video) {
    if (card.driver?.name === 'vhostuser') {
      const fd = context.launch.vhostDescriptor?.(card);
      if (fd === undefined)
        throw unsupported(say`Graphics in a process of their own (vhost-user) are not supported yet.`);
      options.chardev({ type: 'unix', source: { seclabel: [] } }, vhostUserAlias(card), { descriptor: () => fd });
    }
    options.device(videoProperties(card, context));
  }
};

export const sound: Section = (options, context) => {
  for (const card of context.domain.devices.sound) {
    for (const device of soundProperties(card, context)) options.device(device);
  }
};

export const watchdogs: Section = (options, context) => {
  for (const watchdog of context.domain.devices.watchdog) {
    options.device(watchdogProperties(watchdog, context));
    // A dump is taken by us, when QEMU tells that it has paused the guest.
    options.add('-watchdog-action', watchdog.action === 'dump' ? 'pause' : watchdog.action);
  }
};

export const hostDevices: Section = (options, context) => {
  const { launch } = context;
  for (const card of context.domain.devices.interface) {
    if (card.type !== 'hostdev') continue;
    const own = { ...context, bootIndex: () => context.bootIndex(card) };
    options.device(hostdevProperties(cardAsHostdev(card), own));
  }
  for (const hostdev of context.domain.devices.hostdev) {
    if (hostdev.type === 'scsi') {
      const path = launch.scsiGenericPath;
      if (path === undefined)
        throw unsupported(say`The host's SCSI devices need a privileged connection (qemu:///system).`);
      for (const step of scsiHostdevSteps(hostdev, context.domain, path, launch.block)) options.step(step);
    }
    options.device(hostdevProperties(hostdev, context, launch.vhostDescriptor));
  }
};

export const memballoon: Section = (options, context) => {
  const { memballoon: balloon } = context.domain.devices;
  if (balloon !== undefined) options.device(memballoonProperties(balloon, context));
};

export const rngs: Section = (options, context) => {
  for (const rng of context.domain.devices.rng) {
    if (rng.backend.model === 'egd') {
      options.chardev(asCharacterDevice(rng.backend), chardevAlias(rng), context.launch.chardev);
    }
    options.object(rngObject(rng));
    options.device(rngProperties(rng, context));
  }
};

export const panics: Section = (options, context) => {
  for (const panic of context.domain.devices.panic) options.device(panicProperties(panic));
};

export const sharedMemory: Section = (options, context) => {
  for (const shmem of context.domain.devices.shmem) {
    options.object(shmemObject(shmem));
    options.device(shmemProperties(shmem, context));
    if (shmem.server === undefined) continue;
    const path = shmem.server.path ?? `/var/lib/libvirt/shmem-${shmem.name}-sock`;
    options.chardev({ type: 'unix', source: { path, seclabel: [] } }, chardevAlias(shmem), {});
  }
};

export const vsock: Section = (options, context) => {
  const { vsock: device } = context.domain.devices;
  if (device === undefined) return;
  const fd = context.launch.vhostDescriptor?.('vsock');
  if (fd === undefined) throw unsupported(say`<vsock> needs a privileged connection (qemu:///system).`);
  options.device(vsockProperties(device, context, fd));
};
