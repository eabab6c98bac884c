/** The end of a run: QEMU is gone or is ended, what belonged to the run is removed, and it is told. */
import { rmSync } from 'node:fs';
import type { StateAndReason } from '../../../../src-shared/model/summary.ts';
import type { DomainEvent } from '../../../engine/events.ts';
import { isAlive, terminate, waitForExit } from '../../../host/process-identity.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { GuestLog } from '../process/guest-log.ts';

/** libvirt lets QEMU flush its disks for ten seconds before it is killed. */
const graceMs = 10_000;
/** Helpers end with the QEMU they serve; one that does not is ended. */
const helperGraceMs = 200;

/** Ends QEMU: TERM, then KILL. @throws VirError when it survives that. */
export async function endProcess(instance: Instance, options: { readonly atOnce?: boolean } = {}): Promise<void> {
  if (instance.process === undefined) return;
  await terminate(instance.process, { graceMs: options.atOnce === true ? 0 : graceMs });
}

/** TERM only. @returns whether it ended in time. */
export async function askToEnd(instance: Instance, timeoutMs: number): Promise<boolean> {
  const { process: identity } = instance;
  if (identity === undefined || !isAlive(identity)) return true;
  try {
    process.kill(identity.pid, 'SIGTERM');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
  return await waitForExit(identity, timeoutMs);
}

/**
 * Clears away a run whose QEMU has ended, and tells.
 *
 * The state is what the domain is then (`shutoff` and why); the events are told once it is stored.
 */
export function finishRun(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  state: StateAndReason,
  ...events: readonly DomainEvent[]
): void {
  instance.ending = true;
  instance.disconnect();
  for (const helper of instance.helpers) endHelper(context, helper);
  context.cables.unplugAll(record.uuid);
  rmSync(instance.facts.paths.folder, { recursive: true, force: true });
  new GuestLog(context.folders.logs, record.name).note(`shutting down, reason=${state.reason}`);
  context.status.remove(record.name);
  context.table.stopped(record, state, ...events);
}

/** In the background: the guest is gone, and nobody waits for its helpers. */
function endHelper(context: GuestContext, helper: Instance['helpers'][number]): void {
  if (!isAlive(helper)) return;
  terminate(helper, { graceMs: helperGraceMs }).catch((error: unknown) =>
    context.logger.log('warn', 'a helper of a guest did not end', { pid: helper.pid, error }),
  );
}
