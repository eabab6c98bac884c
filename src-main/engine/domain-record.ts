/** One domain as a table keeps it. */
import { type Domain, formatDomain, parseDomain } from '../../src-shared/model/domain/index.ts';
import type { DomainSummary, StateAndReason } from '../../src-shared/model/summary.ts';
import { DomainJobs } from './domain-jobs.ts';
import { type DomainOutline, outlineOf } from './domain-summary.ts';
import { dropLiveParts, withoutSecrets } from './live-parts.ts';

/** So many of the configurations at rest have their models kept, which are ten times as large as their texts. */
const mostModels = 32;

/** Those at rest whose models are kept, the ones used last at the end. */
const recent = new Set<Configuration>();

/** A model with its text, each made once and only when somebody asks. Models are never changed in place. */
export class Configuration {
  #domain: Domain | (() => Domain) | undefined;
  #text: string | undefined;
  #publicText: string | undefined;
  #source: string | undefined;
  #outline: DomainOutline | undefined;
  #atRest = false;

  constructor(domain: Domain | (() => Domain)) {
    this.#domain = domain;
  }

  /** A definition as it was found on disk. */
  static stored(domain: Domain, source: string): Configuration {
    const configuration = new Configuration(domain);
    configuration.#source = source;
    return configuration;
  }

  get domain(): Domain {
    if (typeof this.#domain === 'function') this.#domain = this.#domain();
    this.#domain ??= dropLiveParts(parseDomain(this.#text ?? this.#source ?? ''));
    if (this.#atRest) this.#used();
    return this.#domain;
  }

  /** What lists show of it. */
  get outline(): DomainOutline {
    this.#outline ??= outlineOf(this.domain);
    return this.#outline;
  }

  /** With passwords. */
  get text(): string {
    if (this.#text === undefined) {
      this.#text = formatDomain(this.domain);
      this.#source = undefined;
    }
    return this.#text;
  }

  /** Without passwords. */
  get publicText(): string {
    if (this.#publicText === undefined) {
      const bare = withoutSecrets(this.domain);
      this.#publicText = bare === this.domain ? this.text : formatDomain(bare);
    }
    return this.#publicText;
  }

  /** Whether it was read from this text, or is written so. */
  isWrittenAs(text: string): boolean {
    return text === this.#source || text === this.#text;
  }

  /**
   * It is on disk as it is here: its model is kept as long as it is used, and read anew from its text after that, as
   * another engine would read it.
   */
  rest(): void {
    this.#outline ??= outlineOf(this.domain);
    // What was just written has its text; what was just read may never be asked for it.
    if (this.#text !== undefined) this.#publicText ??= this.publicText;
    this.#atRest = true;
    this.#used();
  }

  #used(): void {
    recent.delete(this);
    recent.add(this);
    if (recent.size <= mostModels) return;
    const [oldest] = recent;
    if (oldest === undefined) return;
    recent.delete(oldest);
    oldest.#domain = undefined;
  }
}

/** What drivers see of a domain; only its table changes it. */
export interface DomainRecord<Runtime> {
  readonly uuid: string;
  readonly name: string;
  /** Of the running instance. */
  readonly id: number | undefined;
  readonly state: StateAndReason;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly hasManagedSave: boolean;
  /** What runs now; undefined when nothing does. */
  readonly live: Domain | undefined;
  /** What the next boot will use; undefined for transient domains. */
  readonly config: Domain | undefined;
  /** What runs, else what would. */
  readonly current: Domain;
  /** The driver's own state of the running instance. */
  readonly runtime: Runtime | undefined;
  readonly startedMs: number | undefined;
  readonly addresses: readonly string[];
  readonly note: string | undefined;
  readonly isActive: boolean;
}

/** @internal The same from the table's side. */
export class MutableRecord<Runtime> implements DomainRecord<Runtime> {
  readonly uuid: string;
  readonly jobs: DomainJobs;
  id: number | undefined;
  state: StateAndReason = { state: 'shutoff', reason: 'unknown' };
  persistent = false;
  autostart = false;
  hasManagedSave = false;
  runtime: Runtime | undefined;
  startedMs: number | undefined;
  addresses: readonly string[] = [];
  note: string | undefined;
  /** The definition of the running instance went; one that comes again is no news, as in libvirt. */
  undefinedWhileRunning = false;
  /** Out of the table: whoever still waits for it must give up. */
  removed = false;

  liveConfiguration: Configuration | undefined;
  storedConfiguration: Configuration | undefined;
  /** What the running instance was started from, with every live change since: differs from what is stored when changes wait. */
  effective: Configuration | undefined;
  /** Of a transient domain before it runs. */
  starting: Configuration | undefined;
  summary: DomainSummary | undefined;

  constructor(uuid: string, first: Configuration) {
    this.uuid = uuid;
    this.starting = first;
    this.jobs = new DomainJobs(() => this.name);
  }

  get name(): string {
    return this.currentConfiguration.outline.name;
  }

  get isActive(): boolean {
    return this.id !== undefined;
  }

  get live(): Domain | undefined {
    return this.liveConfiguration?.domain;
  }

  get config(): Domain | undefined {
    return this.storedConfiguration?.domain;
  }

  get current(): Domain {
    return this.currentConfiguration.domain;
  }

  get currentConfiguration(): Configuration {
    const found = this.liveConfiguration ?? this.storedConfiguration ?? this.starting;
    if (found === undefined) throw new TypeError(`domain ${this.uuid} has no configuration`);
    return found;
  }

  get pendingChanges(): boolean {
    const { effective, storedConfiguration } = this;
    if (effective === undefined || storedConfiguration === undefined || effective === storedConfiguration) return false;
    return effective.text !== storedConfiguration.text;
  }
}
