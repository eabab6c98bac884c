/** Snapshots inside the images: with memory by QEMU while the machine runs, without by qemu-img while it is off. */
import type { Disk, Domain } from '../../../../src-shared/model/domain/index.ts';
import { wholeDomain } from '../../../../src-shared/model/domain/domain.ts';
import type { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import { snapshotError } from '../../../engine/snapshots/errors.ts';
import type { SnapshotWork } from '../../../engine/snapshots/local-snapshots.ts';
import { diskSourcePath } from '../../../engine/snapshots/request.ts';
import type { KeptSnapshot } from '../../../engine/snapshots/snapshot-set.ts';
import { isAlive } from '../../../host/process-identity.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { pause, unpause } from '../lifecycle/power.ts';
import type { QmpClient } from '../qmp/client.ts';
import { applyInImage, createInImage, deleteInImage, imageSnapshots } from './images.ts';
import { runQmpJob } from './qmp-job.ts';

/** The disks of a domain that a snapshot is inside of. */
export function internalDisks(snapshot: KeptSnapshot, domain: Domain): readonly Disk[] {
  const inside = new Set(
    (snapshot.disks?.disk ?? []).filter((entry) => entry.snapshot === 'internal').map(({ name }) => name),
  );
  return (domain.devices?.disk ?? []).filter(({ target }) => inside.has(target.dev));
}

const pathsOf = (snapshot: KeptSnapshot, domain: Domain): readonly string[] =>
  internalDisks(snapshot, domain)
    .map(diskSourcePath)
    .filter((path) => path !== undefined);

/** Node names of the images, as QEMU has them open. */
const nodesOf = (snapshot: KeptSnapshot, live: Domain): readonly string[] =>
  internalDisks(snapshot, live).map(({ source }) => `libvirt-${source?.index ?? 0}-format`);

/**
 * QEMU writes the memory into the first image. The guest stands still meanwhile, which QEMU would do by itself, but
 * without telling when it goes on.
 */
export async function takeRunning(
  context: GuestContext,
  record: GuestRecord,
  snapshot: KeptSnapshot,
  { nested }: SnapshotWork,
): Promise<void> {
  const instance = context.table.requireActive(record);
  const wasRunning = record.state.state === 'running';
  if (wasRunning) await nested(() => pause(context, record, instance, 'saving'));
  try {
    const devices = nodesOf(snapshot, record.current);
    const args = { tag: snapshot.name, vmstate: devices[0], devices };
    const what = say`QEMU could not take the snapshot '${snapshot.name}' of '${record.name}'.`;
    await runQmpJob(instance, monitorOf(record), 'snapshot-save', args, what);
  } finally {
    if (wasRunning) await goOn(context, record, instance);
  }
}

async function goOn(context: GuestContext, record: GuestRecord, instance: Instance): Promise<void> {
  if (record.runtime !== instance || instance.ending || record.state.state !== 'paused') return;
  if (instance.process === undefined || !isAlive(instance.process)) return;
  try {
    await unpause(record, instance, 'unpaused');
  } catch (error) {
    context.logger.log('error', 'a guest could not go on after a snapshot', { name: record.name, error });
    context.table.announce(record, { kind: 'lifecycle', event: 'suspended', detail: 'api-error' });
  }
}

/** All images or none. */
export async function takeOff(snapshot: KeptSnapshot, domain: Domain, { control }: SnapshotWork): Promise<void> {
  const { name } = snapshot;
  const paths = pathsOf(snapshot, domain);
  for (const path of paths) {
    if (!(await imageSnapshots(path)).some((item) => item.name === name)) continue;
    throw snapshotError('qemu', 'operation-failed', say`The image '${path}' already has a snapshot '${name}'.`, {
      cause: say`It is none of this machine's snapshots: another program took it, or the machine was defined anew since.`,
      fix: say`Choose another name.`,
    });
  }
  const done: string[] = [];
  try {
    for (const path of paths) {
      control.progress(done.length, paths.length);
      await createInImage(path, name);
      done.push(path);
    }
  } catch (thrown) {
    for (const path of done) await deleteInImage(path, name);
    throw thrown;
  }
}

/**
 * Whether the images still have a snapshot, before anything is stopped for it.
 * @throws VirError `operation-failed` naming the image that has not.
 */
export async function requireInImages(snapshot: KeptSnapshot, domain: Domain): Promise<void> {
  const { name, state } = snapshot;
  const isOn = state === 'running' || state === 'paused';
  let hasMemory = false;
  for (const path of pathsOf(snapshot, domain)) {
    const found = (await imageSnapshots(path)).find((item) => item.name === name);
    if (found === undefined) throw gone(name, say`The image '${path}' has no snapshot of that name.`);
    hasMemory ||= found.memoryBytes > 0;
  }
  if (isOn && !hasMemory) throw gone(name, say`No image has the memory that belongs to it.`);
}

const gone = (name: string, cause: Sentence): VirError =>
  snapshotError('qemu', 'operation-failed', say`The snapshot '${name}' is not in the disks any more.`, {
    cause,
    fix: say`Delete what is known of it: snapshot-delete --metadata.`,
  });

/** What a QEMU that was started for it, and stands still, is told. */
export async function loadInto(
  monitor: QmpClient,
  instance: Instance,
  snapshot: KeptSnapshot,
  live: Domain,
): Promise<void> {
  const devices = nodesOf(snapshot, live);
  // Which image has the memory is known from how it was written: the first.
  const args = { tag: snapshot.name, vmstate: devices[0], devices };
  const what = say`QEMU could not go back to the snapshot '${snapshot.name}' of '${live.name}'.`;
  await runQmpJob(instance, monitor, 'snapshot-load', args, what);
}

/** Every image is tried; one that fails is told, and going back again mends the others. */
export async function applyOff(snapshot: KeptSnapshot, domain: Domain, { control }: SnapshotWork): Promise<void> {
  const paths = pathsOf(snapshot, domain);
  const failures: unknown[] = [];
  for (const [index, path] of paths.entries()) {
    control.progress(index, paths.length);
    await applyInImage(path, snapshot.name).catch((thrown: unknown) => failures.push(thrown));
  }
  if (failures.length > 0) throw failures[0];
}

export async function discardRunning(
  context: GuestContext,
  record: GuestRecord,
  snapshot: KeptSnapshot,
): Promise<void> {
  const instance = context.table.requireActive(record);
  const devices = nodesOf(snapshot, record.current);
  if (devices.length === 0) return;
  const what = say`QEMU could not remove the snapshot '${snapshot.name}' of '${record.name}'.`;
  await runQmpJob(instance, monitorOf(record), 'snapshot-delete', { tag: snapshot.name, devices }, what);
}

export async function discardOff(snapshot: KeptSnapshot, domain: Domain): Promise<void> {
  for (const path of pathsOf(snapshot, domain)) await deleteInImage(path, snapshot.name);
}

/** What the memory of each takes; an image that can't be read tells nothing. */
export async function memorySizes(snapshots: readonly KeptSnapshot[]): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  const paths = new Set<string>();
  for (const snapshot of snapshots) {
    const domain = wholeDomain(snapshot.domain);
    const [first] = domain === undefined ? [] : pathsOf(snapshot, domain);
    // QEMU keeps it in the first.
    if (first !== undefined && snapshot.memory?.snapshot === 'internal') paths.add(first);
  }
  for (const path of paths) {
    const found = await imageSnapshots(path).catch(() => []);
    for (const { name, memoryBytes } of found) if (memoryBytes > 0) sizes.set(name, memoryBytes);
  }
  return sizes;
}
