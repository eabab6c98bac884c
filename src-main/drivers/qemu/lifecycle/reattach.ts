/**
 * Finding again the guests that an earlier engine left running. Each goes on with its id and state; what happened to it
 * meanwhile is brought to its end: a guest that powered off is stopped, one whose QEMU is gone has crashed, one that was
 * only half started is ended.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { parseDomain } from '../../../../src-shared/model/domain/index.ts';
import type { DomainEvent } from '../../../engine/events.ts';
import { isAlive, type ProcessIdentity, processIdentity } from '../../../host/process-identity.ts';
import { refreshChannels } from '../agent/agent-channel.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import { Instance } from '../guests/instance.ts';
import { runPaths } from '../process/run-paths.ts';
import type { Status } from '../process/status-file.ts';
import { QmpClient } from '../qmp/client.ts';
import { object, text } from '../qmp/reply.ts';
import { apply, handleEvent, handleMonitorClosed } from './happenings.ts';
import { recordStatus } from './record-status.ts';
import { endProcess, finishRun } from './stop.ts';
import { stateAfterAbsence } from './transitions.ts';

/** A monitor that does not answer by then belongs to a QEMU that can't be looked after. */
const monitorTimeoutMs = 30_000;

/** Takes over every guest of the status folder, all at once. */
export async function reattachAll(context: GuestContext, statuses: readonly Status[]): Promise<void> {
  const outcomes = await Promise.allSettled(statuses.map((status) => reattach(context, status)));
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') continue;
    const name = statuses[index]?.name;
    context.logger.log('error', 'a running guest could not be taken over', { name, error: outcome.reason as unknown });
  }
}

async function reattach(context: GuestContext, status: Status): Promise<void> {
  const instance = new Instance({
    id: status.id,
    paths: runPaths(context.folders.run, status.id, status.name),
    emulator: status.emulator,
    accelerator: status.accelerator,
    startedMs: status.startedMs,
    autodestroy: status.autodestroy,
    once: status.once,
    note: status.note,
  });
  instance.rebooting = status.rebooting;
  instance.helpers = status.helpers;
  instance.process = status.process ?? findByMonitor(instance.facts.paths.monitor);
  const live = parseDomain(status.xml);
  instance.balloonKiB = live.currentMemory?.KiB;
  const { id, startedMs, persistent, state, definition } = status;
  const record = context.table.adopt({ live, runtime: instance, state, id, startedMs, persistent, definition });
  if (status.note !== undefined) context.table.changed(record, { note: status.note });
  const { process } = instance;
  if (process === undefined || !isAlive(process)) {
    // With its state "shutdown" the guest had powered off, and only its QEMU was still to be ended.
    if (state.state === 'shutdown') endAs(context, record, instance, 'shutdown', 'shutdown');
    else if (status.phase === 'starting') endAs(context, record, instance, 'failed', 'failed');
    else endAs(context, record, instance, 'crashed', 'failed');
    return;
  }
  if (status.phase === 'starting' || status.autodestroy) {
    instance.ending = true;
    await endProcess(instance, { atOnce: status.phase === 'starting' });
    endAs(context, record, instance, status.phase === 'starting' ? 'failed' : 'destroyed', 'destroyed');
    return;
  }
  try {
    await reconnect(context, record, instance, status);
  } catch (thrown) {
    context.logger.log('error', 'the monitor of a running guest does not answer; it is ended', {
      name: record.name,
      error: thrown,
    });
    instance.ending = true;
    await endProcess(instance, { atOnce: true });
    if (record.runtime === instance) endAs(context, record, instance, 'crashed', 'failed');
  }
}

async function reconnect(context: GuestContext, record: GuestRecord, instance: Instance, known: Status): Promise<void> {
  // Events count only from the answer on: what came before them is in it.
  instance.monitor = await QmpClient.connect(instance.facts.paths.monitor, {
    timeoutMs: monitorTimeoutMs,
    onEvent: (event) => handleEvent(context, record, instance, event),
    onClose: () => {
      instance.forgetWatchers();
      handleMonitorClosed(context, record, instance);
    },
  });
  instance.phase = 'running';
  const status = text(object(await instance.monitor.execute('query-status'), 'query-status'), 'status');
  const state = stateAfterAbsence(record.state, status);
  if (state !== record.state) context.table.changed(record, { state });
  if (state !== known.state || known.phase !== 'running' || known.process === undefined) {
    recordStatus(context, record, instance);
  }
  if (status === 'shutdown' && state.state !== 'crashed') {
    const restarts = instance.rebooting || record.current.on_poweroff === 'restart';
    apply(
      context,
      record,
      instance,
      restarts ? { events: [], then: 'restart', restarting: true } : { events: [], then: 'end' },
    );
    return;
  }
  await refreshChannels(context, record, instance);
}

function endAs(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  reason: 'shutdown' | 'crashed' | 'failed' | 'destroyed',
  detail: 'shutdown' | 'crashed' | 'failed' | 'destroyed',
): void {
  const event: DomainEvent = { kind: 'lifecycle', event: 'stopped', detail };
  finishRun(context, record, instance, { state: 'shutoff', reason }, event);
}

/** A QEMU that was started by an engine that died before it could write down the process: known by its socket. */
function findByMonitor(path: string): ProcessIdentity | undefined {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(path)) return processIdentity(Number(name));
    } catch {
      // It ended while we looked, or is not ours to look at.
    }
  }
  return undefined;
}

/** Removes the folders of runs that no status file speaks of. */
export function removeAbandonedRuns(context: GuestContext, statuses: readonly Status[]): void {
  const kept = new Set(statuses.map(({ id, name }) => runPaths(context.folders.run, id, name).folder));
  for (const name of readdirSync(context.folders.run)) {
    const folder = `${context.folders.run}/${name}`;
    if (!kept.has(folder)) rmSync(folder, { recursive: true, force: true });
  }
}
