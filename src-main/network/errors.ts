/** Networks' errors, with libvirt's codes. */
import type { ErrorCode, ErrorParts } from '../../src-shared/errors.ts';
import { VirError } from '../../src-shared/errors.ts';
import type { NetworkFinding } from '../../src-shared/model/network-summary.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { StepsError } from '../host/steps.ts';

type Parts = Partial<Pick<ErrorParts, 'cause' | 'fix' | 'details'>>;

export function networkError(code: ErrorCode, message: Sentence, parts: Parts = {}, thrown?: unknown): VirError {
  return new VirError(
    { code, domain: 'network', message, ...parts },
    thrown === undefined ? undefined : { cause: thrown },
  );
}

export const noNetwork = (what: string): VirError => networkError('no-network', say`no network with matching ${what}`);

export const networkInactive = (name: string): VirError =>
  networkError('operation-invalid', say`network '${name}' is not active`, { fix: say`Start the network first.` });

/** The first thing in the way, with the others as details. */
export function inTheWay(name: string, [first, ...others]: readonly NetworkFinding[]): VirError {
  return networkError('operation-failed', say`The network '${name}' can't be started here.`, {
    ...(first === undefined ? {} : { cause: first.message }),
    ...(first?.fix === undefined ? {} : { fix: first.fix }),
    ...(others.length === 0 ? {} : { details: others.map(({ message }) => message).join('\n') }),
  });
}

export const notPrivileged = (name: string): VirError =>
  networkError('access-denied', say`The network '${name}' can't be started or stopped by this user.`, {
    cause: say`It changes the host's network, which takes an administrator's rights.`,
    fix: say`Use the connection of an engine that runs as root, or give machines a user-mode network.`,
  });

/** What a step complained about, told about the network. */
export function stepFailed(name: string, thrown: unknown): unknown {
  if (!(thrown instanceof StepsError)) return thrown;
  const inner = thrown.cause instanceof VirError ? thrown.cause.data : undefined;
  const cause = inner === undefined ? thrown.message : [inner.message, inner.cause].filter(Boolean).join(' ');
  const left = thrown.leftBehind.map(({ sentence, cause: why }) => `Not done: ${sentence} ${String(why)}`);
  const details = [inner?.details, ...left].filter((text) => text !== undefined);
  return networkError(
    inner?.code === 'operation-aborted' ? 'operation-aborted' : 'operation-failed',
    say`The network '${name}' is not changed. The step failed: ${thrown.sentence}`,
    {
      cause,
      ...(inner?.fix === undefined ? {} : { fix: inner.fix }),
      ...(details.length === 0 ? {} : { details: details.join('\n') }),
    },
    thrown,
  );
}
