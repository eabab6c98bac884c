/** Names and passwords in the one form in which they are compared: SASLprep (RFC 4013). */
import { saslprep } from '@mongodb-js/saslprep';
import { SaslError } from './mechanism.ts';

const printable = /^[ -~]*$/;

/** @throws SaslError for what can't be a name or a password. */
export function prepare(text: string): string {
  // Most are; the tables for all others are large.
  if (printable.test(text)) return text;
  try {
    return saslprep(text);
  } catch (thrown) {
    throw new SaslError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}
