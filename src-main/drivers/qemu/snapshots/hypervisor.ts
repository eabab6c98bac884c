/** Snapshots of QEMU guests, as libvirt 9.0 has them. What it can't go back to or drop is refused before anything stops. */
import { type Domain, formatDomain, parseDomain } from '../../../../src-shared/model/domain/index.ts';
import { wholeDomain } from '../../../../src-shared/model/domain/domain.ts';
import { isExternal } from '../../../../src-shared/model/snapshot-summary.ts';
import { say } from '../../../../src-shared/words.ts';
import { inactiveCopy } from '../../../engine/live-parts.ts';
import type {
  SnapshotCreateOptions,
  SnapshotDeleteOptions,
  SnapshotRevertOptions,
} from '../../../engine/snapshot-api.ts';
import { snapshotError } from '../../../engine/snapshots/errors.ts';
import type { SnapshotHypervisor, SnapshotWork } from '../../../engine/snapshots/local-snapshots.ts';
import { diskSourcePath, snapshotDiskPath } from '../../../engine/snapshots/request.ts';
import type { KeptSnapshot } from '../../../engine/snapshots/snapshot-set.ts';
import { connectedAgent } from '../agent/agent-channel.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { startGuest } from '../lifecycle/start.ts';
import { endProcess, finishRun } from '../lifecycle/stop.ts';
import { takeOffExternally, takeRunningExternally } from './external.ts';
import {
  applyOff,
  discardOff,
  discardRunning,
  internalDisks,
  loadInto,
  memorySizes,
  requireInImages,
  takeOff,
  takeRunning,
} from './internal.ts';
import { prepareSnapshot } from './prepare.ts';

export class QemuSnapshots implements SnapshotHypervisor<Instance> {
  readonly #context: () => GuestContext;

  /** @param context known only once the connection is, which has snapshots from its beginning */
  constructor(context: () => GuestContext) {
    this.#context = context;
  }

  check(_record: GuestRecord, { quiesce, diskOnly, live, redefine }: SnapshotCreateOptions): void {
    if (quiesce === true && diskOnly !== true) {
      const message = say`Flag 'VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY' is required by flag 'VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE'`;
      throw snapshotError('qemu', 'invalid-arg', message);
    }
    if (live === true && redefine === true) {
      const message = say`Flags 'VIR_DOMAIN_SNAPSHOT_CREATE_LIVE' and 'VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE' are mutually exclusive`;
      throw snapshotError('qemu', 'invalid-arg', message);
    }
  }

  prepare(
    record: GuestRecord,
    request: KeptSnapshot & { readonly domain: Domain },
    options: SnapshotCreateOptions,
  ): KeptSnapshot {
    return prepareSnapshot(record, request, options);
  }

