/** What the helper tells its callers, over D-Bus and back: a name, a sentence, and the data of a VirError. */
import * as z from 'zod';
import {
  type ErrorCode,
  errorCodes,
  type ErrorDomain,
  errorDomains,
  toErrorData,
  VirError,
} from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { DBusError } from '../../host/dbus/bus.ts';
import { helperErrors } from './names.ts';

type Parts = readonly [cause: string, fix?: string];

const error = (code: ErrorCode, message: Sentence, [cause, fix]: Parts): VirError =>
  new VirError({ code, domain: 'network', message, cause, ...(fix === undefined ? {} : { fix }) });

/** A request that is not carried out, whoever asks. */
export const refused = (...parts: Parts): VirError =>
  error('access-denied', say`The helper does not make this change of the host's network.`, parts);

export const notAuthorized = (...parts: Parts): VirError =>
  error('auth-cancelled', say`The change of the host's network was not authorised.`, parts);

/** What asks, or answers, whether somebody may is missing. */
export const noHelper = (...parts: Parts): VirError =>
  error('auth-unavailable', say`The host's network can't be changed by this user here.`, parts);

const names: Partial<Record<ErrorCode, string>> = {
  'access-denied': helperErrors.refused,
  'auth-cancelled': helperErrors.notAuthorized,
  'auth-unavailable': helperErrors.noAuthority,
};

/** For the bus: stacks stay here. */
export function toDBusError(thrown: unknown): DBusError {
  if (thrown instanceof DBusError) return thrown;
  const data = toErrorData(thrown, 'network');
  const shown = data.code === 'internal-error' ? { ...data, details: undefined } : data;
  const text = [data.message, data.cause].filter((part) => part !== undefined).join(' ');
  return new DBusError(names[data.code] ?? helperErrors.failed, text, [text, JSON.stringify(shown)], thrown);
}

const errorData = z.object({
  code: z.custom<ErrorCode>((value) => typeof value === 'string' && value in errorCodes),
  domain: z.custom<ErrorDomain>((value) => typeof value === 'string' && value in errorDomains),
  message: z.string(),
  cause: z.string().exactOptional(),
  fix: z.string().exactOptional(),
  details: z.string().exactOptional(),
});

/** On the caller's side: the error as it was thrown in the helper; undefined when the error is not the helper's. */
export function fromDBusError(thrown: unknown): VirError | undefined {
  if (!(thrown instanceof DBusError) || !Object.values<string>(helperErrors).includes(thrown.errorName)) return;
  const [text, json] = thrown.body;
  try {
    const parsed = errorData.parse(JSON.parse(typeof json === 'string' ? json : ''));
    return new VirError(parsed, { cause: thrown });
  } catch {
    // A helper of another version; its sentence is what is left.
    return error('operation-failed', typeof text === 'string' ? text : thrown.errorName, [thrown.data.cause ?? '']);
  }
}
