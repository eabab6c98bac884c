/** The verbs that act on a running guest's power: asking it to stop or start again, stopping it, pausing it. */
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import type { ShutdownMode } from '../../../engine/driver.ts';
import { connectedAgent } from '../agent/agent-channel.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { recordStatus } from './record-status.ts';
import { askToEnd, endProcess, finishRun } from './stop.ts';

/** What libvirt gives a guest between TERM and KILL. */
const gracefulMs = 15_000;
const lastWordsMs = 100;

const invalid = (message: Sentence, fix?: Sentence): VirError =>
  new VirError({ code: 'operation-invalid', domain: 'qemu', message, ...(fix === undefined ? {} : { fix }) });

/** Asks the guest to power off, by its agent where that listens, else by its power button. */
export async function shutdownGuest(
  context: GuestContext,
  uuid: string,
  modes: readonly ShutdownMode[] = [],
): Promise<void> {
  const record = context.table.get(uuid);
  const restarts = record.current.on_poweroff === 'restart' || record.current.on_poweroff === 'rename-restart';
  await askGuest(context, uuid, modes, restarts, 'shutdown');
}

/** Asks the guest to start again. Where the definition says that a reboot ends it, it is shut down. */
export async function rebootGuest(
  context: GuestContext,
  uuid: string,
  modes: readonly ShutdownMode[] = [],
): Promise<void> {
  const action = context.table.get(uuid).current.on_reboot;
  await askGuest(context, uuid, modes, action !== 'destroy' && action !== 'preserve', 'reboot');
}

async function askGuest(
  context: GuestContext,
  uuid: string,
  modes: readonly ShutdownMode[],
  reboot: boolean,
  api: string,
): Promise<void> {
  const unknown = modes.find((mode) => mode !== 'acpi' && mode !== 'agent');
  if (unknown !== undefined) {
    throw new VirError({
      code: 'argument-unsupported',
      domain: 'qemu',
      message: say`A QEMU guest can't be asked by '${unknown}'.`,
      fix: say`Use 'acpi' or 'agent'.`,
    });
  }
  const asked = context.table.get(uuid);
  context.table.requireActive(asked);
  const wantsAgent = modes.includes('agent');
  const mayAcpi = modes.length === 0 || modes.includes('acpi');
  if (wantsAgent || (modes.length === 0 && asked.runtime?.agent !== undefined)) {
    try {
      // An agent may take its time; it is no change of the machine, which others may make meanwhile.
      await askAgent(context, asked, reboot);
      return;
    } catch (thrown) {
      if (wantsAgent && !mayAcpi) throw thrown;
      // It may have gone down while its agent failed to say so.
      if (!asked.isActive) return;
      context.logger.log('info', 'the guest agent did not do it; the power button is pressed', { name: asked.name });
    }
  }
  await context.table.modify(uuid, api, async (record) => {
    const instance = context.table.requireActive(record);
    if (record.state.state !== 'running')
      throw invalid(say`domain '${record.name}' is not running`, say`Resume it first.`);
    setRebooting(context, record, instance, reboot);
    await monitorOf(record).execute('system_powerdown');
  });
}

async function askAgent(context: GuestContext, record: GuestRecord, reboot: boolean): Promise<void> {
  if (record.state.state !== 'running') throw invalid(say`domain '${record.name}' is not running`);
  const { agent, instance } = connectedAgent(context, record);
  // The guest resets itself; nothing has to be made of its shutting down.
  setRebooting(context, record, instance, false);
  await agent.shutdown(reboot ? 'reboot' : 'powerdown');
}

function setRebooting(context: GuestContext, record: GuestRecord, instance: Instance, rebooting: boolean): void {
  if (instance.rebooting === rebooting) return;
  instance.rebooting = rebooting;
  recordStatus(context, record, instance);
}

/** The reset button. */
export async function resetGuest(context: GuestContext, uuid: string): Promise<void> {
  await context.table.modify(uuid, 'reset', async (record) => {
    const instance = context.table.requireActive(record);
    await monitorOf(record).execute('system_reset');
    instance.rebooting = false;
    if (record.state.state === 'crashed') {
      context.table.changed(record, { state: { state: 'paused', reason: 'crashed' } });
    }
    recordStatus(context, record, instance);
  });
}

