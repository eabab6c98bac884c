/** Network filters' errors, with libvirt's codes. */
import { type ErrorCode, type ErrorParts, VirError } from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { StepsError } from '../../host/steps.ts';

type Parts = Partial<Pick<ErrorParts, 'cause' | 'fix' | 'details'>>;

export function filterError(code: ErrorCode, message: Sentence, parts: Parts = {}, thrown?: unknown): VirError {
  return new VirError(
    { code, domain: 'nwfilter', message, ...parts },
    thrown === undefined ? undefined : { cause: thrown },
  );
}

export const noFilter = (what: string): VirError => filterError('no-nwfilter', say`no nwfilter with matching ${what}`);

export const noBinding = (portDev: string): VirError =>
  filterError('no-nwfilter-binding', say`no nwfilter binding for port dev '${portDev}'`);

/** What could not be put in force, told about the interface. */
export function notInForce(filter: string, link: string, thrown: unknown): VirError {
  const real = thrown instanceof StepsError ? thrown.cause : thrown;
  const data = real instanceof VirError ? real.data : undefined;
  const cause = data === undefined ? String(real instanceof Error ? real.message : real) : data.message;
  return filterError(
    data?.code ?? 'operation-failed',
    say`The filter '${filter}' can't be put in force on ${link}.`,
    {
      cause: [cause, data?.cause].filter((text) => text !== undefined).join(' '),
      ...(data?.fix === undefined ? {} : { fix: data.fix }),
      ...(data?.details === undefined ? {} : { details: data.details }),
    },
    thrown,
  );
}
