/** Limits of disks, and what follows a guest's end: both in the definition, and in the running machine. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Disk, DiskIoTune, Domain } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { Affects, BlockLimits, GuestEnd } from '../../../engine/driver.ts';
import { throttleArguments } from '../devices/throttle.ts';
import type { GuestContext } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { localPath } from '../process/disk-sources.ts';

/** Everything off: QEMU is told each limit, set or not. */
const none: DiskIoTune = {};

export async function setBlockLimits(
  context: GuestContext,
  uuid: string,
  disk: string,
  limits: BlockLimits,
  affects: Affects,
): Promise<void> {
  const { table } = context;
  await table.modify(uuid, 'setBlockIoTune', async (record) => {
    const { live, config } = table.targets(record, affects);
    const change = (domain: Domain): Domain => withLimits(domain, disk, limits);
    if (config && record.config !== undefined) change(record.config);
    if (live && record.live !== undefined) {
      const changed = findDisk(change(record.live), disk);
      const told = throttleArguments({ ...changed, iotune: changed.iotune ?? none });
      if (told !== undefined) await monitorOf(record).execute('block_set_io_throttle', told);
      table.editLive(record, change);
    }
    if (config) await table.editConfig(record, change, { author: 'setBlockIoTune' });
  });
}

export async function setLifecycleAction(
  context: GuestContext,
  uuid: string,
  event: GuestEnd,
  action: string,
  affects: Affects,
): Promise<void> {
  const { table } = context;
  await table.modify(uuid, 'setLifecycleAction', async (record) => {
    const { live, config } = table.targets(record, affects);
    const change = (domain: Domain): Domain => ({ ...domain, [`on_${event}`]: action });
    if (live) {
      // QEMU itself only knows whether a reboot is one; the rest is ours.
      if (event === 'reboot') {
        const reboot = action === 'restart' || action === 'rename-restart' ? 'reset' : 'shutdown';
        await monitorOf(record).execute('set-action', { reboot });
      }
      table.editLive(record, change);
    }
    if (config) await table.editConfig(record, change, { author: 'setLifecycleAction' });
  });
}

function findDisk(domain: Domain, wanted: string): Disk {
  const disks = domain.devices?.disk ?? [];
  const found = disks.find(({ target }) => target.dev === wanted) ?? disks.find((disk) => localPath(disk) === wanted);
  if (found !== undefined) return found;
  throw new VirError({
    code: 'invalid-arg',
    domain: 'qemu',
    message: say`disk '${wanted}' was not found in the domain config`,
  });
}

function withLimits(domain: Domain, wanted: string, limits: BlockLimits): Domain {
  const { devices } = domain;
  const disk = findDisk(domain, wanted);
  if (devices === undefined) return domain;
  const entries = Object.entries({ ...disk.iotune, ...limits }).filter(([, value]) => value !== 0 && value !== '');
  const { iotune: _, ...rest } = disk;
  const changed = (entries.length === 0 ? rest : { ...rest, iotune: Object.fromEntries(entries) }) as Disk;
  return { ...domain, devices: { ...devices, disk: devices.disk.map((item) => (item === disk ? changed : item)) } };
}
