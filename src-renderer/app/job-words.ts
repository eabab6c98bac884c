import type { JobInfo } from '../../src-shared/model/job.ts';
import { textOf } from './i18n.ts';

/** `Upload web.qcow2`: what a task does, from its kind (`volume.upload`). */
export function jobTitle(job: Pick<JobInfo, 'kind' | 'subject'>): string {
  return textOf(`jobs.${job.kind.replaceAll('.', '-')}`, `${job.kind} – ${job.subject}`, { subject: job.subject });
}
