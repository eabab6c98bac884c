/**
 * The secrets of this user: passphrases of encrypted images, passwords for storage on other hosts. Kept as libvirt keeps
 * its own; ephemeral ones never reach the disk. What a private one holds is told to no door, only to what starts guests.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type ErrorCode, VirError } from '../../src-shared/errors.ts';
import { formatSecret, parseSecret } from '../../src-shared/model/secret.ts';
import { type SecretSummary, secretUsage, type SecretUsageType } from '../../src-shared/model/secret-summary.ts';
import { parseUuid } from '../../src-shared/uuid.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import type { EngineContext } from '../engine/context.ts';
import { fromXmlError } from '../engine/domain-errors.ts';
import { Emitter, type EngineEvent, type EventSource } from '../engine/events.ts';
import type { SecretApi } from '../engine/secret-api.ts';
import { SecretFiles, type StoredSecret } from './secret-files.ts';

export interface LocalSecrets extends Required<SecretApi> {
  readonly events: EventSource<EngineEvent>;
  /** The value, also of a private one: for guests that are being started. */
  reveal(secret: {
    readonly usageType: SecretUsageType;
    readonly uuid?: string;
    readonly usage?: string;
  }): Promise<Uint8Array>;
}

const byContext = new WeakMap<EngineContext, LocalSecrets>();

/** One for an engine, whichever driver asks first. */
export function createLocalSecrets(context: EngineContext): LocalSecrets {
  const known = byContext.get(context);
  if (known !== undefined) return known;
  const secrets = new HostSecrets(context);
  byContext.set(context, secrets);
  return secrets;
}

const refuse = (code: ErrorCode, message: Sentence): VirError => new VirError({ code, domain: 'secret', message });

class HostSecrets implements LocalSecrets {
  readonly events: Emitter<EngineEvent>;
  readonly #files: SecretFiles;
  readonly #byUuid = new Map<string, StoredSecret>();
  /** Changes are made one after the other. */
  #last: Promise<unknown>;

