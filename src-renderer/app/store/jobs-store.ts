import { create } from 'zustand';
import type { JobInfo } from '../../../src-shared/model/job.ts';

export interface JobsState {
  readonly jobs: ReadonlyMap<string, JobInfo>;
}

/** The engine's tasks, running and lately ended. Written by the feed only. */
export const useJobs = create<JobsState>()(() => ({ jobs: new Map() }));

/** A task as it is now. The steps of another are not shown: that one tells of them. */
export function withJob(jobs: ReadonlyMap<string, JobInfo>, job: JobInfo): ReadonlyMap<string, JobInfo> {
  const next = new Map(jobs);
  if (job.partOf === undefined) next.set(job.id, job);
  else next.delete(job.id);
  return next;
}

export const jobsOf = (list: readonly JobInfo[]): ReadonlyMap<string, JobInfo> =>
  list.reduce(withJob, new Map<string, JobInfo>());

/** Running first, then the latest ended. */
export function sortedJobs(jobs: Iterable<JobInfo>): readonly JobInfo[] {
  const key = (job: JobInfo): number => (job.state === 'running' ? Infinity : (job.endedMs ?? job.startedMs));
  return [...jobs].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left === right ? b.startedMs - a.startedMs : right > left ? 1 : -1;
  });
}

/** 0…1, or undefined while the total is not known. */
export function progressOf(job: JobInfo): number | undefined {
  if (job.state === 'succeeded') return 1;
  if (job.done === undefined || job.total === undefined || job.total <= 0) return undefined;
  return Math.min(1, job.done / job.total);
}
