/** Giving a device that joins a running machine what it needs there: defaults, a place on a bus, an alias, node names. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Disk, Domain } from '../../../../src-shared/model/domain/index.ts';
import { emptyDevices } from '../../../../src-shared/model/domain/normalise.ts';
import { say } from '../../../../src-shared/words.ts';
import { addDevice, type ParsedDevice } from '../../../engine/device-edit.ts';
import { inactiveCopy } from '../../../engine/live-parts.ts';
import { NodeNumbers, numberDisk } from '../devices/block-names.ts';
import { completeDefinition, type PassContext } from '../passes/index.ts';
import { devicesOf } from '../passes/device-list.ts';
import { assignAliases } from '../passes/start/aliases.ts';
import type { CompleteDomain } from '../passes/types.ts';
import { isPluggable, type PluggableDevice } from './plug-steps.ts';

export interface CompletedDevice {
  /** The running machine with the device in it. */
  readonly domain: CompleteDomain;
  readonly device: PluggableDevice;
  /** Controllers it needs that were not there. */
  readonly controllers: readonly PluggableDevice[];
}

/** @throws VirError for a device of a kind that can't join, or for which there is no place. */
export function completeDevice(
  live: Domain,
  added: ParsedDevice,
  context: Omit<PassContext, 'isNew'>,
): CompletedDevice {
  const domain = completeDefinition(addDevice(live, added), { ...context, isNew: false });
  // Whatever was there has its name already.
  const unnamed = devicesOf(domain.devices).filter(
    ({ kind, device }) => device.alias === undefined && (kind === added.kind || kind === 'controller'),
  );
  assignAliases(domain, { ...context, isNew: false } as Parameters<typeof assignAliases>[1]);
  for (const disk of domain.devices.disk) numberDisk(disk, new NodeNumbers(highestNode(domain)));
  const found = unnamed.find(({ kind }) => kind === added.kind);
  if (found === undefined || !isPluggable(found)) {
    throw new VirError({
      code: 'operation-unsupported',
      domain: 'qemu',
      message: say`live attach of device '${added.kind}' is not supported`,
      fix: say`Change the definition; it takes effect at the next start.`,
    });
  }
  const controllers = unnamed.filter((item) => item !== found).filter(isPluggable);
  if (controllers.some(({ device }) => 'type' in device && device.type === 'pci')) {
    throw new VirError({
      code: 'internal-error',
      domain: 'qemu',
      message: say`No more PCI slots are free in the running machine '${live.name}'.`,
      fix: say`Add pcie-root-port controllers to the definition and start it again.`,
    });
  }
  return { domain: withOnly(domain, live, [...controllers, found]), device: found, controllers };
}

/**
 * The running machine plus what joins it, and nothing else: completing looks at the whole machine, and would take what
 * belongs to this run (sockets, ports) for something to be chosen at the next start.
 */
function withOnly(completed: CompleteDomain, live: Domain, joining: readonly PluggableDevice[]): CompleteDomain {
  const devices: Record<string, unknown> = { ...completed.devices, ...structuredClone(live.devices) };
  for (const { kind, device } of joining) devices[kind] = [...(devices[kind] as readonly unknown[]), device];
  // Disks stand in the order of their names, which completing has them in.
  const order = completed.devices.disk.map(({ target }) => target.dev);
  const place = ({ target }: Disk): number => order.indexOf(target.dev);
  devices['disk'] = (devices['disk'] as Disk[]).toSorted((one, other) => place(one) - place(other));
  return { ...completed, devices: devices as unknown as CompleteDomain['devices'] };
}

/** The same device as a definition has it: without what belongs to this run. */
export function inactiveDevice(domain: Domain, item: PluggableDevice, wanted: ParsedDevice): ParsedDevice {
  const devices = { ...emptyDevices(), [item.kind]: [item.device] };
  const copy = inactiveCopy({ ...domain, devices });
  const [device] = (copy.devices?.[item.kind] ?? []) as readonly Record<string, unknown>[];
  if (device === undefined) throw new TypeError('a copied device is gone');
  if (!('backingStore' in wanted.device)) delete device['backingStore'];
  return { ...wanted, device };
}

/** So that no node has a name twice. */
function highestNode({ devices }: CompleteDomain): number {
  let highest = 0;
  for (const disk of devices.disk) {
    highest = Math.max(highest, disk.source?.index ?? 0);
    for (let store = disk.backingStore; store !== undefined; store = store.backingStore) {
      highest = Math.max(highest, store.index ?? 0);
    }
  }
  return highest;
}