  async take(
    record: GuestRecord,
    snapshot: KeptSnapshot,
    options: SnapshotCreateOptions,
    work: SnapshotWork,
  ): Promise<void> {
    const context = this.#context();
    const thaw = options.quiesce === true ? await this.#freeze(record) : undefined;
    try {
      if (isExternal(snapshot)) {
        if (record.isActive) await work.nested(() => takeRunningExternally(context, record, snapshot));
        else await takeOffExternally(context, record, snapshot);
      } else if (record.isActive) await takeRunning(context, record, snapshot, work);
      else await takeOff(snapshot, record.current, work);
    } finally {
      await thaw?.();
    }
    if (options.halt === true && record.isActive) await work.nested(() => this.#stop(record));
  }

  async revert(
    record: GuestRecord,
    snapshot: KeptSnapshot,
    options: SnapshotRevertOptions,
    work: SnapshotWork,
  ): Promise<void> {
    const context = this.#context();
    const { table } = context;
    const whole = wholeDomain(snapshot.domain);
    if (whole === undefined) throw new TypeError('it was checked that the snapshot has a domain');
    const named = { ...whole, name: record.name };
    refuseExternal(record, snapshot);
    if (options.force !== true) refuseBelow(record, snapshot, named);
    await requireInImages(snapshot, named);

    const isOn = snapshot.state === 'running' || snapshot.state === 'paused';
    const next = isOn ? (wholeDomain(snapshot.inactiveDomain) ?? named) : named;
    const standsStill = options.paused === true || (options.running !== true && snapshot.state === 'paused');
    if (record.isActive) await work.nested(() => this.#stop(record));
    if (!isOn) await applyOff(snapshot, named, work);
    if (record.persistent) {
      await table.editConfig(record, () => ({ ...next, name: record.name }), { author: 'snapshot-revert' });
    }
    if (isOn || options.running === true || options.paused === true) {
      const run = {
        paused: standsStill,
        autodestroy: false,
        once: !record.persistent,
        fromSnapshot: isOn
          ? {
              load: async (monitor: Parameters<typeof loadInto>[0], instance: Instance): Promise<void> =>
                await loadInto(monitor, instance, snapshot, record.current),
            }
          : {},
      };
      // Completed when the snapshot was taken; passes fill in what the snapshot left out.
      const domain = await table.read(formatDomain(named), 'start');
      await work.nested(() => startGuest(context, record, domain, run));
    }
    if (record.persistent) table.announce(record, { kind: 'lifecycle', event: 'defined', detail: 'from-snapshot' });
  }

  checkDelete(
    record: GuestRecord,
    snapshot: KeptSnapshot,
    below: readonly KeptSnapshot[],
    { childrenOnly }: SnapshotDeleteOptions,
  ): void {
    const doomed = childrenOnly === true ? below : [snapshot, ...below];
    const external = doomed.find(isExternal);
    if (external !== undefined) {
      const files = (external.disks?.disk ?? []).map(snapshotDiskPath).filter((path) => path !== undefined);
      throw snapshotError(
        'qemu',
        'operation-unsupported',
        say`deletion of external disk snapshots is not supported yet`,
        {
          cause: say`'${external.name}' lies in files of its own, and what was written since is in ${files.join(', ')}.`,
          fix: say`Remove what is known of it (--metadata): the machine goes on with its files as they are.`,
        },
      );
    }
    if (!record.isActive) return;
    for (const each of doomed) {
      const domain = wholeDomain(each.domain);
      const other = domain === undefined ? undefined : differentDisk(record, each, domain);
      if (other === undefined) continue;
      const message = say`disk image '${other}' for internal snapshot '${each.name}' is not the same as disk image currently used by VM`;
      throw snapshotError('qemu', 'operation-unsupported', message, { fix: say`Shut the machine down first.` });
    }
  }

  async discard(record: GuestRecord, snapshot: KeptSnapshot, { nested }: SnapshotWork): Promise<void> {
    const context = this.#context();
    if (record.isActive) await nested(() => discardRunning(context, record, snapshot));
    else await discardOff(snapshot, wholeDomain(snapshot.domain) ?? record.current);
  }

  definition(record: GuestRecord): Domain {
    const running = record.isActive ? this.#context().table.runningDefinition(record) : undefined;
    return running === undefined ? inactiveCopy(record.current) : parseDomain(running);
  }

  async memoryBytes(_record: GuestRecord, snapshots: readonly KeptSnapshot[]): Promise<ReadonlyMap<string, number>> {
    return await memorySizes(snapshots);
  }

  async #stop(record: GuestRecord): Promise<void> {
    const context = this.#context();
    const instance = context.table.requireActive(record);
    instance.ending = true;
    instance.monitor?.close();
    await endProcess(instance);
    const state = { state: 'shutoff', reason: 'from snapshot' } as const;
    finishRun(context, record, instance, state, { kind: 'lifecycle', event: 'stopped', detail: 'from-snapshot' });
    await context.cables.gone();
  }

  /** @returns what lets the guest's file systems go on. */
  async #freeze(record: GuestRecord): Promise<() => Promise<void>> {
    const { agent } = connectedAgent(this.#context(), record);
    await agent.execute('guest-fsfreeze-freeze');
    return async () => {
      await agent.execute('guest-fsfreeze-thaw');
    };
  }
}

function refuseExternal(record: GuestRecord, snapshot: KeptSnapshot): void {
  if (!isExternal(snapshot)) return;
  const disks = wholeDomain(snapshot.domain)?.devices?.disk ?? [];
  const kept = disks.map(diskSourcePath).filter((path) => path !== undefined);
  throw snapshotError('qemu', 'config-unsupported', say`revert to external snapshot not supported yet`, {
    cause: say`What '${record.name}' had on its disks at '${snapshot.name}' is in ${kept.join(', ')}, below the images it writes to now.`,
    fix: say`To look at it, make a machine with disks on top of those images; to go back, define this one with the disks of 'snapshot-dumpxml ${snapshot.name}'.`,
  });
}

/** An image that others lie on must not change below them. */
function refuseBelow(record: GuestRecord, snapshot: KeptSnapshot, domain: Domain): void {
  const other = differentDisk(record, snapshot, domain);
  if (other === undefined) return;
  const message = say`The snapshot '${snapshot.name}' is in the image '${other}', which '${record.name}' does not write to any more.`;
  throw snapshotError('qemu', 'snapshot-revert-risky', message, {
    cause: say`The disk was changed since, or an external snapshot was taken: an image that lies on it would be spoilt.`,
    fix: say`Put that image back into the machine first, or force it if nothing lies on the image.`,
  });
}

/** @returns the image of the snapshot that is not the disk's any more. */
function differentDisk(record: GuestRecord, snapshot: KeptSnapshot, domain: Domain): string | undefined {
  const now = record.current.devices?.disk ?? [];
  return internalDisks(snapshot, domain)
    .map((disk) => ({ disk, path: diskSourcePath(disk) }))
    .find(({ disk, path }) => {
      const current = now.find(({ target }) => target.dev === disk.target.dev);
      return current !== undefined && diskSourcePath(current) !== path;
    })?.path;
}
