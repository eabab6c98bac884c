/** Processes that may not be our children: told apart from others that got their number later, watched, ended. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';

/** A process for as long as the host runs: pids are used again, a pid with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of `/proc/PID/stat`: clock ticks after boot. */
  readonly startTime: number;
}

/** The identity of the process that has this pid now; undefined when there is none. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  return stat === undefined ? undefined : { pid, startTime: stat.startTime };
}

/** Whether it still runs. One that has ended but was not yet collected by its parent does not. */
export function isAlive(identity: ProcessIdentity): boolean {
  const stat = readStat(identity.pid);
  if (stat === undefined || stat.startTime !== identity.startTime) return false;
  // While other threads are still on their way out, its files are still open.
  return !(stat.state === 'Z' || stat.state === 'X') || stat.threads > 1;
}

/**
 * Waits for the end of a process of any parentage. The first hundredth of a second is watched closely, since that is
 * when a hypervisor that was told to stop does.
 * @returns whether it ended in time.
 */
export async function waitForExit(
  identity: ProcessIdentity,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const started = performance.now();
  while (isAlive(identity)) {
    const passed = performance.now() - started;
    if (passed >= timeoutMs) return false;
    const step = passed < 100 ? 1 : passed < 1000 ? 5 : 25;
    await delay(Math.min(step, timeoutMs - passed), undefined, signal === undefined ? {} : { signal });
  }
  return true;
}

export interface TerminateOptions {
  /** How long it may take to end by itself after TERM; 0 sends KILL at once. */
  readonly graceMs: number;
  /** How long the kernel may take to end it after KILL; 15 s unless told. */
  readonly killWaitMs?: number;
}

/**
 * TERM, then KILL.
 * @returns how it ended; `gone` when it was not running.
 * @throws VirError `operation-failed` when it survives KILL (stuck in the kernel) or is not ours to signal.
 */
export async function terminate(
  identity: ProcessIdentity,
  { graceMs, killWaitMs = 15_000 }: TerminateOptions,
): Promise<'gone' | 'terminated' | 'killed'> {
  if (!send(identity, graceMs > 0 ? 'SIGTERM' : 'SIGKILL')) return 'gone';
  if (graceMs > 0) {
    if (await waitForExit(identity, graceMs)) return 'terminated';
    send(identity, 'SIGKILL');
  }
  if (await waitForExit(identity, killWaitMs)) return 'killed';
  throw new VirError({
    code: 'operation-failed',
    domain: 'none',
    message: say`Process ${identity.pid} did not end within ${killWaitMs} ms after SIGKILL.`,
    cause: say`It is most likely waiting for a device or a file system that does not answer.`,
    fix: say`Look at /proc/${identity.pid}/stack and the kernel log.`,
  });
}

/** @returns false when it was already gone. */
function send(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw new VirError(
      {
        code: 'operation-failed',
        domain: 'none',
        message: say`Process ${identity.pid} can't be sent ${signal}.`,
        cause: thrown instanceof Error ? thrown.message : String(thrown),
      },
      { cause: thrown },
    );
  }
}

function readStat(
  pid: number,
): { readonly state: string; readonly threads: number; readonly startTime: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw thrown;
  }
  // The name may hold anything, blanks and brackets too; what follows the last bracket starts with field 3.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', threads: Number(fields[17]), startTime: Number(fields[19]) };
}
