/**
 * One client's way in by SASL, step by step as libvirtd has it: what comes out of order, can't be read or proves nothing
 * is answered alike, after a while, and ends what was begun.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../../src-shared/errors.ts';
import type { Logger } from '../../engine/logger.ts';
import { type Message, SaslError, type SecurityLayer, type ServerMechanism } from '../sasl/mechanism.ts';
import type { Proof } from './proof.ts';

/** Whoever fails so often has to connect again. */
const mostFailures = 3;

export interface Admitted {
  readonly user: string;
  readonly readOnly: boolean;
  readonly layer: SecurityLayer | undefined;
}

export interface Step {
  readonly data: Message;
  /** Present once the proof is complete; holds from after the answer on. */
  readonly admitted: Admitted | undefined;
}

export interface AuthenticationOptions {
  readonly proof: Proof;
  /** Where the client is. */
  readonly peer: string;
  readonly logger: Logger;
  /** Ends when the client is gone. */
  readonly signal: AbortSignal;
}

export class Authentication {
  readonly #options: AuthenticationOptions;
  #hasBegun = false;
  #mechanism: ServerMechanism | undefined;
  #isBusy = false;
  #isDone = false;
  #failures = 0;

  constructor(options: AuthenticationOptions) {
    this.#options = options;
  }

  /** The client has had its tries. */
  get isLost(): boolean {
    return this.#failures >= mostFailures;
  }

  /** The mechanisms to choose from, in the words of SASL. */
  async init(): Promise<string> {
    if (this.#hasBegun || this.#isDone) return await this.#fail('it begins twice');
    this.#hasBegun = true;
    return Object.keys(this.#options.proof.mechanisms).join(',');
  }

  async start(name: string, message: Message): Promise<Step> {
    if (!this.#hasBegun) return await this.#fail('it starts before it asked for the mechanisms');
    const { mechanisms } = this.#options.proof;
    const make = Object.hasOwn(mechanisms, name) ? mechanisms[name] : undefined;
    if (make === undefined) return await this.#fail(`it chose the mechanism '${name}'`);
    this.#mechanism = make();
    return await this.#advance(this.#mechanism, message);
  }

  async step(message: Message): Promise<Step> {
    if (this.#mechanism === undefined) return await this.#fail('it goes on with what it has not started');
    return await this.#advance(this.#mechanism, message);
  }

  async #advance(mechanism: ServerMechanism, message: Message): Promise<Step> {
    if (this.#isBusy) return await this.#fail('it does not wait for an answer');
    this.#isBusy = true;
    try {
      const { data, isComplete } = await mechanism.step(message);
      return { data, admitted: isComplete ? this.#admit(mechanism) : undefined };
    } catch (thrown) {
      if (!(thrown instanceof SaslError)) throw thrown;
      return await this.#fail(thrown.message, mechanism.user);
    } finally {
      this.#isBusy = false;
    }
  }

  #admit({ user, layer }: ServerMechanism): Admitted {
    const rights = user === undefined ? undefined : this.#options.proof.admit(user);
    if (user === undefined || rights === undefined) throw new SaslError('there is no such user');
    this.#end();
    this.#isDone = true;
    return { user, readOnly: rights.readOnly, layer };
  }

  #end(): void {
    this.#hasBegun = false;
    this.#mechanism = undefined;
  }

  /** The client is told neither what was wrong nor, by the time it takes, how much of it. */
  async #fail(cause: string, user?: string): Promise<never> {
    const { proof, peer, logger, signal } = this.#options;
    this.#end();
    this.#failures += 1;
    logger.log('warn', 'a client could not prove who it is', { peer, user, cause });
    await delay(proof.delayMs(peer.replace(/:\d+$/, '')), undefined, { signal });
    // The words of libvirtd, which has said before what kind of error it is.
    throw new VirError({ code: 'auth-failed', domain: 'rpc', message: 'authentication failed: authentication failed' });
  }
}
