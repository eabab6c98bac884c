/**
 * The domains a driver knows: found by UUID, name and id, each with its job queue, and told about when they change.
 * State is stored first, then told; summaries are told once a turn of the loop, however much changed in it.
 */
import type { ErrorDomain } from '../../src-shared/errors.ts';
import { type Domain, parseDomain } from '../../src-shared/model/domain/index.ts';
import type { DomainSummary, StateAndReason } from '../../src-shared/model/summary.ts';
import { parseUuid } from '../../src-shared/uuid.ts';
import { DomainErrors } from './domain-errors.ts';
import type { JobKind, JobOptions, NestedJob } from './domain-jobs.ts';
import { Configuration, type DomainRecord, MutableRecord } from './domain-record.ts';
import { summaryFrom } from './domain-summary.ts';
import type { Affects, XmlOptions } from './driver.ts';
import type { DomainEvent, Emitter, EngineEvent } from './events.ts';
import { inactiveCopy } from './live-parts.ts';

/** A running instance as a driver reports it. */
export interface Started<Runtime> {
  readonly live: Domain;
  readonly runtime: Runtime;
  readonly state: StateAndReason;
  /** From `nextId()`. */
  readonly id: number;
  /** What it was started from, where that is neither the stored definition nor all of `live`: a saved one. */
  readonly definition?: Domain;
  readonly startedMs?: number;
}

/** An instance that ran before this engine did. */
export interface Adopted<Runtime> extends Omit<Started<Runtime>, 'definition'> {
  readonly persistent: boolean;
  /** What it was started from: a model, or its XML. */
  readonly definition?: Domain | string;
}

/** What of a running instance may change without it stopping. */
export interface Change<Runtime> {
  readonly state?: StateAndReason;
  readonly live?: Domain;
  readonly runtime?: Runtime;
  readonly addresses?: readonly string[];
  readonly hasManagedSave?: boolean;
  /** `undefined` takes it away. */
  readonly note?: string | undefined;
}

export class DomainRegistry<Runtime> {
  readonly errors: DomainErrors;
  readonly #events: Emitter<EngineEvent>;
  protected readonly byUuid = new Map<string, MutableRecord<Runtime>>();
  protected readonly byName = new Map<string, MutableRecord<Runtime>>();
  readonly #byId = new Map<number, MutableRecord<Runtime>>();
  readonly #dirty = new Set<MutableRecord<Runtime>>();
  readonly #gone = new Set<string>();
  #lastId = 0;
  #announcing: NodeJS.Immediate | undefined;

  constructor(errorDomain: ErrorDomain, events: Emitter<EngineEvent>) {
    this.errors = new DomainErrors(errorDomain);
    this.#events = events;
  }

  // Queries: no job, no waiting.

  list(): readonly DomainSummary[] {
    return [...this.byUuid.values()].map((record) => this.summaryOf(record));
  }

  records(): readonly DomainRecord<Runtime>[] {
    return [...this.byUuid.values()];
  }

  /** @throws VirError `no-domain` */
  get(uuid: string): DomainRecord<Runtime> {
    return this.mutable(uuid);
  }

  find(uuid: string): DomainRecord<Runtime> | undefined {
    return this.byUuid.get(uuid);
  }

  findByName(name: string): DomainRecord<Runtime> | undefined {
    return this.byName.get(name);
  }

  summary(uuid: string): DomainSummary {
    return this.summaryOf(this.mutable(uuid));
  }

  summaryByName(name: string): DomainSummary {
    const record = this.byName.get(name);
    if (record === undefined) throw this.errors.noDomainWithName(name);
    return this.summaryOf(record);
  }

  summaryById(id: number): DomainSummary {
    const record = this.#byId.get(id);
    if (record === undefined) throw this.errors.noDomainWithId(id);
    return this.summaryOf(record);
  }

  xml(uuid: string, options: XmlOptions = {}): string {
    const record = this.mutable(uuid);
    const shown = this.#shown(record, options.inactive === true);
    return options.secure === true ? shown.text : shown.publicText;
  }

  /** Requires a running instance. @throws VirError `operation-invalid` */
  requireActive(record: DomainRecord<Runtime>): Runtime {
    if (record.runtime === undefined || !record.isActive) throw this.errors.notRunning(record.name);
    return record.runtime;
  }

  /** @throws VirError `operation-invalid` */
  requireInactive(record: DomainRecord<Runtime>): void {
    if (record.isActive) throw this.errors.alreadyRunning(record.name);
  }