  constructor({ directories, logger }: EngineContext) {
    this.events = new Emitter((error) => logger.log('error', 'a listener of secrets failed', { error }));
    this.#files = new SecretFiles(join(directories.config, 'secrets'), (path, error) =>
      logger.log('warn', 'a secret can not be used and is left alone', { path, error }),
    );
    const loading = this.#load();
    this.#last = loading;
    // Whoever asks for a secret is told; nobody may.
    loading.catch(() => undefined);
  }

  async list(): Promise<readonly SecretSummary[]> {
    await this.#last;
    return [...this.#byUuid.values()].map(summaryOf);
  }

  async lookupByUuid(uuid: string): Promise<SecretSummary> {
    return summaryOf(await this.#find(uuid));
  }

  async lookupByUsage(type: SecretUsageType, usageId: string): Promise<SecretSummary> {
    await this.#last;
    const found = this.#withUsage(type, usageId);
    if (found === undefined) throw refuse('no-secret', say`no secret with matching usage '${usageId}'`);
    return summaryOf(found);
  }

  async xml(uuid: string): Promise<string> {
    return formatSecret((await this.#find(uuid)).definition);
  }

  async define(xml: string): Promise<SecretSummary> {
    const definition = read(xml);
    return await this.#serially(async () => {
      const before = this.#byUuid.get(definition.uuid);
      this.#checkConflicts(definition, before);
      const secret: StoredSecret = { definition, value: before?.value };
      if (definition.ephemeral) this.#files.remove(definition.uuid);
      else {
        if (before?.definition.ephemeral === true && before.value !== undefined) {
          await this.#files.writeValue(definition.uuid, before.value);
        }
        await this.#files.writeDefinition(definition);
      }
      this.#byUuid.set(definition.uuid, secret);
      return this.#told(secret, 'defined');
    });
  }

  async undefine(uuid: string): Promise<void> {
    await this.#serially(async () => {
      const secret = await Promise.resolve(this.#present(uuid));
      this.#files.remove(secret.definition.uuid);
      this.#byUuid.delete(secret.definition.uuid);
      this.#told(secret, 'undefined');
    });
  }

  async setValue(uuid: string, value: Uint8Array): Promise<void> {
    await this.#serially(async () => {
      const { definition } = this.#present(uuid);
      const secret = { definition, value: Uint8Array.from(value) };
      if (!definition.ephemeral) await this.#files.writeValue(definition.uuid, secret.value);
      this.#byUuid.set(definition.uuid, secret);
      this.#told(secret, 'value-changed');
    });
  }

  async value(uuid: string): Promise<Uint8Array> {
    const secret = await this.#find(uuid);
    const value = valueOf(secret);
    if (secret.definition.private) throw refuse('invalid-secret', say`secret is private`);
    return value;
  }

  async reveal({ usageType, uuid, usage }: Parameters<LocalSecrets['reveal']>[0]): Promise<Uint8Array> {
    if (uuid !== undefined) return valueOf(await this.#find(uuid));
    await this.#last;
    const found = this.#withUsage(usageType, usage ?? '');
    if (found === undefined) throw refuse('no-secret', say`no secret with matching usage '${usage ?? ''}'`);
    return valueOf(found);
  }

  async #load(): Promise<void> {
    for (const secret of await this.#files.load()) this.#byUuid.set(secret.definition.uuid, secret);
  }

  async #find(uuid: string): Promise<StoredSecret> {
    await this.#last;
    return this.#present(uuid);
  }

  #present(uuid: string): StoredSecret {
    const found = this.#byUuid.get(parseUuid(uuid) ?? '');
    if (found === undefined) throw refuse('no-secret', say`no secret with matching uuid '${uuid}'`);
    return found;
  }

  #withUsage(type: SecretUsageType, usageId: string): StoredSecret | undefined {
    if (type === 'none') return undefined;
    return [...this.#byUuid.values()].find(({ definition }) => {
      const usage = secretUsage(definition);
      return usage.usageType === type && usage.usageId === usageId;
    });
  }

  /** `virSecretObjListAdd`: a secret keeps its usage and its privacy; a usage has one secret. */
  #checkConflicts(definition: StoredSecret['definition'], before: StoredSecret | undefined): void {
    const { usageType, usageId } = secretUsage(definition);
    if (before !== undefined) {
      const known = secretUsage(before.definition);
      if (known.usageType !== usageType || known.usageId !== usageId) {
        const message = `a secret with UUID ${definition.uuid} is already defined for use with ${known.usageId}`;
        throw refuse('internal-error', message);
      }
      if (before.definition.private && !definition.private) {
        throw refuse('internal-error', say`cannot change private flag on existing secret`);
      }
      return;
    }
    const other = this.#withUsage(usageType, usageId);
    if (other === undefined) return;
    const message = `a secret with UUID ${other.definition.uuid} already defined for use with ${usageId}`;
    throw refuse('internal-error', message);
  }

  async #serially<T>(work: () => Promise<T>): Promise<T> {
    const now = this.#last.then(work);
    // What fails is told to whoever asked for it, and keeps nobody else from asking.
    this.#last = now.catch(() => undefined);
    return await now;
  }

  #told(secret: StoredSecret, event: 'defined' | 'undefined' | 'value-changed'): SecretSummary {
    const summary = summaryOf(secret);
    this.events.emit({ type: 'secret', secret: summary, event });
    return summary;
  }
}

function read(xml: string): StoredSecret['definition'] {
  try {
    const definition = parseSecret(xml);
    return { ...definition, uuid: definition.uuid ?? randomUUID() };
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
}

function valueOf({ definition, value }: StoredSecret): Uint8Array {
  if (value === undefined) throw refuse('no-secret', say`secret '${definition.uuid}' does not have a value`);
  return value;
}

const summaryOf = ({ definition }: StoredSecret): SecretSummary => ({
  uuid: definition.uuid,
  ...secretUsage(definition),
  ...(definition.description === undefined ? {} : { description: definition.description }),
  ephemeral: definition.ephemeral,
  private: definition.private,
});
