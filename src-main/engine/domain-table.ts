/**
 * The domains of a driver that keeps its own definitions, with libvirt's contract: what may be defined over what, which
 * of the two configurations a question is about, when a domain appears and vanishes, and in which order that is told.
 * Drivers bring the hypervisor; everything here is the same for all of them.
 */
import { randomUUID } from 'node:crypto';
import type { ErrorDomain } from '../../src-shared/errors.ts';
import { type Domain, parseDomain } from '../../src-shared/model/domain/index.ts';
import type { DomainSummary } from '../../src-shared/model/summary.ts';
import { parseUuid } from '../../src-shared/uuid.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { fromXmlError } from './domain-errors.ts';
import { Configuration, type DomainRecord, MutableRecord } from './domain-record.ts';
import { DomainRegistry } from './domain-registry.ts';
import { ownText } from './domain-summary.ts';
import type { Affects, Author, HistoryEntry, MetadataSelector, Notice, UndefineOptions } from './driver.ts';
import type { DomainEvent, Emitter, EngineEvent, LifecycleEvent } from './events.ts';
import { dropLiveParts } from './live-parts.ts';
import { metadataText, withMetadata } from './metadata.ts';
import type { DefinitionStore } from './store.ts';

export type { DomainRecord } from './domain-record.ts';
export type { Adopted, Change, Started } from './domain-registry.ts';
export type { JobKind, JobOptions, NestedJob } from './domain-jobs.ts';

/** Why a model is completed: `start` for XML that runs once. */
export type Purpose = 'define' | 'start';

export interface DomainTableOptions<Runtime, Complete extends Domain = Domain> {
  /** Whom errors come from. */
  readonly errorDomain: ErrorDomain;
  readonly events: Emitter<EngineEvent>;
  /** Where definitions live; absent: in memory only. */
  readonly store?: DefinitionStore;
  /**
   * The driver's passes: defaults, addresses, validation. Gets a fresh model that it may change.
   * @throws VirError for what the driver can't have.
   */
  complete(domain: Domain, purpose: Purpose, previous: Domain | undefined): Complete | Promise<Complete>;
  /** Refusals and clean-up of the driver before a definition goes: NVRAM, snapshots, TPM state. */
  beforeUndefine?(record: DomainRecord<Runtime>, options: UndefineOptions): Promise<void>;
  /** Removes the managed save image. */
  removeManagedSave?(record: DomainRecord<Runtime>): Promise<void>;
  /** Moves what the driver keeps under the domain's name. Throws to refuse. */
  beforeRename?(record: DomainRecord<Runtime>, name: string): Promise<void>;
}

/** How long the history of a domain is kept that is no longer defined. */
const historyOfUndefinedMs = 90 * 24 * 60 * 60 * 1000;

const lifecycle = (event: LifecycleEvent): DomainEvent => ({ kind: 'lifecycle', ...event });

/** `Complete` is what a driver's completing makes of a definition. */
export class DomainTable<Runtime, Complete extends Domain = Domain> extends DomainRegistry<Runtime> {
  readonly #options: DomainTableOptions<Runtime, Complete>;
  /** Names being written right now, with the UUID they are for. */
  readonly #reserved = new Map<string, string>();
  /** The last change of each definition on disk: they are written one after the other. */
  readonly #writing = new Map<string, Promise<unknown>>();

  constructor(options: DomainTableOptions<Runtime, Complete>) {
    super(options.errorDomain, options.events);
    this.#options = options;
  }

  /** Reads the stored definitions. Nothing is announced: who opens a connection asks for the list. */
  load(): void {
    const { store } = this.#options;
    for (const { value, autostart } of store?.load(readStored) ?? []) {
      this.#defined(value.uuid, value.configuration, autostart);
      value.configuration.rest();
    }
    // With a file that can't be read, nobody knows whose history is no longer needed.
    if (store?.problems.length === 0) {
      store.history.forgetAbandoned(new Set(this.byUuid.keys()), Date.now() - historyOfUndefinedMs);
    }
  }