  /**
   * Which configurations a change is about (`virDomainObjUpdateModificationImpact`): without a wish, the live one of a
   * running domain, else the stored one.
   * @throws VirError `operation-invalid` for a live change of one that does not run, or a stored one of a transient.
   */
  targets(record: DomainRecord<Runtime>, affects: Affects): { readonly live: boolean; readonly config: boolean } {
    const current = affects.live !== true && affects.config !== true;
    const live = current ? record.isActive : affects.live === true;
    const config = current ? !record.isActive : affects.config === true;
    if (live && !record.isActive) throw this.errors.notRunning(record.name);
    if (config && !record.persistent) throw this.errors.transientHasNoConfig(record.name);
    return { live, config };
  }

  // Jobs.

  /** Runs one change of a domain; see `DomainJobs`. `api` is what others are told holds it. */
  async modify<T>(
    uuid: string,
    api: string,
    work: (record: DomainRecord<Runtime>) => Promise<T>,
    options?: JobOptions,
  ): Promise<T> {
    const record = this.mutable(uuid);
    return await record.jobs.run(
      api,
      async () => {
        this.requirePresent(record);
        return await work(record);
      },
      options,
    );
  }

  /** Runs a long job, which lets jobs of the kinds `allowed` pass; its own steps go through `nested`. */
  async modifyLong<T>(
    uuid: string,
    api: string,
    work: (record: DomainRecord<Runtime>, nested: NestedJob) => Promise<T>,
    options?: { readonly allowed?: readonly JobKind[]; readonly waitMs?: number },
  ): Promise<T> {
    const record = this.mutable(uuid);
    return await record.jobs.runLong(
      api,
      async (nested) => {
        this.requirePresent(record);
        return await work(record, nested);
      },
      options,
    );
  }

  // What drivers report. State is stored first, then told.

  nextId(): number {
    return (this.#lastId += 1);
  }

  /** An instance runs. */
  started(record: DomainRecord<Runtime>, started: Started<Runtime>, ...events: readonly DomainEvent[]): void {
    const found = record as MutableRecord<Runtime>;
    this.#run(found, started);
    found.effective =
      started.definition === undefined
        ? (found.storedConfiguration ?? new Configuration(() => inactiveCopy(started.live)))
        : new Configuration(started.definition);
    this.#tell(found, events);
  }

  /** An instance runs once XML other than the definition. */
  startedOnce(record: DomainRecord<Runtime>, started: Started<Runtime>, ...events: readonly DomainEvent[]): void {
    const found = record as MutableRecord<Runtime>;
    this.#run(found, started);
    found.effective = new Configuration(started.definition ?? (() => inactiveCopy(started.live)));
    this.#tell(found, events);
  }

  /** Takes over an instance that ran before the engine did. Nothing is told: nothing happened to it. */
  adopt(adopted: Adopted<Runtime>): DomainRecord<Runtime> {
    const uuid = adopted.live.uuid;
    if (uuid === undefined) throw new TypeError('an adopted domain has a UUID');
    const record = this.byUuid.get(uuid) ?? new MutableRecord<Runtime>(uuid, new Configuration(adopted.live));
    this.#run(record, adopted);
    this.#lastId = Math.max(this.#lastId, adopted.id);
    record.persistent = record.storedConfiguration !== undefined && adopted.persistent;
    record.effective = this.#startedFrom(record, adopted);
    this.insert(record);
    return record;
  }

  /** Most were started from what is stored, and share its model. */
  #startedFrom({ storedConfiguration }: MutableRecord<Runtime>, { definition, live }: Adopted<Runtime>): Configuration {
    if (typeof definition === 'string') {
      if (storedConfiguration?.isWrittenAs(definition) === true) return storedConfiguration;
      return new Configuration(parseDomain(definition));
    }
    if (definition !== undefined && definition === storedConfiguration?.domain) return storedConfiguration;
    return new Configuration(definition ?? (() => inactiveCopy(live)));
  }

  /** Something about a domain changed. */
  changed(record: DomainRecord<Runtime>, change: Change<Runtime>, ...events: readonly DomainEvent[]): void {
    const found = record as MutableRecord<Runtime>;
    if (change.state !== undefined) found.state = change.state;
    if (change.live !== undefined) this.#setLive(found, change.live);
    if (change.runtime !== undefined) found.runtime = change.runtime;
    if (change.addresses !== undefined) found.addresses = change.addresses;
    if (change.hasManagedSave !== undefined) found.hasManagedSave = change.hasManagedSave;
    if ('note' in change) found.note = change.note;
    this.#tell(found, events);
  }

