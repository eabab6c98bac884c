/**
 * Who may prove by a password that they may come in, for clients that reach the engine over TCP or TLS. Kept are the keys
 * that each mechanism checks a proof with, never the password itself.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { VirError } from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { Emitter } from '../../engine/events.ts';
import type { Logger } from '../../engine/logger.ts';
import { readIfThere, writeWhole } from '../../host/files.ts';
import { digestSecret } from '../sasl/digest-keys.ts';
import { prepare } from '../sasl/prepare.ts';
import { makeScramKeys, type ScramKeys } from '../sasl/scram-keys.ts';

/** Part of what DIGEST-MD5 keeps: another one would make every kept key useless. */
export const digestRealm = 'vivarium';
/** RFC 7677 has 4096 as the least, from a time of slower computers. */
const iterations = 16_384;
const saltBytes = 16;
const mostUsers = 1024;

/** As an account's name may be, and the mail address of one. */
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$/;

/** What the history has for changes that no such user made. */
const ownNames: ReadonlySet<string> = new Set(['window', 'vivarium', 'libvirt']);

const bytes = z.base64();
const file = z.object({
  /** From which the keys of users that don't exist follow: they look like others', also tomorrow. */
  decoy: bytes,
  users: z
    .array(
      z.object({
        name: z.string().regex(namePattern),
        readOnly: z.boolean(),
        changedMs: z.number(),
        scramSha256: z.object({
          salt: bytes,
          iterations: z.number().int().min(4096),
          storedKey: bytes,
          serverKey: bytes,
        }),
        digestMd5: z.object({ realm: z.literal(digestRealm), secret: bytes }),
      }),
    )
    .max(mostUsers),
});

type Kept = z.output<typeof file>;
export type ClientUser = Pick<Kept['users'][number], 'name' | 'readOnly' | 'changedMs'>;

export class ClientUsers {
  /** The name of a user who was removed, or has another password. */
  readonly changed = new Emitter<string>();
  readonly #path: string;
  #kept: Kept;
  /** The file is there but can't be read: it is left alone. */
  readonly #problem: string | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, logger: Logger) {
    this.#path = join(folder, 'client-users.json');
    this.#kept = { decoy: randomBytes(32).toString('base64'), users: [] };
    const found = readIfThere(this.#path);
    if (found === undefined) return;
    try {
      this.#kept = file.parse(JSON.parse(found));
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      logger.log('error', 'the users of clients can not be read; nobody is let in', { path: this.#path, error });
    }
  }

  list(): readonly ClientUser[] {
    return this.#kept.users
      .map(({ name, readOnly, changedMs }) => ({ name, readOnly, changedMs }))
      .sort((one, other) => one.name.localeCompare(other.name, 'en'));
  }

  find(name: string): ClientUser | undefined {
    return this.#kept.users.find((user) => user.name === name);
  }

  /** A user of that name has the new password instead. @throws VirError `invalid-arg` */
  async set(name: string, password: string, { readOnly }: { readonly readOnly: boolean }): Promise<void> {
    if (!namePattern.test(name)) {
      throw invalid(say`'${name}' can't be a user's name.`, say`Use letters, digits and ._@- (at most 64 of them).`);
    }
    if (ownNames.has(name)) {
      throw invalid(
        say`'${name}' can't be a user's name.`,
        say`The history has it for changes of other origin: choose another.`,
      );
    }
    if (password.length < 8) throw invalid(say`The password is too short.`, say`Use at least 8 characters.`);
    checkText(password);
    const { salt, storedKey, serverKey } = await makeScramKeys('sha256', password, randomBytes(saltBytes), iterations);
    const scramSha256 = { iterations, salt: text(salt), storedKey: text(storedKey), serverKey: text(serverKey) };
    const digestMd5 = { realm: digestRealm, secret: text(digestSecret(name, digestRealm, password)) } as const;
    const others = this.#kept.users.filter((user) => user.name !== name);
    if (others.length >= mostUsers) throw invalid(say`There are ${mostUsers} users already.`, say`Remove one first.`);
    await this.#keep([...others, { name, readOnly, changedMs: Date.now(), scramSha256, digestMd5 }]);
    this.changed.emit(name);
  }

  /** @throws VirError `invalid-arg` when there is none of that name. */
  async remove(name: string): Promise<void> {
    if (this.find(name) === undefined) throw invalid(say`There is no user '${name}'.`);
    await this.#keep(this.#kept.users.filter((user) => user.name !== name));
    this.changed.emit(name);
  }

  /** For those who are not there too, so that nobody learns who is. */
  scramKeys(name: string): ScramKeys {
    const user = this.#kept.users.find((each) => each.name === name);
    if (user !== undefined) {
      const { iterations: own, salt, storedKey, serverKey } = user.scramSha256;
      return { iterations: own, salt: data(salt), storedKey: data(storedKey), serverKey: data(serverKey) };
    }
    return {
      salt: this.#decoy('salt', name).subarray(0, saltBytes),
      iterations,
      storedKey: this.#decoy('stored key', name),
      serverKey: this.#decoy('server key', name),
    };
  }

  digestSecret(name: string): Buffer {
    const user = this.#kept.users.find((each) => each.name === name);
    return user === undefined ? this.#decoy('secret', name).subarray(0, 16) : data(user.digestMd5.secret);
  }

  #decoy(what: string, name: string): Buffer {
    return createHmac('sha256', data(this.#kept.decoy)).update(`${what}\0${name}`).digest();
  }

  async #keep(users: Kept['users']): Promise<void> {
    if (this.#problem !== undefined) {
      throw new VirError({
        code: 'operation-failed',
        domain: 'auth',
        message: say`The users of clients can not be changed.`,
        cause: say`${this.#path} can't be read: ${this.#problem}`,
        fix: say`Repair the file, or move it away, and start the engine again.`,
      });
    }
    this.#kept = { ...this.#kept, users };
    const lines = `${JSON.stringify(this.#kept, undefined, 2)}\n`;
    this.#writing = this.#writing.catch(() => undefined).then(() => writeWhole(this.#path, lines, { mode: 0o600 }));
    await this.#writing;
  }
}

const text = (bytesOf: Buffer): string => bytesOf.toString('base64');
const data = (base64: string): Buffer => Buffer.from(base64, 'base64');

function checkText(password: string): void {
  if (password.includes('\0') || password.length > 1024) throw invalid(say`This can't be a password.`);
  try {
    prepare(password);
  } catch (thrown) {
    throw invalid(say`This can't be a password.`, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function invalid(message: Sentence, fix?: Sentence): VirError {
  return new VirError({ code: 'invalid-arg', domain: 'auth', message, ...(fix === undefined ? {} : { fix }) });
}
