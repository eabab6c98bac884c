import { expect, test, vi } from 'vitest';
import type { ContractEvent } from '../../../../src-shared/contract/index.ts';
import type { LifecycleEvent } from '../../../../src-shared/contract/events.ts';
import type { JobInfo } from '../../../../src-shared/model/job.ts';
import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';
import { type DesktopNotice, notifier } from '../../../../src-main/window/notifications.ts';

// Only the application's language is asked of it.
vi.mock('electron', () => ({ app: { getLocale: () => 'en' } }));
const { labels } = await import('../../../../src-main/window/labels.ts');
const { sentenceIn } = await import('../../../../src-main/window/sentences.ts');

const job = (change: Partial<JobInfo>): ContractEvent => ({
  channel: 'job',
  job: {
    id: '1',
    kind: 'volume.upload',
    subject: 'web.qcow2',
    state: 'succeeded',
    cancellable: false,
    retryable: false,
    startedMs: 0,
    endedMs: 60_000,
    ...change,
  },
});
const lifecycle = (event: LifecycleEvent): ContractEvent => ({
  channel: 'engine',
  uri: 'test:///default',
  event: {
    type: 'domain',
    domain: { uuid: 'u', name: 'web', id: -1 },
    event: { kind: 'lifecycle', ...event },
    timeMs: 0,
  },
});

function shownFor(events: readonly ContractEvent[], wanted = true): readonly DesktopNotice[] {
  const shown: DesktopNotice[] = [];
  const take = notifier({ wanted: () => wanted, words: () => labels('en'), show: (notice) => shown.push(notice) });
  for (const event of events) take(event);
  return shown;
}

const told = (events: readonly ContractEvent[], wanted = true): readonly string[] =>
  shownFor(events, wanted).map(({ title }) => title);

test('tells of machines that crash, not of those that are stopped', () => {
  expect(
    told([
      lifecycle({ event: 'stopped', detail: 'destroyed' }),
      lifecycle({ event: 'stopped', detail: 'crashed' }),
      lifecycle({ event: 'crashed', detail: 'panicked' }),
    ]),
  ).toEqual(['“web” crashed', '“web” crashed']);
});

test('tells of long tasks and of all that fail, each once', () => {
  const failed = job({ id: '2', state: 'failed', endedMs: 10 });
  expect(told([job({ state: 'running' }), job({}), job({}), job({ id: '3', endedMs: 500 }), failed])).toEqual([
    '“web.qcow2”: the task is done',
    '“web.qcow2”: the task failed',
  ]);
});

test('tells nothing of the steps of a task', () => {
  expect(told([job({ id: '5', partOf: '1', state: 'failed' })])).toEqual([]);
});

test('tells a task that was tried again again', () => {
  const failed = job({ state: 'failed' });
  expect(told([failed, job({ state: 'running' }), failed])).toHaveLength(2);
});

test('tells nothing when the user wants none, or looks at a window of ours', () => {
  expect(told([job({}), lifecycle({ event: 'stopped', detail: 'crashed' })], false)).toEqual([]);
});

test('says why a task failed in the language of the window', async () => {
  const { data: error } = new VirError({
    code: 'operation-failed',
    domain: 'storage',
    message: say`The volume '${'web.qcow2'}' can't be written.`,
  });
  const [notice] = shownFor([job({ state: 'failed', error })]);
  expect(await sentenceIn('de', notice?.body ?? '')).toBe('Das Volume „web.qcow2“ lässt sich nicht schreiben.');
  expect(await sentenceIn('en', notice?.body ?? '')).toBe("The volume 'web.qcow2' can't be written.");
});
