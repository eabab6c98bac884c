import { useEffect } from 'react';
import type { JobInfo } from '../../../src-shared/model/job.ts';
import { announce } from '../../components/live-region.tsx';
import { notify } from '../feedback/notices.ts';
import { errorText } from '../host-words.ts';
import { t } from '../i18n.ts';
import { jobTitle } from '../job-words.ts';
import { useJobs } from '../store/jobs-store.ts';

/** Says what tasks do: to screen readers when one begins and ends, in a notice when it took a while or failed. */
export function JobAnnouncer(): null {
  useEffect(
    () =>
      useJobs.subscribe(({ jobs }, { jobs: before }) => {
        for (const job of jobs.values()) {
          const old = before.get(job.id);
          if (old?.state !== job.state) tell(job, old);
        }
      }),
    [],
  );
  return null;
}

const worthANoticeMs = 2000;

function tell(job: JobInfo, before: JobInfo | undefined): void {
  const task = jobTitle(job);
  if (job.state === 'running') announce(t('tasks.announce.running', { task }));
  // What had ended before this window asked is no news.
  else if (before === undefined) return;
  else if (job.state === 'failed' && job.error !== undefined) {
    notify({ tone: 'danger', text: errorText(job.error).message, error: job.error, timeoutMs: 15_000 });
  } else {
    announce(t(`tasks.announce.${job.state}`, { task }));
    const tookMs = (job.endedMs ?? job.startedMs) - job.startedMs;
    if (job.state === 'succeeded' && tookMs >= worthANoticeMs) {
      notify({ tone: 'ok', text: t('tasks.announce.succeeded', { task }), timeoutMs: 6000 });
    }
  }
}