  /** The instance is gone; a transient domain goes with it once that was told. */
  stopped(record: DomainRecord<Runtime>, state: StateAndReason, ...events: readonly DomainEvent[]): void {
    const found = record as MutableRecord<Runtime>;
    if (found.id !== undefined) this.#byId.delete(found.id);
    if (found.storedConfiguration === undefined) found.starting = found.liveConfiguration ?? found.starting;
    found.id = undefined;
    found.state = state;
    found.runtime = undefined;
    found.liveConfiguration = undefined;
    found.effective = undefined;
    found.startedMs = undefined;
    found.addresses = [];
    found.note = undefined;
    this.#tell(found, events);
    if (!found.persistent) this.remove(found);
  }

  /** Changes what runs, and what the next boot is compared with. */
  editLive(record: DomainRecord<Runtime>, change: (domain: Domain) => Domain): void {
    const found = record as MutableRecord<Runtime>;
    if (found.live === undefined) throw this.errors.notRunning(found.name);
    this.#setLive(found, change(found.live));
    const { effective } = found;
    if (effective !== undefined) found.effective = new Configuration(() => inactiveCopy(change(effective.domain)));
    this.touch(found);
  }

  /** The definition that runs, with every live change since, as text with secrets; for taking it over later. */
  runningDefinition(record: DomainRecord<Runtime>): string | undefined {
    return (record as MutableRecord<Runtime>).effective?.text;
  }

  /** Tells of an event, with the domain as it is now. */
  announce(record: DomainRecord<Runtime>, event: DomainEvent): void {
    this.emit(record, event, record.name);
  }

  /** Tells of summaries that changed without waiting for the turn of the loop, as on closing. */
  flush(): void {
    clearImmediate(this.#announcing);
    this.#announcing = undefined;
    for (const uuid of this.#gone) if (!this.byUuid.has(uuid)) this.#events.emit({ type: 'domain-gone', uuid });
    this.#gone.clear();
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const record of dirty) {
      if (!record.removed) this.#events.emit({ type: 'domain-summary', summary: this.summaryOf(record) });
    }
  }

  #run(record: MutableRecord<Runtime>, started: Omit<Started<Runtime>, 'definition'>): void {
    record.id = started.id;
    this.#byId.set(started.id, record);
    record.runtime = started.runtime;
    record.state = started.state;
    record.startedMs = started.startedMs ?? Date.now();
    record.starting = undefined;
    this.#setLive(record, started.live);
  }

  #setLive(record: MutableRecord<Runtime>, live: Domain): void {
    record.liveConfiguration = new Configuration(record.id === undefined ? live : { ...live, id: record.id });
  }

  #shown(record: MutableRecord<Runtime>, inactive: boolean): Configuration {
    if (!inactive) return record.currentConfiguration;
    if (record.storedConfiguration !== undefined) return record.storedConfiguration;
    return record.effective ?? record.currentConfiguration;
  }

  protected mutable(uuid: string): MutableRecord<Runtime> {
    const record = this.byUuid.get(uuid) ?? this.byUuid.get(parseUuid(uuid) ?? '');
    if (record === undefined) throw this.errors.noDomainWithUuid(uuid);
    return record;
  }

  protected requirePresent(record: MutableRecord<Runtime>): void {
    if (record.removed) throw this.errors.noDomainWithUuid(record.uuid, record.name);
  }

  protected insert(record: MutableRecord<Runtime>): void {
    this.byUuid.set(record.uuid, record);
    this.byName.set(record.name, record);
  }

  protected remove(record: MutableRecord<Runtime>): void {
    record.removed = true;
    this.byUuid.delete(record.uuid);
    this.byName.delete(record.name);
    this.#gone.add(record.uuid);
    this.#schedule();
  }

  protected touch(record: MutableRecord<Runtime>): MutableRecord<Runtime> {
    record.summary = undefined;
    this.#dirty.add(record);
    this.#schedule();
    return record;
  }

  #schedule(): void {
    this.#announcing ??= setImmediate(() => this.flush());
  }

  #tell(record: MutableRecord<Runtime>, events: readonly DomainEvent[]): void {
    this.touch(record);
    for (const event of events) this.announce(record, event);
  }

  protected emit(record: DomainRecord<Runtime>, event: DomainEvent, name: string): void {
    const domain = { uuid: record.uuid, name, id: record.id ?? -1 };
    this.#events.emit({ type: 'domain', domain, event, timeMs: Date.now() });
  }

  protected summaryOf(record: MutableRecord<Runtime>): DomainSummary {
    record.summary ??= summaryFrom(record.currentConfiguration.outline, record);
    return record.summary;
  }
}
