/** How clients prove who they are where reaching the server is not proof enough. */
import { DigestServer } from '../sasl/digest-server.ts';
import type { ServerMechanism } from '../sasl/mechanism.ts';
import { ScramServer } from '../sasl/scram-server.ts';
import { type ClientUsers, digestRealm } from './client-users.ts';

export interface Proof {
  /** What a client may choose from. */
  readonly mechanisms: Readonly<Record<string, () => ServerMechanism>>;
  /** What a proven user may do; undefined when it is nobody's name any more. */
  admit(user: string): { readonly readOnly: boolean } | undefined;
  /** How long the answer to a failed attempt is held back. */
  delayMs(from: string): number;
}

/** Over TLS the password needs no more than to be proven; over TCP all else must be encrypted by what proves it. */
export function passwordProof(users: ClientUsers, over: 'tls' | 'tcp', attempts: Attempts): Proof {
  return {
    mechanisms:
      over === 'tls'
        ? { 'SCRAM-SHA-256': () => new ScramServer('sha256', (name) => users.scramKeys(name)) }
        : {
            'DIGEST-MD5': () => new DigestServer({ realm: digestRealm, secretOf: (name) => users.digestSecret(name) }),
          },
    admit: (user) => users.find(user),
    delayMs: (from) => attempts.fail(from),
  };
}

const firstDelayMs = 1_000;
const longestDelayMs = 8_000;
const forgottenAfterMs = 10 * 60_000;
const mostRemembered = 1_000;

/** Failed attempts, by where they came from: each makes the next one's answer later. */
export class Attempts {
  readonly #failures = new Map<string, { count: number; atMs: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  fail(from: string): number {
    const now = this.#now();
    const before = this.#failures.get(from);
    const count = before === undefined || now - before.atMs > forgottenAfterMs ? 1 : before.count + 1;
    // The one that failed last is the last to be forgotten.
    this.#failures.delete(from);
    this.#failures.set(from, { count, atMs: now });
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= mostRemembered) break;
      this.#failures.delete(oldest);
    }
    return Math.min(firstDelayMs * 2 ** (count - 1), longestDelayMs);
  }
}
