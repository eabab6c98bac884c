import type { JobInfo } from '../../src-shared/model/job.ts';
import { engine, EngineError } from './client.ts';

/**
 * Starts a task of the engine and waits for its end. The task centre shows it meanwhile.
 * @throws EngineError what it ended with
 */
export async function jobEnd(start: () => Promise<string>): Promise<void> {
  const ended = new Map<string, JobInfo>();
  let wake: () => void = () => undefined;
  // It may be over before its id is here.
  const unsubscribe = engine.subscribe((message) => {
    if (message.channel !== 'job' || message.job.state === 'running') return;
    ended.set(message.job.id, message.job);
    wake();
  });
  try {
    const id = await start();
    while (!ended.has(id)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const error = ended.get(id)?.error;
    if (error !== undefined) throw new EngineError(error);
  } finally {
    unsubscribe();
  }
}
