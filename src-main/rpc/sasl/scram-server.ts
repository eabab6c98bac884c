/** The side of SCRAM that checks the proof, and proves in turn that it has the user's key. */
import { randomBytes } from 'node:crypto';
import { type Message, SaslError, type ServerAnswer, type ServerMechanism } from './mechanism.ts';
import {
  isClientProof,
  readAttributes,
  readName,
  type ScramHash,
  type ScramKeys,
  serverSignature,
} from './scram-keys.ts';

interface Begun {
  readonly header: string;
  readonly nonce: string;
  /** Both first messages. */
  readonly messages: string;
  readonly keys: ScramKeys;
}

export class ScramServer implements ServerMechanism {
  readonly layer = undefined;
  user: string | undefined;
  readonly #hash: ScramHash;
  readonly #keysOf: (name: string) => ScramKeys;
  #begun: Begun | undefined;

  /** @param keysOf a user's; of one who does not exist some that nobody has the password for, the same each time. */
  constructor(hash: ScramHash, keysOf: (name: string) => ScramKeys) {
    this.#hash = hash;
    this.#keysOf = keysOf;
  }

  step(response: Message): ServerAnswer {
    const text = response?.toString() ?? '';
    const begun = this.#begun;
    if (begun === undefined) return { data: this.#challenge(text), isComplete: false };
    return { data: this.#check(text, begun), isComplete: true };
  }

  #challenge(text: string): Buffer {
    // A client that thinks we could bind the channel (`y`) is right to go on; one that demands it (`p`) is not.
    const match = /^([ny]),(?:a=([^,]*))?,(n=[^,]*,r=[^,]+(?:,.*)?)$/s.exec(text);
    if (match === null) throw new SaslError('the first message is malformed, or wants a channel to be bound');
    const [, flag = '', authorization, bare = ''] = match;
    const attributes = readAttributes(bare);
    const user = readName(attributes.get('n') ?? '');
    if (authorization !== undefined && readName(authorization) !== user) {
      throw new SaslError('nobody acts for somebody else');
    }
    this.user = user;
    const keys = this.#keysOf(user);
    const nonce = `${attributes.get('r') ?? ''}${randomBytes(18).toString('base64')}`;
    const challenge = `r=${nonce},s=${keys.salt.toString('base64')},i=${keys.iterations}`;
    const header = `${flag},${authorization === undefined ? '' : `a=${authorization}`},`;
    this.#begun = { header, nonce, messages: `${bare},${challenge}`, keys };
    return Buffer.from(challenge);
  }

  #check(text: string, { header, nonce, messages, keys }: Begun): Buffer {
    const end = text.lastIndexOf(',p=');
    if (end < 0) throw new SaslError('there is no proof');
    const withoutProof = text.slice(0, end);
    const attributes = readAttributes(withoutProof);
    if (attributes.get('r') !== nonce || attributes.get('c') !== Buffer.from(header).toString('base64')) {
      throw new SaslError('the proof is for another challenge');
    }
    const all = `${messages},${withoutProof}`;
    if (!isClientProof(this.#hash, keys, all, Buffer.from(text.slice(end + 3), 'base64'))) {
      throw new SaslError('the password is wrong');
    }
    return Buffer.from(`v=${serverSignature(this.#hash, keys.serverKey, all).toString('base64')}`);
  }
}
