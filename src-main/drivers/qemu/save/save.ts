/** Saving a guest to a file and stopping it, and bringing it back. */
import { existsSync, statSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { VirError } from '../../../../src-shared/errors.ts';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import type { DomainSummary } from '../../../../src-shared/model/summary.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import type { NestedJob } from '../../../engine/domain-table.ts';
import type { Job, JobControl } from '../../../engine/jobs.ts';
import { isAlive } from '../../../host/process-identity.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { pause, unpause } from '../lifecycle/power.ts';
import { type RunOptions, startGuest } from '../lifecycle/start.ts';
import { endProcess, finishRun } from '../lifecycle/stop.ts';
import { completeMark, encodeSaveHead, readSaveImage, readWholeImage, type SaveImage } from './image.ts';
import { readState, writeState } from './migration.ts';

export const managedSavePath = (context: GuestContext, name: string): string =>
  join(context.folders.saves, `${name}.save`);

/** Saves to a file and stops. When it fails or is cancelled the guest runs on, and no file is left. */
export function saveGuest(
  context: GuestContext,
  uuid: string,
  path: string,
  options: { readonly running?: boolean; readonly managed?: boolean } = {},
): Job<void> {
  const { name } = context.table.get(uuid);
  const description = { kind: 'domain.save', subject: name, domainUuid: uuid, unit: 'bytes' } as const;
  return context.engine.jobs.start(description, async (control) => {
    await context.table.modifyLong(
      uuid,
      'save',
      async (record, nested) => {
        if (options.managed === true && !record.persistent) {
          throw invalid(
            say`cannot do managed save for transient domain '${record.name}'`,
            say`Save it to a file instead.`,
          );
        }
        await saveNow(context, record, path, options, nested, control);
        if (options.managed === true) context.table.changed(record, { hasManagedSave: true });
      },
      { allowed: ['destroy', 'abort'] },
    );
  });
}

async function saveNow(
  context: GuestContext,
  record: GuestRecord,
  path: string,
  options: { readonly running?: boolean },
  nested: NestedJob,
  control: JobControl,
): Promise<void> {
  const instance = context.table.requireActive(record);
  const wasRunning = record.state.state === 'running';
  const totalBytes = (record.current.memory?.KiB ?? 0) * 1024;
  const xml = context.table.runningDefinition(record) ?? context.table.xml(record.uuid, { secure: true });
  try {
    if (wasRunning) await nested(() => pause(context, record, instance, 'saving'));
    const head = encodeSaveHead(xml, options.running ?? wasRunning, false);
    const file = await openNew(path);
    try {
      await file.write(head, 0, head.length, 0);
      await writeState(file, head.length, {
        monitor: monitorOf(record),
        instance,
        socketPath: instance.facts.paths.socket('save.sock'),
        signal: control.signal,
        progress: (bytes) => control.progress(bytes, Math.max(totalBytes, bytes)),
      });
      await file.sync();
      const mark = completeMark();
      await file.write(mark, 0, mark.length, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (thrown) {
    await removeUnfinished(path);
    await runOn(context, record, instance, wasRunning);
    throw diskFailure(path, thrown);
  }
  context.table.announce(record, { kind: 'job-completed', operation: 'save' });
  await nested(async () => {
    if (record.runtime !== instance) return;
    instance.ending = true;
    // What QEMU says on its way out is no news any more.
    instance.monitor?.close();
    await endProcess(instance);
    finishRun(
      context,
      record,
      instance,
      { state: 'shutoff', reason: 'saved' },
      { kind: 'lifecycle', event: 'stopped', detail: 'saved' },
    );
  });
}

/** A plain file, made or emptied. Anything else at that path is somebody's, and is not written to. */
async function openNew(path: string): Promise<FileHandle> {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    throw new VirError({
      code: 'operation-failed',
      domain: 'qemu',
      message: say`The guest can't be saved to '${path}'.`,
      cause: say`It is not a plain file.`,
      fix: say`Choose another path.`,
    });
  }
  return await open(path, 'w', 0o600);
}

/** What was begun and not finished; never a device or a folder that happened to be named. */
async function removeUnfinished(path: string): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) await rm(path);
}

/** Turns what the file system says into a sentence that names the file. */
function diskFailure(path: string, thrown: unknown): unknown {
  if (thrown instanceof VirError || !(thrown instanceof Error) || !('code' in thrown)) return thrown;
  const isFull = thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT';
  return new VirError(
    {
      code: 'operation-failed',
      domain: 'qemu',
      message: say`The guest can't be saved to '${path}'.`,
      cause: isFull ? say`There is no space left on the disk.` : thrown.message,
      ...(isFull ? { fix: say`Free some space, or save to another disk.` } : {}),
    },
    { cause: thrown },
  );
}

/** The guest goes on as before, when it can. */
async function runOn(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  wasRunning: boolean,
): Promise<void> {
  if (!wasRunning || record.runtime !== instance || instance.process === undefined || !isAlive(instance.process))
    return;
  if (record.state.state !== 'paused') return;
  try {
    await unpause(record, instance, 'save canceled');
  } catch (thrown) {
    context.logger.log('error', 'a guest could not go on after its saving failed', {
      name: record.name,
      error: thrown,
    });
    context.table.announce(record, { kind: 'lifecycle', event: 'suspended', detail: 'api-error' });
  }
}

/** Starts the guest of a saved file where it was; the file stays. */
export function restoreGuest(
  context: GuestContext,
  path: string,
  options: { readonly xml?: string; readonly running?: boolean } = {},
): Job<DomainSummary> {
  const description = { kind: 'domain.restore', subject: path, unit: 'bytes' } as const;
  return context.engine.jobs.start(description, async (control) => {
    const image = await readWholeImage(path);
    const domain = await context.table.read(options.xml ?? image.xml, 'start');
    return await context.table.createXml(domain, 'restore', async (record, completed) => {
      const running = { ...image, running: options.running ?? image.running };
      await startGuest(
        context,
        record,
        completed,
        restoreOptions(path, running, control, { once: true, paused: false }),
      );
    });
  });
}

/**
 * Starts a domain from its managed save, which is removed once that worked.
 * @returns false when there is none that can be used, and the domain has to boot.
 */
export async function startFromManagedSave(
  context: GuestContext,
  record: GuestRecord,
  options: Pick<RunOptions, 'paused' | 'autodestroy'>,
): Promise<boolean> {
  const path = managedSavePath(context, record.name);
  if (!existsSync(path)) return false;
  const image = await readSaveImage(path);
  if (image === 'partial') {
    context.logger.log('warn', 'an incomplete managed save is ignored', { name: record.name, path });
    await removeManagedSave(context, record);
    return false;
  }
  const domain: Domain & { uuid: string } = await context.table.read(image.xml, 'start');
  if (domain.uuid !== record.uuid || domain.name !== record.name) {
    throw new VirError({
      code: 'operation-failed',
      domain: 'qemu',
      message: say`cannot restore domain '${record.name}' uuid ${record.uuid} from a file which belongs to domain '${domain.name}' uuid ${domain.uuid}`,
    });
  }
  const description = {
    kind: 'domain.restore',
    subject: record.name,
    domainUuid: record.uuid,
    unit: 'bytes',
    cancellable: false,
  } as const;
  await context.engine.jobs.start(description, async (control) => {
    await startGuest(context, record, domain, { ...restoreOptions(path, image, control, { once: false, ...options }) });
  }).result;
  await removeManagedSave(context, record);
  return true;
}

export async function removeManagedSave(context: GuestContext, record: GuestRecord): Promise<void> {
  await rm(managedSavePath(context, record.name), { force: true });
  if (context.table.find(record.uuid) !== undefined) context.table.changed(record, { hasManagedSave: false });
}

function restoreOptions(
  path: string,
  image: SaveImage,
  control: JobControl,
  options: { readonly once: boolean; readonly paused: boolean; readonly autodestroy?: boolean },
): RunOptions {
  const total = statSync(path).size - image.streamOffset;
  return {
    paused: options.paused,
    autodestroy: options.autodestroy === true,
    once: options.once,
    resume: image.running,
    incoming: async (monitor, instance) => {
      await readState(path, image, {
        monitor,
        instance,
        socketPath: instance.facts.paths.socket('restore.sock'),
        signal: control.signal,
        progress: (bytes) => control.progress(bytes, total),
      });
    },
  };
}

const invalid = (message: Sentence, fix: Sentence): VirError =>
  new VirError({ code: 'operation-invalid', domain: 'qemu', message, fix });
