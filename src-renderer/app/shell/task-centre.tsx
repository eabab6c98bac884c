import Ban from 'lucide-react/icons/ban';
import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import RotateCcw from 'lucide-react/icons/rotate-ccw';
import X from 'lucide-react/icons/x';
import type { JobInfo } from '../../../src-shared/model/job.ts';
import { IconButton } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import { Icon, type IconType } from '../../components/icon.tsx';
import { ProgressBar } from '../../components/meter.tsx';
import { Popover } from '../../components/popover.tsx';
import { engine } from '../client.ts';
import { ErrorPanel } from '../feedback/error-panel.tsx';
import { reportError } from '../feedback/notices.ts';
import { formatBytes, formatDuration, formatTime } from '../format.ts';
import { t } from '../i18n.ts';
import { jobTitle } from '../job-words.ts';
import { progressOf, sortedJobs, useJobs } from '../store/jobs-store.ts';
import styles from './task-centre.module.css';

const looks: Readonly<Record<JobInfo['state'], { icon: IconType; className: string | undefined }>> = {
  running: { icon: LoaderCircle, className: styles.quiet },
  succeeded: { icon: CircleCheck, className: styles.ok },
  failed: { icon: CircleAlert, className: styles.danger },
  cancelled: { icon: Ban, className: styles.quiet },
};

/** Tasks, running and lately ended, with what can be done about each. */
export default function TaskCentre({ anchor, onClose }: { anchor: Element; onClose: () => void }): React.JSX.Element {
  const jobs = useJobs((state) => state.jobs);
  const list = sortedJobs(jobs.values());
  return (
    <Popover
      anchor={anchor}
      side="above"
      align="end"
      label={t('tasks.title')}
      className={styles.centre}
      onClose={onClose}
    >
      <div className={styles.head}>
        <h2>{t('tasks.title')}</h2>
        <IconButton icon={X} label={t('action.close')} onClick={onClose} />
      </div>
      {list.length === 0 ? (
        <p className={styles.empty}>{t('tasks.empty')}</p>
      ) : (
        <ul className={styles.list}>
          {list.map((job) => (
            <Task key={job.id} job={job} />
          ))}
        </ul>
      )}
    </Popover>
  );
}

function Task({ job }: { job: JobInfo }): React.JSX.Element {
  const { icon, className } = looks[job.state];
  const retryable = job.retryable && (job.state === 'failed' || job.state === 'cancelled');
  return (
    <li className={styles.task}>
      <Icon of={icon} className={cx(className)} />
      <div className={styles.text}>
        <div className="truncate">{jobTitle(job)}</div>
        <div className={cx(styles.meta, 'tabular')}>{metaOf(job)}</div>
      </div>
      <div className={styles.buttons}>
        {job.state === 'running' && job.cancellable && (
          <IconButton
            icon={X}
            size="small"
            label={t('tasks.cancel', { task: jobTitle(job) })}
            tip={t('action.cancel')}
            onClick={() => {
              engine.call('jobs.cancel', { id: job.id }).catch(reportError);
            }}
          />
        )}
        {retryable && (
          <IconButton
            icon={RotateCcw}
            size="small"
            label={t('tasks.retry', { task: jobTitle(job) })}
            tip={t('action.retry')}
            onClick={() => {
              engine.call('jobs.retry', { id: job.id }).catch(reportError);
            }}
          />
        )}
      </div>
      {job.state === 'running' && (
        <div className={styles.bar}>
          <ProgressBar value={progressOf(job)} label={jobTitle(job)} />
        </div>
      )}
      {job.state === 'failed' && job.error !== undefined && (
        <div className={styles.error}>
          <ErrorPanel error={job.error} />
        </div>
      )}
    </li>
  );
}

function metaOf(job: JobInfo): string {
  const share = progressOf(job);
  if (job.state === 'running') {
    if (job.done === undefined) return t('tasks.state.running');
    if (job.unit === 'bytes') {
      return job.total === undefined
        ? formatBytes(job.done)
        : t('tasks.of', { done: formatBytes(job.done), total: formatBytes(job.total) });
    }
    return share === undefined ? t('tasks.state.running') : `${Math.round(share * 100)} %`;
  }
  const ended = job.endedMs ?? job.startedMs;
  return [t(`tasks.state.${job.state}`), formatTime(ended), formatDuration(ended - job.startedMs)].join(' · ');
}
