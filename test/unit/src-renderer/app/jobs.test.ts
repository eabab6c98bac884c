import { describe, expect, it } from 'vitest';
import type { JobInfo } from '../../../../src-shared/model/job.ts';
import { progressOf, sortedJobs } from '../../../../src-renderer/app/store/jobs-store.ts';

const job = (id: string, rest: Partial<JobInfo> = {}): JobInfo => ({
  id,
  kind: 'volume.upload',
  subject: 'a',
  state: 'running',
  cancellable: true,
  retryable: true,
  startedMs: 0,
  ...rest,
});

describe('tasks', () => {
  it('are listed running first, then the latest that ended', () => {
    const ended = (id: string, endedMs: number): JobInfo => job(id, { state: 'succeeded', endedMs });
    const list = sortedJobs([
      ended('old', 1),
      job('first', { startedMs: 1 }),
      ended('new', 9),
      job('second', { startedMs: 2 }),
    ]);
    expect(list.map(({ id }) => id)).toEqual(['second', 'first', 'new', 'old']);
  });

  it('have a progress only when their total is known', () => {
    expect(progressOf(job('a', { done: 1, total: 4 }))).toBe(0.25);
    expect(progressOf(job('a', { done: 1 }))).toBeUndefined();
    expect(progressOf(job('a', { done: 0, total: 0 }))).toBeUndefined();
    expect(progressOf(job('a', { done: 9, total: 4 }))).toBe(1);
  });
});
