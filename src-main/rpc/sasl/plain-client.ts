/** PLAIN (RFC 4616): the password itself, which only a channel that nobody else reads may carry. */
import { type ClientMechanism, type Credentials, SaslError } from './mechanism.ts';

export class PlainClient implements ClientMechanism {
  readonly name = 'PLAIN';
  readonly layer = undefined;
  readonly isComplete = true;
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  start(): Buffer {
    const { name, password } = this.#credentials;
    if (`${name}${password}`.includes('\0')) throw new SaslError('a name or a password has a zero byte');
    return Buffer.from(`\0${name}\0${password}`);
  }

  // A server that answers has nothing to say.
  step(): undefined {
    return undefined;
  }
}
