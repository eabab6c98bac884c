/**
 * Starting a guest. What a later engine would need to find it is written down before QEMU is started, and again when its
 * process is known; from then on a crash of this engine leaves either a running guest or one that can be found and ended.
 */
import { closeSync, mkdirSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../../../src-shared/errors.ts';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { StateAndReason } from '../../../../src-shared/model/summary.ts';
import type { DomainEvent } from '../../../engine/events.ts';
import { spawnDetached } from '../../../host/process.ts';
import { terminate, waitForExit } from '../../../host/process-identity.ts';
import { agentChannel, refreshChannels, withClosedChannels } from '../agent/agent-channel.ts';
import type { ProbedQemu } from '../capabilities/qemu-capabilities.ts';
import type { GuestContext, GuestRecord, LaunchPlan } from '../guests/context.ts';
import { Instance } from '../guests/instance.ts';
import { GuestLog } from '../process/guest-log.ts';
import { runPaths } from '../process/run-paths.ts';
import { startHelper } from '../process/start-helper.ts';
import { QmpClient } from '../qmp/client.ts';
import { MonitorClosedError } from '../qmp/error.ts';
import { chooseAccelerator } from './accelerator-choice.ts';
import { handleEvent, handleMonitorClosed } from './happenings.ts';
import { recordStatus } from './record-status.ts';
import { setUpGuest } from './set-up.ts';
import { finishRun } from './stop.ts';

/** From starting QEMU to its first word: long, since a busy host starts many at once. */
const monitorTimeoutMs = 60_000;
const logTailBytes = 4096;

export interface RunOptions {
  readonly paused: boolean;
  readonly autodestroy: boolean;
  /** The definition is not the stored one. */
  readonly once: boolean;
  /** What the guest starts with instead of booting; leaves it paused. */
  readonly incoming?: (monitor: QmpClient, instance: Instance) => Promise<void>;
  /** It is what a snapshot has of it, before it runs or stands still as `paused` says; booted where that is no memory. */
  readonly fromSnapshot?: { readonly load?: (monitor: QmpClient, instance: Instance) => Promise<void> };
  /** Whether a guest that was given its memory runs on. */
  readonly resume?: boolean;
}

const lifecycle = (event: Extract<DomainEvent, { kind: 'lifecycle' }>): DomainEvent => event;

/**
 * Runs `domain` as the instance of `record`. Called inside a job of that domain.
 * @throws VirError with QEMU's own complaint; the domain is inactive again then, and nothing was told.
 */
export async function startGuest(
  context: GuestContext,
  record: GuestRecord,
  domain: Domain,
  options: RunOptions,
): Promise<void> {
  const emulator = domain.devices?.emulator;
  if (emulator === undefined) throw new TypeError('a completed domain has an emulator');
  const capabilities = await context.registry.get(emulator);
  const choice = chooseAccelerator(domain, capabilities);
  const id = context.table.nextId();
  const paths = runPaths(context.folders.run, id, record.name);
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
  let plan: LaunchPlan;
  try {
    const { accelerator } = choice;
    const incoming = options.incoming !== undefined;
    plan = await context.prepareRun(choice.domain, { id, paths, capabilities, accelerator, incoming });
  } catch (thrown) {
    rmSync(paths.folder, { recursive: true, force: true });
    throw thrown;
  }
  const instance = new Instance({
    id,
    paths,
    emulator,
    accelerator: choice.accelerator,
    startedMs: Date.now(),
    autodestroy: options.autodestroy,
    once: options.once,
    note: choice.note,
  });
  const state = { state: 'paused', reason: 'starting up' } as const;
  const started = {
    live: withClosedChannels(plan.live),
    runtime: instance,
    state,
    id,
    startedMs: instance.facts.startedMs,
    ...(options.once || options.incoming !== undefined || options.fromSnapshot !== undefined
      ? { definition: domain }
      : {}),
  };
  if (options.once) context.table.startedOnce(record, started);
  else context.table.started(record, started);
  if (choice.note !== undefined) context.table.changed(record, { note: choice.note });
  recordStatus(context, record, instance);
  try {
    await launch(context, record, instance, plan);
    await bringUp(context, record, instance, capabilities, options);
  } catch (thrown) {
    const log = new GuestLog(context.folders.logs, record.name);
    // Its end explains a broken monitor better than the monitor does.
    const hasDied = thrown instanceof MonitorClosedError && (await hasEnded(instance));
    await abandon(context, record, instance);
    throw hasDied
      ? failedToStart(record.name, log.tail(logTailBytes, instance.logBegin), 'an error', plan.argv)
      : thrown;
  } finally {
    plan.release();
  }
}

const hasEnded = async ({ process }: Instance): Promise<boolean> =>
  process === undefined || (await waitForExit(process, 500));

/** Starts the helpers, then QEMU, and connects its monitor. */
async function launch(context: GuestContext, record: GuestRecord, instance: Instance, plan: LaunchPlan): Promise<void> {
  const log = new GuestLog(context.folders.logs, record.name);
  const begin = log.begin(plan.argv);
  instance.logBegin = begin;
  for (const helper of plan.helpers) {
    instance.helpers = [...instance.helpers, await startHelper(helper, log.path)];
  }
  const env = plan.env === undefined ? {} : { env: plan.env };
  const descriptors = await context.cables.plug(plan.cables);
  const qemu = await spawnDetached(plan.argv, { logFile: log.path, ...env, extraFds: descriptors }).finally(() => {
    for (const descriptor of descriptors) closeSync(descriptor);
  });
  instance.process = qemu;
  instance.exited = qemu.exited;
  recordStatus(context, record, instance);
  const gaveUp = new AbortController();
  const connecting = connectMonitor(context, record, instance, gaveUp.signal);
  const ended = qemu.exited.then(({ code, signal }) => ({ how: signal ?? `status ${code}` }));
  const first = await Promise.race([connecting.then(() => undefined), ended]).catch(async (thrown: unknown) => {
    // Its end is the better explanation, and follows at once where it is one.
    const end = await Promise.race([ended, delay(200)]);
    if (end === undefined) throw thrown;
    return end;
  });
  if (first === undefined) return;
  gaveUp.abort(new Error('QEMU ended'));
  connecting.catch(() => undefined);
  throw failedToStart(record.name, log.tail(logTailBytes, begin), first.how, plan.argv);
}

export async function connectMonitor(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  signal?: AbortSignal,
): Promise<void> {
  instance.monitor = await QmpClient.connect(instance.facts.paths.monitor, {
    waitForSocket: true,
    timeoutMs: monitorTimeoutMs,
    onEvent: (event) => handleEvent(context, record, instance, event),
    onClose: () => {
      instance.forgetWatchers();
      handleMonitorClosed(context, record, instance);
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Tells QEMU what the command line can't, gives the guest its memory where it has some, and lets it run. */
async function bringUp(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  capabilities: ProbedQemu,
  options: RunOptions,
): Promise<void> {
  const { monitor } = instance;
  if (monitor === undefined) throw new TypeError('a started guest has a monitor');
  const { table } = context;
  const setUp = setUpGuest(context, record, instance, monitor, capabilities);
  if (agentChannel(record) !== undefined) {
    table.announce(record, { kind: 'agent-lifecycle', connected: false, reason: 'domain-started' });
  }
  if (options.incoming !== undefined) {
    await setUp;
    await options.incoming(monitor, instance);
    instance.phase = 'running';
    await refreshChannels(context, record, instance);
    table.changed(
      record,
      { state: { state: 'paused', reason: 'migrating' } },
      lifecycle({ kind: 'lifecycle', event: 'started', detail: 'restored' }),
    );
    if (options.resume === true && !options.paused) await run(monitor, instance, 'restored');
    else {
      const detail = options.paused ? 'paused' : 'restored';
      table.changed(
        record,
        { state: { state: 'paused', reason: 'user' } },
        lifecycle({ kind: 'lifecycle', event: 'suspended', detail }),
      );
    }
  } else if (options.fromSnapshot !== undefined) {
    await setUp;
    const { load } = options.fromSnapshot;
    await load?.(monitor, instance);
    instance.phase = 'running';
    await refreshChannels(context, record, instance);
    const started = lifecycle({ kind: 'lifecycle', event: 'started', detail: 'from-snapshot' });
    if (load === undefined && !options.paused) {
      await run(monitor, instance, 'booted');
      table.announce(record, started);
    } else {
      const state: StateAndReason = { state: 'paused', reason: load === undefined ? 'user' : 'from snapshot' };
      table.changed(record, { state }, started);
      if (options.paused) {
        table.announce(record, lifecycle({ kind: 'lifecycle', event: 'suspended', detail: 'from-snapshot' }));
      } else await run(monitor, instance, 'from snapshot');
    }
  } else if (options.paused) {
    await setUp;
    instance.phase = 'running';
    table.changed(
      record,
      { state: { state: 'paused', reason: 'user' } },
      lifecycle({ kind: 'lifecycle', event: 'started', detail: 'booted' }),
      lifecycle({ kind: 'lifecycle', event: 'suspended', detail: 'paused' }),
    );
  } else {
    await setUp;
    instance.phase = 'running';
    await run(monitor, instance, 'booted');
    table.changed(record, {}, lifecycle({ kind: 'lifecycle', event: 'started', detail: 'booted' }));
  }
  if (record.runtime === instance) recordStatus(context, record, instance);
}

/** Lets the processors run; the state changes with QEMU's event, which comes before the answer. */
async function run(
  monitor: QmpClient,
  instance: Instance,
  reason: 'booted' | 'restored' | 'from snapshot',
): Promise<void> {
  instance.resuming = reason;
  try {
    await monitor.execute('cont');
  } finally {
    instance.resuming = undefined;
  }
}

async function abandon(context: GuestContext, record: GuestRecord, instance: Instance): Promise<void> {
  instance.ending = true;
  if (instance.process !== undefined) await terminate(instance.process, { graceMs: 0 });
  if (record.runtime === instance) finishRun(context, record, instance, { state: 'shutoff', reason: 'failed' });
}

function failedToStart(name: string, complaint: string, how: string, argv: readonly string[]): VirError {
  const said = complaint.trim();
  return new VirError({
    code: 'internal-error',
    domain: 'qemu',
    message: say`QEMU could not start domain '${name}'.`,
    cause: said === '' ? say`It ended with ${how} and said nothing.` : (said.split('\n').pop() ?? said),
    fix: say`The log of the machine has everything QEMU said.`,
    details: `${said}\n${argv.join(' ')}`,
  });
}
