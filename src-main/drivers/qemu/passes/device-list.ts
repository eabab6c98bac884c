import type {
  Address,
  Channel,
  Console,
  Controller,
  Devices,
  Disk,
  Filesystem,
  Hostdev,
  Hub,
  Input,
  Interface,
  Iommu,
  Memballoon,
  MemoryDevice,
  Panic,
  Parallel,
  Redirdev,
  Rng,
  Serial,
  Shmem,
  Smartcard,
  Sound,
  Tpm,
  Video,
  Vsock,
  Watchdog,
} from '../../../../src-shared/model/domain/index.ts';

/** What the parts of a device that say where it sits look like, whatever the device. */
export interface Addressed {
  address?: Address;
  alias?: { name: string };
  boot?: { order: number };
}

interface Ref<K extends string, D> {
  readonly kind: K;
  readonly device: D;
}

/** A device and what it is. */
export type DeviceRef =
  | Ref<'disk', Disk>
  | Ref<'interface', Interface>
  | Ref<'sound', Sound>
  | Ref<'hostdev', Hostdev>
  | Ref<'video', Video>
  | Ref<'controller', Controller>
  | Ref<'smartcard', Smartcard>
  | Ref<'serial', Serial>
  | Ref<'parallel', Parallel>
  | Ref<'channel', Channel>
  | Ref<'console', Console>
  | Ref<'input', Input>
  | Ref<'filesystem', Filesystem>
  | Ref<'watchdog', Watchdog>
  | Ref<'memballoon', Memballoon>
  | Ref<'rng', Rng>
  | Ref<'hub', Hub>
  | Ref<'shmem', Shmem>
  | Ref<'tpm', Tpm>
  | Ref<'panic', Panic>
  | Ref<'memory', MemoryDevice>
  | Ref<'redirdev', Redirdev>
  | Ref<'iommu', Iommu>
  | Ref<'vsock', Vsock>;

/**
 * Every device with a place on a bus, in the order in which libvirt goes through them. A first console that stands for
 * the first serial port is not a device.
 */
export function devicesOf(devices: Devices): DeviceRef[] {
  const list: DeviceRef[] = [];
  const all = <K extends DeviceRef['kind']>(
    kind: K,
    items: readonly Extract<DeviceRef, { kind: K }>['device'][],
  ): void => {
    for (const device of items) list.push({ kind, device } as DeviceRef);
  };
  all('disk', devices.disk);
  all('interface', devices.interface);
  all('sound', devices.sound);
  all('hostdev', devices.hostdev);
  all('video', devices.video);
  all('controller', devices.controller);
  all('smartcard', devices.smartcard);
  all('serial', devices.serial);
  all('parallel', devices.parallel);
  all('channel', devices.channel);
  all('console', devices.console.slice(isSerialStandIn(devices.console[0]) ? 1 : 0));
  all('input', devices.input);
  all('filesystem', devices.filesystem);
  all('watchdog', devices.watchdog);
  if (devices.memballoon !== undefined) all('memballoon', [devices.memballoon]);
  all('rng', devices.rng);
  all('hub', devices.hub);
  all('shmem', devices.shmem);
  all('tpm', devices.tpm);
  all('panic', devices.panic);
  all('memory', devices.memory);
  all('redirdev', devices.redirdev);
  if (devices.iommu !== undefined) all('iommu', [devices.iommu]);
  if (devices.vsock !== undefined) all('vsock', [devices.vsock]);
  return list;
}

/** `<console>` began as another name for the first serial port; that first console is no device of its own. */
export function isSerialStandIn(console: Console | undefined): boolean {
  return console !== undefined && (console.target?.type ?? 'serial') === 'serial';
}
