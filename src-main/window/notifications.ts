/** What the desktop is told while nobody looks: a machine that crashed, a long task that ended, any that failed. */
import type { ContractEvent } from '../../src-shared/contract/index.ts';
import { saidOf } from '../../src-shared/errors.ts';
import type { Sentence } from '../../src-shared/words.ts';
import type { Labels } from './labels.ts';

export interface DesktopNotice {
  readonly title: string;
  readonly body: Sentence;
}

/** Shorter tasks are over before anybody has turned away. */
const longMs = 10_000;

/** Words for an event that is worth a notification. */
export function noticeOf(event: ContractEvent, words: Labels): DesktopNotice | undefined {
  if (event.channel === 'job') {
    const { state, subject, startedMs, endedMs, error, partOf } = event.job;
    if (partOf !== undefined) return undefined;
    if (state === 'failed')
      return { title: words.taskFailed(subject), body: error === undefined ? '' : saidOf(error).message };
    const isLong = endedMs !== undefined && endedMs - startedMs >= longMs;
    return state === 'succeeded' && isLong ? { title: words.taskDone(subject), body: '' } : undefined;
  }
  if (event.channel !== 'engine' || event.event.type !== 'domain') return undefined;
  const { domain, event: happened } = event.event;
  if (happened.kind !== 'lifecycle') return undefined;
  const crashed = happened.event === 'crashed' || (happened.event === 'stopped' && happened.detail === 'crashed');
  return crashed ? { title: words.crashed(domain.name), body: words.crashedBody } : undefined;
}

export interface NotifierOptions {
  /** Whether the user wants any now. */
  readonly wanted: () => boolean;
  readonly words: () => Labels;
  readonly show: (notice: DesktopNotice) => void;
}

/** Takes every event once; a task that is announced again after its end is told once. */
export function notifier({ wanted, words, show }: NotifierOptions): (event: ContractEvent) => void {
  const ended = new Set<string>();
  return (event) => {
    if (event.channel === 'job') {
      if (event.job.state === 'running') ended.delete(event.job.id);
      else if (ended.has(event.job.id)) return;
      else ended.add(event.job.id);
    }
    const notice = noticeOf(event, words());
    if (notice !== undefined && wanted()) show(notice);
  };
}