/**
 * Pulls the plug: TERM, which lets QEMU flush its disks, then KILL.
 * @throws VirError `operation-invalid` when it does not run; `resource-busy` when `graceful` and it does not end.
 */
export async function destroyGuest(
  context: GuestContext,
  uuid: string,
  options: { readonly graceful?: boolean } = {},
): Promise<void> {
  const asked = context.table.get(uuid);
  const wanted = context.table.requireActive(asked);
  // First the process, then the job: whoever has the guest in its hands lets go when the monitor is gone.
  const wasEnding = wanted.ending;
  const isStarting = wanted.phase === 'starting';
  if (!isStarting) wanted.ending = true;
  try {
    await endNow(wanted, options.graceful === true);
  } catch (thrown) {
    wanted.ending = wasEnding;
    throw thrown;
  }
  await context.table.modify(
    uuid,
    'destroy',
    async (record) => {
      if (record.runtime === undefined) {
        // What it was starting is what was ended.
        if (isStarting) return;
        throw invalid(say`domain '${record.name}' is not running`);
      }
      const instance = record.runtime;
      instance.ending = true;
      await endNow(instance, options.graceful === true);
      await lastWords(instance);
      finishRun(
        context,
        record,
        instance,
        { state: 'shutoff', reason: 'destroyed' },
        { kind: 'lifecycle', event: 'stopped', detail: 'destroyed' },
      );
    },
    { kind: 'destroy' },
  );
  await context.cables.gone();
}

/** QEMU says why it ends; that it does so is known before its words have been read. */
async function lastWords({ monitor }: Instance): Promise<void> {
  if (monitor === undefined) return;
  const patience = new AbortController();
  await Promise.race([monitor.closed, delay(lastWordsMs, undefined, { signal: patience.signal })]);
  patience.abort();
}

async function endNow(instance: Instance, graceful: boolean): Promise<void> {
  if (instance.process === undefined) return;
  if (!graceful) {
    await endProcess(instance);
    return;
  }
  const { pid } = instance.process;
  if (await askToEnd(instance, gracefulMs)) return;
  throw new VirError({
    code: 'resource-busy',
    domain: 'qemu',
    message: say`QEMU (process ${pid}) did not end within ${gracefulMs / 1000} s after SIGTERM.`,
    fix: say`Force it off without asking it to be graceful.`,
  });
}

/** Pauses the processors. A second time it is success, silently. */
export async function suspendGuest(context: GuestContext, uuid: string): Promise<void> {
  await context.table.modify(
    uuid,
    'suspend',
    async (record) => {
      const instance = context.table.requireActive(record);
      if (record.state.state === 'pmsuspended')
        throw invalid(say`domain '${record.name}' is pmsuspended`, say`Wake it up.`);
      if (record.state.state === 'paused') return;
      await pause(context, record, instance, 'user');
    },
    { kind: 'suspend' },
  );
}

/** Stops the processors for a reason; state and event come with QEMU's own. */
export async function pause(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  reason: NonNullable<Instance['pausing']>,
): Promise<void> {
  instance.pausing = reason;
  try {
    await monitorOf(record).execute('stop');
  } finally {
    instance.pausing = undefined;
  }
  recordStatus(context, record, instance);
}

export async function resumeGuest(context: GuestContext, uuid: string): Promise<void> {
  await context.table.modify(uuid, 'resume', async (record) => {
    const instance = context.table.requireActive(record);
    const { state } = record.state;
    if (state === 'pmsuspended') throw invalid(say`domain '${record.name}' is pmsuspended`, say`Wake it up.`);
    if (state === 'running') throw invalid(say`domain '${record.name}' is already running`);
    await unpause(record, instance, 'unpaused');
  });
}

export async function unpause(
  record: GuestRecord,
  instance: Instance,
  reason: NonNullable<Instance['resuming']>,
): Promise<void> {
  instance.resuming = reason;
  try {
    await monitorOf(record).execute('cont');
  } finally {
    instance.resuming = undefined;
  }
}
