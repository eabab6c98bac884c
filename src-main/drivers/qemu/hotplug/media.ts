/** Changing and ejecting the medium of a CD-ROM or floppy drive. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Disk } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { BlockHost } from '../devices/block-host.ts';
import { backendNode, isEmptyDisk, NodeNumbers, numberDisk } from '../devices/block-names.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { sourcePath } from '../lifecycle/happenings.ts';
import { QmpError } from '../qmp/error.ts';
import { blockSteps } from './plug-steps.ts';
import { runSteps, undoSteps } from './run-steps.ts';

/** A guest that has locked its drive is asked to unlock it; then it is opened all the same, as with a paper clip. */
const unlockTimeoutMs = 3_000;

/**
 * Puts another medium, or none, into a drive.
 * @returns the drive as it is then.
 * @throws VirError `operation-unsupported` for a disk that has no drive.
 */
export async function changeMedium(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  before: Disk,
  after: Disk,
  host: BlockHost,
): Promise<Disk> {
  if (before.device !== 'cdrom' && before.device !== 'floppy') {
    throw new VirError({
      code: 'operation-unsupported',
      domain: 'qemu',
      message: say`The disk '${before.target.dev}' can't be changed while the machine runs.`,
      cause: say`Only drives with media, CD-ROM and floppy, can.`,
      fix: say`Change the definition; it takes effect at the next start.`,
    });
  }
  const monitor = monitorOf(record);
  const id = before.alias?.name;
  const disk = { ...before, ...mediumOf(after) } as Disk;
  if (isEmptyDisk(after)) delete (disk as { source?: unknown }).source;
  if (disk.backingStore === undefined || isEmptyDisk(after)) delete (disk as { backingStore?: unknown }).backingStore;
  numberDisk(disk, new NodeNumbers(highestNode(record)));
  const steps = isEmptyDisk(disk) ? [] : blockSteps(disk, host);
  await runSteps(context, monitor, steps, `the medium '${sourcePath(disk)}'`);
  try {
    await openTray(instance, record, id);
    await monitor.execute('blockdev-remove-medium', { id });
    if (!isEmptyDisk(before)) await undoSteps(context, monitor, blockSteps(before, host));
    if (isEmptyDisk(disk)) return disk;
    await monitor.execute('blockdev-insert-medium', { id, 'node-name': backendNode(disk) });
    await monitor.execute('blockdev-close-tray', { id });
  } catch (thrown) {
    await undoSteps(context, monitor, steps);
    throw thrown;
  }
  context.table.announce(record, { kind: 'disk-change', alias: id ?? '', reason: 'changed' });
  return disk;
}

/** What of a description is about the medium rather than the drive. */
function mediumOf({ type, source, driver, backingStore, readonly }: Disk): Partial<Disk> {
  return {
    type,
    ...(source === undefined ? {} : { source: withoutIndex(source) }),
    ...(driver === undefined ? {} : { driver }),
    ...(backingStore === undefined ? {} : { backingStore }),
    ...(readonly === undefined ? {} : { readonly }),
  } as Partial<Disk>;
}

function withoutIndex<T extends object>(source: T): T {
  const copy = { ...source } as T & { index?: number };
  delete copy.index;
  return copy;
}

async function openTray(instance: Instance, record: GuestRecord, id: string | undefined): Promise<void> {
  const monitor = monitorOf(record);
  const moved = instance.nextEvent(
    ({ name, data }) =>
      name === 'DEVICE_TRAY_MOVED' && data['tray-open'] === true && String(data['id']).includes(id ?? ''),
    unlockTimeoutMs,
  );
  try {
    await monitor.execute('blockdev-open-tray', { id, force: false });
  } catch (thrown) {
    if (!(thrown instanceof QmpError) || !/locked/.test(thrown.description)) throw thrown;
    // QEMU has passed the wish on; a guest that agrees opens the tray itself.
    if ((await moved) === undefined) await monitor.execute('blockdev-open-tray', { id, force: true });
  }
}

/** The highest number that an image of a running machine has. */
export function highestNode(record: GuestRecord): number {
  let highest = 0;
  for (const disk of record.live?.devices?.disk ?? []) {
    highest = Math.max(highest, disk.source?.index ?? 0);
    for (let store = disk.backingStore; store !== undefined; store = store.backingStore) {
      highest = Math.max(highest, store.index ?? 0);
    }
  }
  return highest;
}
