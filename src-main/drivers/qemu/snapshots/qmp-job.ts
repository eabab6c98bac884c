/** Work that QEMU does as a job of its own: `snapshot-save`, `snapshot-load`, `snapshot-delete`. */
import { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import type { Instance } from '../guests/instance.ts';
import type { QmpClient } from '../qmp/client.ts';
import { QmpError } from '../qmp/error.ts';
import { objects, optionalText, text } from '../qmp/reply.ts';

/** Memory of any size to a slow disk; QEMU hears nothing meanwhile. */
const longestMs = 24 * 60 * 60 * 1000;

let serial = 0;

/**
 * Runs one job to its end. `what` is the sentence for people when it fails.
 * @throws VirError `operation-failed` with QEMU's reason.
 */
export async function runQmpJob(
  instance: Instance,
  monitor: QmpClient,
  command: 'snapshot-save' | 'snapshot-load' | 'snapshot-delete',
  args: Readonly<Record<string, unknown>>,
  what: Sentence,
): Promise<void> {
  const id = `vivarium-${command}-${(serial += 1)}`;
  const ended = instance.nextEvent(
    ({ name, data }) => name === 'JOB_STATUS_CHANGE' && data['id'] === id && data['status'] === 'concluded',
    longestMs,
  );
  try {
    await monitor.execute(command, { 'job-id': id, ...args }, { timeoutMs: longestMs });
  } catch (thrown) {
    if (thrown instanceof QmpError) throw failed(what, thrown.description, thrown);
    throw thrown;
  }
  if ((await ended) === undefined) throw failed(what, say`QEMU ended meanwhile.`);
  const job = objects(await monitor.execute('query-jobs'), 'query-jobs').find((item) => text(item, 'id') === id);
  await monitor.execute('job-dismiss', { id });
  const reason = job === undefined ? undefined : optionalText(job, 'error');
  if (reason !== undefined) throw failed(what, reason);
}

const failed = (message: Sentence, cause: Sentence, thrown?: unknown): VirError =>
  new VirError({ code: 'operation-failed', domain: 'qemu', message, cause }, { cause: thrown });
