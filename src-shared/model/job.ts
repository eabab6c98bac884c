/** A task that takes long, as every door shows it. */
import type { ErrorData } from '../errors.ts';

export interface JobInfo {
  readonly id: string;
  /** i18n key of the kind (`volume.upload`, `domain.save` …). */
  readonly kind: string;
  /** What it is about, for the sentence: a domain's or volume's name. */
  readonly subject: string;
  readonly uri?: string;
  readonly domainUuid?: string;
  /** The job it is a step of, which tells of it: shown there, not beside it. */
  readonly partOf?: string;
  readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly cancellable: boolean;
  readonly retryable: boolean;
  /** Bytes or steps; `total` absent when it is not known. */
  readonly done?: number;
  readonly total?: number;
  readonly unit?: 'bytes' | 'steps';
  readonly startedMs: number;
  readonly endedMs?: number;
  readonly error?: ErrorData;
}
