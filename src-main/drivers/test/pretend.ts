/** Work that takes its time and does nothing, for jobs to show. */
import { setTimeout as delay } from 'node:timers/promises';
import type { JobControl } from '../../engine/jobs.ts';

const steps = 20;

export async function pretend({ signal, progress }: JobControl, durationMs: number, totalBytes: number): Promise<void> {
  for (let step = 0; step < steps && durationMs > 0; step += 1) {
    progress(Math.floor((totalBytes * step) / steps), totalBytes);
    await delay(durationMs / steps, undefined, { signal });
  }
  signal.throwIfAborted();
  progress(totalBytes, totalBytes);
}
