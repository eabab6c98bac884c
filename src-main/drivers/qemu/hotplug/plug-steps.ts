/**
 * What QEMU is told to give a running machine a device: the same properties as on the command line, in the same order,
 * each with what takes it back.
 */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Controller, Disk, Input, Interface, Rng, Watchdog } from '../../../../src-shared/model/domain/index.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import type { BlockHost } from '../devices/block-host.ts';
import { diskSteps } from '../devices/block.ts';
import { controllerProperties } from '../devices/controller.ts';
import { diskProperties } from '../devices/disk.ts';
import { inputProperties } from '../devices/input.ts';
import { netdevProperties, type NetworkHost } from '../devices/netdev.ts';
import { networkCardProperties } from '../devices/network-card.ts';
import { type DeviceContext, type DeviceProperties } from '../devices/properties.ts';
import { rngObject, rngProperties, watchdogProperties } from '../devices/small-devices.ts';

export interface PlugStep {
  readonly command: string;
  readonly args: object;
  /** Absent for the device itself, which its guest has to let go of. */
  readonly undo?: { readonly command: string; readonly args: object };
}

export interface PlugContext extends DeviceContext {
  readonly block: BlockHost;
  readonly network: NetworkHost;
}

/** The kinds of devices that can come and go, as `<devices>` names them. */
export type PluggableDevice =
  | { readonly kind: 'disk'; readonly device: Disk }
  | { readonly kind: 'interface'; readonly device: Interface }
  | { readonly kind: 'controller'; readonly device: Controller }
  | { readonly kind: 'input'; readonly device: Input }
  | { readonly kind: 'rng'; readonly device: Rng }
  | { readonly kind: 'watchdog'; readonly device: Watchdog };

const pluggable = ['disk', 'interface', 'controller', 'input', 'rng', 'watchdog'] as const;

export function isPluggable(item: { readonly kind: string; readonly device: object }): item is PluggableDevice {
  return (pluggable as readonly string[]).includes(item.kind);
}

/** @throws VirError `operation-unsupported` for a device that its bus can't take while the machine runs. */
export function plugSteps(item: PluggableDevice, context: PlugContext): PlugStep[] {
  refuseColdBus(item);
  switch (item.kind) {
    case 'disk':
      return [...blockSteps(item.device, context.block), deviceAdd(diskProperties(item.device, context))];
    case 'interface': {
      const netdev = netdevProperties(item.device, context.network);
      return [
        { command: 'netdev_add', args: netdev, undo: { command: 'netdev_del', args: { id: netdev.id } } },
        deviceAdd(networkCardProperties(item.device, context)),
      ];
    }
    case 'controller':
      return [deviceAdd(required(controllerProperties(item.device, context), 'controller'))];
    case 'input':
      return [deviceAdd(required(inputProperties(item.device, context), 'input'))];
    case 'rng':
      return [objectAdd(rngObject(item.device)), deviceAdd(rngProperties(item.device, context))];
    case 'watchdog':
      return [deviceAdd(required(watchdogProperties(item.device, context), 'watchdog'))];
  }
}

/** The nodes of a disk's images, without its device. */
export function blockSteps(disk: Disk, host: BlockHost): PlugStep[] {
  return diskSteps(disk, host).map((step) =>
    'object' in step
      ? objectAdd(step.object)
      : {
          command: 'blockdev-add',
          args: step.blockdev,
          undo: { command: 'blockdev-del', args: { 'node-name': step.blockdev['node-name'] } },
        },
  );
}

const deviceAdd = (properties: DeviceProperties): PlugStep => ({ command: 'device_add', args: properties });

const objectAdd = (properties: { readonly id: string }): PlugStep => ({
  command: 'object-add',
  args: properties,
  undo: { command: 'object-del', args: { id: properties.id } },
});

function required(properties: DeviceProperties | undefined, kind: string): DeviceProperties {
  if (properties === undefined) throw cold(kind, say`It is a part of the board.`);
  return properties;
}

/** Buses whose devices are there from the start or not at all. */
function refuseColdBus(item: PluggableDevice): void {
  if (item.kind === 'disk' && ['ide', 'sata', 'fdc'].includes(item.device.target.bus ?? '')) {
    throw cold(
      `disk '${item.device.target.dev}'`,
      say`The bus '${item.device.target.bus}' can't take disks while it runs.`,
    );
  }
  if (item.kind === 'controller' && !['scsi', 'virtio-serial', 'usb'].includes(item.device.type)) {
    throw cold(`controller '${item.device.type}'`, say`Only SCSI, USB and virtio-serial controllers can come and go.`);
  }
  if (item.kind === 'input' && item.device.bus !== 'usb' && item.device.bus !== 'virtio') {
    throw cold('input device', say`The bus '${item.device.bus}' can't take devices while it runs.`);
  }
}

const cold = (what: string, cause: Sentence): VirError =>
  new VirError({
    code: 'operation-unsupported',
    domain: 'qemu',
    message: say`The ${what} can't be added to or removed from a running machine.`,
    cause,
    fix: say`Change the definition; it takes effect at the next start.`,
  });
