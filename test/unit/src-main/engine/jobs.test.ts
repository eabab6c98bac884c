import { describe, expect, it } from 'vitest';
import { JobRegistry } from '../../../../src-main/engine/jobs.ts';
import { VirError } from '../../../../src-shared/errors.ts';
import type { JobInfo } from '../../../../src-shared/model/job.ts';

const description = { kind: 'volume.upload', subject: 'web.qcow2' };

function watched(): { readonly jobs: JobRegistry; readonly told: JobInfo[] } {
  const jobs = new JobRegistry();
  const told: JobInfo[] = [];
  jobs.events.subscribe((info) => told.push(info));
  return { jobs, told };
}

describe('a job', () => {
  it('tells its beginning and its end, with the last progress', async () => {
    const { jobs, told } = watched();
    const job = jobs.start(description, async ({ progress }) => {
      for (let done = 0; done <= 100; done += 1) progress(done, 100);
      await Promise.resolve();
      return 'made';
    });
    expect(await job.result).toBe('made');
    expect(told[0]).toMatchObject({ state: 'running', subject: 'web.qcow2' });
    expect(told.at(-1)).toMatchObject({ state: 'succeeded', done: 100, total: 100 });
    // A hundred reports within a millisecond are not a hundred events.
    expect(told.length).toBeLessThan(5);
    expect(jobs.list()).toMatchObject([{ state: 'succeeded' }]);
  });

  it('ends as cancelled with that reason, whatever its work gave up with', async () => {
    const { jobs, told } = watched();
    const job = jobs.start(description, async ({ signal }) => {
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('socket closed'))),
      );
    });
    jobs.cancel(job.info.id);
    await expect(job.result).rejects.toMatchObject({ code: 'operation-aborted' });
    expect(told.at(-1)).toMatchObject({ state: 'cancelled', error: { code: 'operation-aborted' } });
  });

  it('that failed carries its error, and can be repeated only when its kind allows', async () => {
    const { jobs, told } = watched();
    let tries = 0;
    const work = async (): Promise<void> => {
      tries += 1;
      await Promise.resolve();
      if (tries === 1) throw new VirError({ code: 'write-failed', domain: 'storage', message: 'No space left.' });
    };
    const job = jobs.start({ ...description, retryable: true }, work);
    await expect(job.result).rejects.toThrow('No space left.');
    expect(told.at(-1)).toMatchObject({ state: 'failed', error: { code: 'write-failed' } });
    const again = jobs.retry(job.info.id);
    await new Promise((resolve) => setImmediate(resolve));
    expect(jobs.list().find((info) => info.id === again)?.state).toBe('succeeded');
    const once = jobs.start(description, () => Promise.reject(new Error('no')));
    await expect(once.result).rejects.toThrow('no');
    expect(jobs.retry(once.info.id)).toBeUndefined();
  });

  it('is not cancelled when it says it can not be', async () => {
    const { jobs } = watched();
    const job = jobs.start({ ...description, cancellable: false }, ({ signal }) => Promise.resolve(signal.aborted));
    job.cancel();
    expect(await job.result).toBe(false);
  });

  it('is forgotten only after many later ones, and never while it runs', async () => {
    const { jobs } = watched();
    let end = (): void => undefined;
    const running = jobs.start(description, () => new Promise<void>((resolve) => (end = resolve)));
    for (let count = 0; count < 250; count += 1) await jobs.start(description, () => Promise.resolve()).result;
    expect(jobs.list()).toHaveLength(201);
    expect(jobs.list()[0]?.id).toBe(running.info.id);
    end();
    await running.result;
  });
});
