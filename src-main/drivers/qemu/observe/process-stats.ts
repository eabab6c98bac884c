/** What the kernel knows of a guest's QEMU: processor time, memory, and each virtual processor's thread. */
import { readdirSync } from 'node:fs';
import { readProc } from '../../../host/proc.ts';

/** `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on; so is the page size 4 KiB on those QEMU runs on. */
const nanosecondsPerTick = 10_000_000;
const pageKiB = 4;

export interface ProcessFigures {
  readonly userNs: number;
  readonly systemNs: number;
  readonly rssKiB: number;
}

/** Undefined when the process is gone. */
export function processFigures(pid: number, thread?: number): ProcessFigures | undefined {
  const text = readProc(thread === undefined ? `/proc/${pid}/stat` : `/proc/${pid}/task/${thread}/stat`);
  if (text === undefined) return undefined;
  // The name may hold blanks and brackets; fields 14, 15 and 24 are counted from behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    userNs: Number(fields[11]) * nanosecondsPerTick,
    systemNs: Number(fields[12]) * nanosecondsPerTick,
    rssKiB: Number(fields[21]) * pageKiB,
  };
}

/** How long a thread has run and how long it was ready to but did not (`/proc/…/schedstat`). */
export function threadSchedule(
  pid: number,
  thread: number,
): { readonly runNs: number; readonly waitNs: number } | undefined {
  const text = readProc(`/proc/${pid}/task/${thread}/schedstat`);
  if (text === undefined) return undefined;
  const [run, wait] = text.split(' ');
  return { runNs: Number(run), waitNs: Number(wait) };
}

/** Which of the host's processors a thread last ran on, and how long it slept for something else than a processor. */
export function threadPlace(pid: number, thread: number): { readonly cpu?: number; readonly waitNs?: number } {
  const stat = readProc(`/proc/${pid}/task/${thread}/stat`);
  if (stat === undefined) return {};
  // Field 39, counted from behind the name.
  const cpu = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[36]);
  // Milliseconds; there without scheduler statistics too, and then zero.
  const wait = /^(?:se\.statistics\.)?wait_sum\s*:\s*([\d.]+)/m.exec(
    readProc(`/proc/${pid}/task/${thread}/sched`) ?? '',
  )?.[1];
  return { cpu, waitNs: Math.round(Number(wait ?? 0) * 1_000_000) };
}

/**
 * The threads of the virtual processors by number, known by the names QEMU gives them (`debug-threads=on`): `CPU 0/KVM`,
 * `CPU 1/TCG`; with one thread for all it is `ALL CPUs/TCG`, and counts as the first's.
 */
export function vcpuThreads(pid: number): ReadonlyMap<number, number> {
  const threads = new Map<number, number>();
  for (const name of readTasks(pid)) {
    const comm = readProc(`/proc/${pid}/task/${name}/comm`)?.trim() ?? '';
    const number = /^CPU (\d+)\//.exec(comm)?.[1] ?? (comm.startsWith('ALL CPUs/') ? '0' : undefined);
    if (number !== undefined) threads.set(Number(number), Number(name));
  }
  return threads;
}

function readTasks(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
