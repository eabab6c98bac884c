/** SCRAM: the client proves that it knows the password, and the server that it has its key; neither tells it. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type ClientMechanism, type Credentials, type Message, SaslError } from './mechanism.ts';
import {
  clientKeyOf,
  clientProof,
  readAttributes,
  saltedPassword,
  scramHashes,
  type ScramName,
  serverKeyOf,
  serverSignature,
  writeName,
} from './scram-keys.ts';

/** RFC 7677: fewer make it easy to guess the password from what is overheard. */
const fewestIterations = 4096;
/** More only keep this side busy. */
const mostIterations = 4_000_000;
/** No binding to a channel. */
const header = 'n,,';

export class ScramClient implements ClientMechanism {
  readonly name: ScramName;
  readonly layer = undefined;
  isComplete = false;
  readonly #credentials: Credentials;
  readonly #nonce: string;
  readonly #first: string;
  #expected: Buffer | undefined;

  /** @param nonce only for tests, which know what must come out. */
  constructor(name: ScramName, credentials: Credentials, nonce: string = randomBytes(24).toString('base64')) {
    this.name = name;
    this.#credentials = credentials;
    this.#nonce = nonce;
    this.#first = `n=${writeName(credentials.name)},r=${this.#nonce}`;
  }

  start(): Buffer {
    return Buffer.from(`${header}${this.#first}`);
  }

  async step(challenge: Message): Promise<Message> {
    const text = challenge?.toString() ?? '';
    if (this.#expected === undefined) return await this.#prove(text);
    this.#check(text, this.#expected);
    this.isComplete = true;
    return undefined;
  }

  async #prove(serverFirst: string): Promise<Buffer> {
    const attributes = readAttributes(serverFirst);
    const nonce = attributes.get('r') ?? '';
    const iterations = Number(attributes.get('i'));
    const salt = Buffer.from(attributes.get('s') ?? '', 'base64');
    if (attributes.has('m')) throw new SaslError('the server wants an extension of SCRAM that is not known');
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length || salt.length === 0) {
      throw new SaslError('the challenge of the server is not one for us');
    }
    if (!(iterations >= fewestIterations && iterations <= mostIterations)) {
      throw new SaslError(`the server wants ${attributes.get('i') ?? 'no'} iterations, which is not sound`);
    }
    const hash = scramHashes[this.name];
    const salted = await saltedPassword(hash, this.#credentials.password, salt, iterations);
    const withoutProof = `c=${Buffer.from(header).toString('base64')},r=${nonce}`;
    const messages = `${this.#first},${serverFirst},${withoutProof}`;
    this.#expected = serverSignature(hash, serverKeyOf(hash, salted), messages);
    const proof = clientProof(hash, clientKeyOf(hash, salted), messages);
    return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`);
  }

  #check(text: string, expected: Buffer): void {
    const attributes = readAttributes(text);
    const refused = attributes.get('e');
    if (refused !== undefined) throw new SaslError(`the server refuses: ${refused}`);
    const signature = Buffer.from(attributes.get('v') ?? '', 'base64');
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new SaslError('the server does not know the password either: it is not the one it says it is');
    }
  }
}