  /** A definition that was there from the start. Nothing is announced. */
  seed(domain: Domain & { uuid: string }, options: { readonly autostart?: boolean } = {}): DomainRecord<Runtime> {
    this.#checkConflicts(domain.uuid, domain.name);
    return this.#defined(domain.uuid, new Configuration(domain), options.autostart ?? false);
  }

  /** Files that could not be used. */
  notices(): readonly Notice[] {
    return (this.#options.store?.problems ?? []).map(({ path, cause }) => ({
      id: 'notice.definition-file',
      severity: 'warning',
      message: `The file '${path}' can't be used and is left alone: ${cause}`,
      fix: 'Repair it or move it away, then start the engine again.',
    }));
  }

  /** Tells what is still to be told and makes what was stored durable. */
  async close(): Promise<void> {
    this.flush();
    await this.#options.store?.settled();
  }

  history(uuid: string): readonly HistoryEntry[] {
    return this.#options.store?.history.list(this.mutable(uuid).uuid) ?? [];
  }

  historyXml(uuid: string, entry: string): string {
    const { store } = this.#options;
    if (store === undefined)
      throw this.errors.error('no-support', say`Definitions of this connection have no history.`);
    return store.history.read(parseUuid(uuid) ?? uuid, entry);
  }

  // Definitions.

  /**
   * Reads domain XML for defining or for running once: live parts dropped, a UUID made where it was left out, completed.
   * @throws VirError `xml-error` or `xml-detail`
   */
  async read(xml: string, purpose: Purpose): Promise<Complete & { uuid: string }> {
    let parsed: Domain;
    try {
      parsed = dropLiveParts(parseDomain(xml));
    } catch (thrown) {
      throw fromXmlError(thrown);
    }
    this.#checkName(parsed.name);
    const uuid = parsed.uuid === undefined ? randomUUID() : ownText(parsed.uuid);
    const completed = this.#options.complete({ ...parsed, uuid }, purpose, this.byUuid.get(uuid)?.config);
    // Waiting when there is nothing to wait for would cost a turn of the loop at each define.
    const domain = completed instanceof Promise ? await completed : completed;
    return { ...domain, uuid };
  }

  async define(xml: string, options: Author = {}): Promise<DomainSummary> {
    const domain = await this.read(xml, 'define');
    return await this.#serially(domain.uuid, async () => {
      this.#checkConflicts(domain.uuid, domain.name);
      const configuration = new Configuration(domain);
      await this.#write(domain.uuid, configuration, options.author);
      const record = this.byUuid.get(domain.uuid) ?? new MutableRecord<Runtime>(domain.uuid, configuration);
      const isKnown = record.storedConfiguration !== undefined || record.undefinedWhileRunning;
      const detail = isKnown ? 'updated' : 'added';
      record.storedConfiguration = configuration;
      record.starting = undefined;
      record.persistent = true;
      this.insert(record);
      this.announce(record, lifecycle({ event: 'defined', detail }));
      return this.summaryOf(this.touch(record));
    });
  }

  /**
   * Runs `start` for XML that runs once: over an inactive domain of that name and UUID, whose definition stays, or as a
   * transient domain, which is gone again when `start` fails.
   */
  async createXml(
    domain: Domain & { uuid: string },
    api: string,
    start: (record: DomainRecord<Runtime>, domain: Domain) => Promise<void>,
  ): Promise<DomainSummary> {
    this.#checkConflicts(domain.uuid, domain.name);
    let record = this.byUuid.get(domain.uuid);
    if (record === undefined) {
      record = new MutableRecord<Runtime>(domain.uuid, new Configuration(domain));
      this.insert(record);
    } else if (record.isActive) {
      throw this.errors.error('operation-invalid', say`domain '${record.name}' is already active`);
    } else if (!record.persistent) {
      throw this.errors.error('operation-invalid', say`domain '${record.name}' is already being started`);
    }
    const found = record;
    return await found.jobs.run(api, async () => {
      this.requirePresent(found);
      try {
        this.requireInactive(found);
        await start(found, domain);
      } finally {
        if (!found.isActive && !found.persistent) this.remove(found);
      }
      return this.summaryOf(found);
    });
  }

  /** The definition goes; a running domain goes on as a transient one. */
  async undefine(uuid: string, options: UndefineOptions = {}): Promise<void> {
    await this.modify(uuid, 'undefine', async (found) => {
      const record = found as MutableRecord<Runtime>;
      if (!record.persistent) {
        throw this.errors.error('operation-invalid', say`cannot undefine transient domain '${record.name}'`);
      }
      if (record.hasManagedSave) await this.#undefineManagedSave(record, options);
      await this.#options.beforeUndefine?.(record, options);
      await this.#serially(record.uuid, async () => {
        this.#options.store?.remove(record);
        record.persistent = false;
        record.autostart = false;
        if (record.isActive) record.undefinedWhileRunning = true;
        else record.starting = record.storedConfiguration;
        record.storedConfiguration = undefined;
        this.announce(record, lifecycle({ event: 'undefined', detail: 'removed' }));
        if (record.isActive) this.touch(record);
        else this.remove(record);
      });
    });
  }

  async rename(uuid: string, name: string, options: Author = {}): Promise<DomainSummary> {
    return await this.modify(uuid, 'rename', async (found) => {
      const record = found as MutableRecord<Runtime>;
      const refuse = (message: Sentence, fix?: Sentence) =>
        this.errors.error('operation-invalid', message, undefined, fix);
      const old = record.name;
      if (record.isActive) throw refuse(say`cannot rename active domain '${old}'`, say`Shut it down first.`);
      if (!record.persistent || record.config === undefined) throw refuse(say`cannot rename transient domain '${old}'`);
      if (record.hasManagedSave) {
        throw refuse(
          say`cannot rename domain '${old}', which has a managed save image`,
          say`Start it, or remove the image.`,
        );
      }
      this.#checkName(name);
      if (old === name) throw refuse(say`cannot rename domain '${old}' to itself`);
      if (this.byName.has(name) || this.#reserved.has(name))
        throw refuse(say`domain with name '${name}' already exists`);
      const renamed = new Configuration({ ...record.config, name });
      this.#reserved.set(name, record.uuid);
      try {
        await this.#options.beforeRename?.(record, name);
        await this.#serially(record.uuid, async () => {
          const from = { uuid: record.uuid, name: old };
          const to = { uuid: record.uuid, name };
          await this.#options.store?.rename(from, to, renamed.text, record.autostart, options.author ?? 'rename');
        });
      } finally {
        this.#reserved.delete(name);
      }
      this.byName.delete(old);
      record.storedConfiguration = renamed;
      this.insert(record);
      this.emit(record, lifecycle({ event: 'undefined', detail: 'renamed' }), old);
      this.announce(record, lifecycle({ event: 'defined', detail: 'renamed' }));
      return this.summaryOf(this.touch(record));
    });
  }

  async setAutostart(uuid: string, autostart: boolean): Promise<void> {
    const record = this.mutable(uuid);
    if (!record.persistent) {
      throw this.errors.error('operation-invalid', say`cannot set autostart for transient domain '${record.name}'`);
    }
    if (record.autostart === autostart) return;
    await this.modify(uuid, 'setAutostart', async () => {
      await this.#serially(record.uuid, async () => {
        this.#options.store?.setAutostart(record.name, autostart);
        record.autostart = autostart;
        this.touch(record);
      });
    });
  }

  metadata(uuid: string, what: MetadataSelector, affects: Affects): string {
    if (affects.live === true && affects.config === true) {
      throw this.errors.error(
        'invalid-arg',
        say`Metadata is read from the live or from the stored configuration, not both.`,
      );
    }
    const record = this.mutable(uuid);
    const { config } = this.targets(record, affects);
    const found = metadataText((config ? record.config : record.live) ?? record.current, what);
    if (found !== undefined) return found;
    throw this.errors.error('no-domain-metadata', say`Requested metadata element is not present`);
  }

  async setMetadata(uuid: string, what: MetadataSelector, value: string | undefined, affects: Affects): Promise<void> {
    if (what.type === 'title' && value?.includes('\n') === true) {
      throw this.errors.error('invalid-arg', say`A domain’s title is one line.`);
    }
    await this.modify(uuid, 'setMetadata', async (record) => {
      const { live, config } = this.targets(record, affects);
      const change = (domain: Domain): Domain => withMetadata(domain, what, value);
      if (live) this.editLive(record, change);
      if (config) await this.editConfig(record, change, { author: 'metadata' });
      const uri = what.type === 'element' ? { uri: what.uri } : {};
      this.announce(record, { kind: 'metadata-change', type: what.type, ...uri });
    });
  }

  /** Changes and stores what the next boot uses; `complete` runs the driver's passes over it. */
  async editConfig(
    record: DomainRecord<Runtime>,
    change: (domain: Domain) => Domain,
    options: Author & { readonly complete?: boolean } = {},
  ): Promise<void> {
    const found = record as MutableRecord<Runtime>;
    await this.#serially(found.uuid, async () => {
      if (found.config === undefined) throw this.errors.transientHasNoConfig(found.name);
      const changed = change(found.config);
      const domain =
        options.complete === true
          ? await this.#options.complete(structuredClone(changed), 'define', found.config)
          : changed;
      const configuration = new Configuration(domain);
      await this.#write(found.uuid, configuration, options.author);
      found.storedConfiguration = configuration;
      this.touch(found);
    });
  }

  #defined(uuid: string, configuration: Configuration, autostart: boolean): MutableRecord<Runtime> {
    const record = new MutableRecord<Runtime>(uuid, configuration);
    record.storedConfiguration = configuration;
    record.starting = undefined;
    record.persistent = true;
    record.autostart = autostart;
    this.insert(record);
    return record;
  }

  async #undefineManagedSave(record: MutableRecord<Runtime>, options: UndefineOptions): Promise<void> {
    if (options.managedSave !== true) {
      throw this.errors.error(
        'operation-invalid',
        say`Refusing to undefine domain '${record.name}' while its managed save image exists`,
        undefined,
        say`Start it, or remove the image too.`,
      );
    }
    await this.#options.removeManagedSave?.(record);
    record.hasManagedSave = false;
  }

  async #write(uuid: string, configuration: Configuration, author = 'unknown'): Promise<void> {
    const { name } = configuration.outline;
    const { store } = this.#options;
    if (store === undefined) return;
    this.#reserved.set(name, uuid);
    try {
      await store.write({ name, uuid }, configuration.text, author);
      configuration.rest();
    } finally {
      this.#reserved.delete(name);
    }
  }

  #checkName(name: string): void {
    if (name.includes('/')) throw this.errors.error('xml-error', say`name ${name} cannot contain '/'`);
    // A line break would be cut off, or split a line of a log or a list.
    if (name.includes('\n')) throw this.errors.error('xml-detail', say`a domain name cannot contain a line break`);
  }

  /** libvirt's rule: a UUID has one name, a name one UUID. */
  #checkConflicts(uuid: string, name: string): void {
    const same = this.byUuid.get(uuid);
    if (same !== undefined && same.name !== name) {
      throw this.errors.error(
        'operation-failed',
        say`domain '${same.name}' is already defined with uuid ${uuid}`,
        undefined,
        say`Rename it, or leave out the UUID to define '${name}' as another domain.`,
      );
    }
    const other = this.byName.get(name)?.uuid ?? this.#reserved.get(name);
    if (other !== undefined && other !== uuid) {
      throw this.errors.error(
        'operation-failed',
        say`domain '${name}' already exists with uuid ${other}`,
        undefined,
        say`Choose another name, or use that UUID to change the domain there is.`,
      );
    }
  }

  /** One after the other for each UUID; at once when nothing is under way. */
  async #serially<T>(uuid: string, work: () => Promise<T>): Promise<T> {
    const before = this.#writing.get(uuid);
    const now = before === undefined ? work() : before.then(work, work);
    this.#writing.set(uuid, now);
    try {
      return await now;
    } finally {
      if (this.#writing.get(uuid) === now) this.#writing.delete(uuid);
    }
  }
}

function readStored(xml: string): {
  readonly uuid: string;
  readonly name: string;
  readonly configuration: Configuration;
} {
  const domain = parseDomain(xml);
  if (domain.uuid === undefined) throw new Error('It has no UUID.');
  return {
    uuid: ownText(domain.uuid),
    name: domain.name,
    configuration: Configuration.stored(dropLiveParts(domain), xml),
  };
}
