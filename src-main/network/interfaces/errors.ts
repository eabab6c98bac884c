/** Host interfaces' errors, with libvirt's codes. */
import { type ErrorCode, type ErrorParts, VirError } from '../../../src-shared/errors.ts';
import type { NetworkFinding } from '../../../src-shared/model/network-summary.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { StepsError } from '../../host/steps.ts';

type Parts = Partial<Pick<ErrorParts, 'cause' | 'fix' | 'details'>>;

export const interfaceError = (code: ErrorCode, message: Sentence, parts: Parts = {}, thrown?: unknown): VirError =>
  new VirError({ code, domain: 'interface', message, ...parts }, thrown === undefined ? undefined : { cause: thrown });

export const noInterface = (name: string): VirError =>
  interfaceError('no-interface', say`couldn't find interface named '${name}'`);

/** The first thing in the way, with the others as details. */
export function refusedBy(what: Sentence, [first, ...others]: readonly NetworkFinding[]): VirError {
  return interfaceError('operation-unsupported', what, {
    ...(first === undefined ? {} : { cause: first.message }),
    ...(first?.fix === undefined ? {} : { fix: first.fix }),
    ...(others.length === 0 ? {} : { details: others.map(({ message }) => message).join('\n') }),
  });
}

/** A file that somebody else wrote since is left as it is. */
export const fileChanged = (path: string): VirError =>
  interfaceError('operation-failed', say`'${path}' was changed since, and is left alone.`);

/** What a step complained about. */
export function changeFailed(thrown: unknown): unknown {
  if (!(thrown instanceof StepsError)) return thrown;
  const inner = thrown.cause instanceof VirError ? thrown.cause.data : undefined;
  const cause = [inner?.message ?? thrown.message, inner?.cause].filter((text) => text !== undefined).join(' ');
  const left = thrown.leftBehind.map(({ sentence, cause: why }) => `Not done: ${sentence} ${String(why)}`);
  const details = [inner?.details, ...left].filter((text) => text !== undefined);
  return interfaceError(
    'operation-failed',
    say`The host's interfaces are as they were. The step failed: ${thrown.sentence}`,
    { cause, ...(details.length === 0 ? {} : { details: details.join('\n') }) },
    thrown,
  );
}
