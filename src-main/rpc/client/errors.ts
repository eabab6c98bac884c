/** Errors a server answers with, as ours. */
import { type ErrorCode, errorCodes, type ErrorDomain, errorDomains, VirError } from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import type { RemoteError } from '../protocol/objects.ts';

/** Of names that share a number, the last is the error. */
const codes = new Map<number, ErrorCode>(
  Object.entries(errorCodes).map(([name, number]) => [number, name as ErrorCode]),
);
const domains = new Map<number, ErrorDomain>(
  Object.entries(errorDomains).map(([name, number]) => [number, name as ErrorDomain]),
);

/** A procedure the server does not know is told apart from errors of the protocol by these words alone. */
const unknownProcedure = 'unknown procedure';

export function fromRemoteError(error: RemoteError, procedure: string): VirError {
  const domain = domains.get(error.domain) ?? 'remote';
  const message = error.message ?? 'The server gave no reason.';
  if (error.code === errorCodes.rpc && message.startsWith(unknownProcedure)) {
    return new VirError({
      code: 'no-support',
      domain: 'remote',
      message: say`this function is not supported by the connection driver: ${procedure}`,
    });
  }
  const code = codes.get(error.code === errorCodes.error ? errorCodes['internal-error'] : error.code);
  return new VirError({ code: code ?? 'internal-error', domain, message });
}

/** The server can't be reached, or not any more. */
export function linkError(message: Sentence, cause?: Sentence, fix?: Sentence): VirError {
  return new VirError({
    code: 'no-connect',
    domain: 'remote',
    message,
    ...(cause === undefined ? {} : { cause }),
    ...(fix === undefined ? {} : { fix }),
  });
}
