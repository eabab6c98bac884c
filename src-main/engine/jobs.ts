/** Jobs: what takes long, with progress, cancellation and a result that every door can show. */
import { randomUUID } from 'node:crypto';
import { toErrorData, VirError } from '../../src-shared/errors.ts';
import type { JobInfo } from '../../src-shared/model/job.ts';
import { say } from '../../src-shared/words.ts';
import { Emitter } from './events.ts';

/** A job that has been started. Its result rejects with `operation-aborted` when it was cancelled. */
export interface Job<T> {
  readonly info: JobInfo;
  readonly result: Promise<T>;
  cancel(): void;
}

/** What the work is given: where to report progress and when to stop. */
export interface JobControl {
  /** The job's own id. */
  readonly id: string;
  readonly signal: AbortSignal;
  progress(done: number, total?: number): void;
}

export interface JobDescription {
  readonly kind: string;
  readonly subject: string;
  readonly uri?: string;
  readonly domainUuid?: string;
  readonly unit?: 'bytes' | 'steps';
  readonly cancellable?: boolean;
  /** The work may be run again from the start after it failed or was cancelled. */
  readonly retryable?: boolean;
}

const keptWhenEnded = 200;
const progressIntervalMs = 100;

/** All jobs of an engine, running and lately ended. */
export class JobRegistry {
  readonly events = new Emitter<JobInfo>();
  readonly #jobs = new Map<
    string,
    { info: JobInfo; update: (change: Partial<JobInfo>) => void; cancel: () => void; again: () => string }
  >();

  list(): readonly JobInfo[] {
    return [...this.#jobs.values()].map((entry) => entry.info);
  }

  cancel(id: string): void {
    const entry = this.#jobs.get(id);
    if (entry === undefined) {
      throw new VirError({ code: 'invalid-arg', domain: 'none', message: say`There is no job '${id}'.` });
    }
    entry.cancel();
  }

  /** Makes a job a step of another. */
  attach(id: string, partOf: string): void {
    const entry = this.#jobs.get(id);
    if (entry === undefined) return;
    entry.update({ partOf });
    this.events.emit(entry.info);
  }

  /** Starts an ended job again. @returns the new job's id, or undefined when it cannot be repeated. */
  retry(id: string): string | undefined {
    const entry = this.#jobs.get(id);
    if (entry === undefined || !entry.info.retryable || !['failed', 'cancelled'].includes(entry.info.state))
      return undefined;
    return entry.again();
  }

  /** Starts work at once and announces its beginning, its progress (at most ten times a second) and its end. */
  start<T>(description: JobDescription, work: (control: JobControl) => Promise<T>): Job<T> {
    const controller = new AbortController();
    const cancellable = description.cancellable ?? true;
    const id = randomUUID();
    const retryable = description.retryable ?? false;
    let info: JobInfo = { ...description, id, cancellable, retryable, state: 'running', startedMs: Date.now() };
    let announcedMs = 0;
    const update = (change: Partial<JobInfo>): void => {
      info = { ...info, ...change };
      const entry = this.#jobs.get(id);
      if (entry !== undefined) entry.info = info;
    };
    const announce = (): void => {
      announcedMs = Date.now();
      this.events.emit(info);
    };
    const cancel = (): void => {
      if (cancellable && info.state === 'running') controller.abort(cancelled(description));
    };
    this.#jobs.set(id, { info, update, cancel, again: () => this.start(description, work).info.id });
    announce();

    const run = async (): Promise<T> => {
      try {
        const value = await work({
          id,
          signal: controller.signal,
          progress: (done, total) => {
            if (info.state !== 'running') return;
            update(total === undefined ? { done } : { done, total });
            if (Date.now() - announcedMs >= progressIntervalMs) announce();
          },
        });
        update({ state: 'succeeded', endedMs: Date.now() });
        return value;
      } catch (thrown) {
        // Whatever the work gave up with, the reason is that it was told to.
        const { aborted, reason } = controller.signal;
        const error: unknown = aborted ? reason : thrown;
        update({ state: aborted ? 'cancelled' : 'failed', endedMs: Date.now(), error: toErrorData(error) });
        throw error;
      } finally {
        announce();
        this.#forgetOldest();
      }
    };
    const result = run();
    // Whoever started the job may only watch its events; the rejection is announced there.
    result.catch(() => undefined);
    return {
      get info() {
        return info;
      },
      result,
      cancel,
    };
  }

  #forgetOldest(): void {
    const ended = [...this.#jobs.entries()].filter(([, entry]) => entry.info.state !== 'running');
    for (const [id] of ended.slice(0, Math.max(0, ended.length - keptWhenEnded))) this.#jobs.delete(id);
  }
}

const cancelled = (description: JobDescription): VirError =>
  new VirError({
    code: 'operation-aborted',
    domain: 'none',
    message: say`The task '${description.kind}' on '${description.subject}' was cancelled.`,
  });
