/** Waits for the engine's jobs from the command line. */
import { VirError } from '../../src-shared/errors.ts';
import type { JobInfo } from '../../src-shared/model/job.ts';
import type { Session } from './command.ts';

/**
 * Starts a job and waits for its end; an interrupt cancels it.
 * @throws VirError the job's own error.
 */
export async function runJob(session: Session, start: () => Promise<string>): Promise<JobInfo> {
  const seen = new Map<string, JobInfo>();
  let wake: (() => void) | undefined;
  const unsubscribe = session.client.subscribe((event) => {
    if (event.channel !== 'job') return;
    seen.set(event.job.id, event.job);
    wake?.();
  });
  try {
    const id = await start();
    const cancel = (): void => {
      session.client.call('jobs.cancel', { id }).catch(() => undefined);
    };
    session.interrupted.addEventListener('abort', cancel, { once: true });
    const known = (await session.client.call('jobs.list', {})).find((job) => job.id === id);
    if (known !== undefined && !seen.has(id)) seen.set(id, known);
    for (;;) {
      const job = seen.get(id);
      if (job !== undefined && job.state !== 'running') return finished(job);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    unsubscribe();
  }
}

function finished(job: JobInfo): JobInfo {
  if (job.state === 'succeeded') return job;
  throw new VirError(
    job.error ?? {
      code: 'operation-failed',
      domain: 'none',
      message: `The task '${job.kind}' on '${job.subject}' failed.`,
    },
  );
}
