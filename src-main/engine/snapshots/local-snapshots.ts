/**
 * Snapshots of a driver that keeps its own domains, with libvirt's contract: what may be asked, how snapshots hang
 * together, which one a domain is at, what is kept of them. The hypervisor takes them, goes back to them, drops them.
 *
 * What is kept is written after a snapshot was taken and removed after it was dropped: a crash between leaves a snapshot
 * in the images that is not listed, or one that is listed and can be deleted again; never one that seems to be there.
 */
import type { ErrorDomain } from '../../../src-shared/errors.ts';
import type { Domain } from '../../../src-shared/model/domain/index.ts';
import { wholeDomain } from '../../../src-shared/model/domain/domain.ts';
import { formatSnapshot } from '../../../src-shared/model/snapshot.ts';
import { isExternal, type SnapshotSummary, snapshotSummary } from '../../../src-shared/model/snapshot-summary.ts';
import { say } from '../../../src-shared/words.ts';
import type { DomainRecord, DomainTable, NestedJob } from '../domain-table.ts';
import type { UndefineOptions } from '../driver.ts';
import type { Emitter, EngineEvent } from '../events.ts';
import type { Job, JobControl, JobRegistry } from '../jobs.ts';
import { withoutSecrets } from '../live-parts.ts';
import type {
  SnapshotApi,
  SnapshotCreateOptions,
  SnapshotDeleteOptions,
  SnapshotRevertOptions,
} from '../snapshot-api.ts';
import { snapshotError } from './errors.ts';
import { alignDisks, checkRedefinition, readRequest } from './request.ts';
import { type KeptSnapshot, SnapshotSet, withParent } from './snapshot-set.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** The long job that a change of snapshots runs in. */
export interface SnapshotWork {
  readonly control: JobControl;
  readonly nested: NestedJob;
}

/** What only the hypervisor can do. Each refuses before it changes anything. */
export interface SnapshotHypervisor<Runtime> {
  /** @throws VirError for wishes that this hypervisor never grants. */
  check(record: DomainRecord<Runtime>, options: SnapshotCreateOptions): void;
  /** What is going to be taken: state, memory, a place for every disk. */
  prepare(
    record: DomainRecord<Runtime>,
    request: KeptSnapshot & { readonly domain: Domain },
    options: SnapshotCreateOptions,
  ): KeptSnapshot | Promise<KeptSnapshot>;
  take(
    record: DomainRecord<Runtime>,
    snapshot: KeptSnapshot,
    options: SnapshotCreateOptions,
    work: SnapshotWork,
  ): Promise<void>;
  revert(
    record: DomainRecord<Runtime>,
    snapshot: KeptSnapshot,
    options: SnapshotRevertOptions,
    work: SnapshotWork,
  ): Promise<void>;
  checkDelete(
    record: DomainRecord<Runtime>,
    snapshot: KeptSnapshot,
    below: readonly KeptSnapshot[],
    options: SnapshotDeleteOptions,
  ): void;
  discard(record: DomainRecord<Runtime>, snapshot: KeptSnapshot, work: SnapshotWork): Promise<void>;
  /** What the memory in snapshots takes, by their names, as far as that is known. */
  memoryBytes?(record: DomainRecord<Runtime>, snapshots: readonly KeptSnapshot[]): Promise<ReadonlyMap<string, number>>;
  /** The definition that a snapshot keeps: what runs, else what would. */
  definition(record: DomainRecord<Runtime>): Domain;
}

export interface LocalSnapshotsOptions<Runtime> {
  readonly errorDomain: ErrorDomain;
  readonly table: Pick<DomainTable<Runtime>, 'get' | 'find' | 'modifyLong'>;
  readonly jobs: JobRegistry;
  readonly events: Emitter<EngineEvent>;
  readonly uri: string;
  /** Absent: in memory only. */
  readonly store?: SnapshotStore;
  readonly hypervisor: SnapshotHypervisor<Runtime>;
}

export class LocalSnapshots<Runtime> implements Required<SnapshotApi> {
  readonly #options: LocalSnapshotsOptions<Runtime>;
  readonly #sets = new Map<string, SnapshotSet>();
  readonly #unsubscribe: () => void;

  constructor(options: LocalSnapshotsOptions<Runtime>) {
    this.#options = options;
    this.#unsubscribe = options.events.subscribe((event) => {
      if (event.type === 'domain-gone') this.#forgetAll(event.uuid);
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  async list(uuid: string, options: { readonly sizes?: boolean } = {}): Promise<readonly SnapshotSummary[]> {
    const record = this.#options.table.get(uuid);
    const set = this.#of(record.uuid);
    const summaries = set.all().map((each) => snapshotSummary(each, each.name === set.current));
    if (options.sizes !== true || summaries.length === 0) return summaries;
    const sizes = await this.#options.hypervisor.memoryBytes?.(record, set.all());
    return summaries.map((each) => {
      const memoryBytes = sizes?.get(each.name);
      return memoryBytes === undefined ? each : { ...each, memoryBytes };
    });
  }

  async xml(uuid: string, name: string, options: { readonly secure?: boolean } = {}): Promise<string> {
    const snapshot = this.#of(this.#options.table.get(uuid).uuid).get(name);
    return await Promise.resolve(formatSnapshot(options.secure === true ? snapshot : publicPart(snapshot)));
  }

  create(uuid: string, xml: string, options: SnapshotCreateOptions = {}): Job<SnapshotSummary> {
    return this.#job('domain.snapshot', uuid, async (record, work) => {
      this.#checkFlags(record, options);
      const { errorDomain, hypervisor } = this.#options;
      const redefine = options.redefine === true;
      const offline = options.diskOnly === true || !record.isActive;
      const nowSeconds = Math.floor(Date.now() / 1000);
      const request = readRequest(xml, { errorDomain, redefine, offline, nowSeconds });
      if (options.noMetadata !== true) refuseName(request.name);
      if (redefine) return await this.#redefine(record, request, options);
      const set = this.#of(record.uuid);
      if (set.find(request.name) !== undefined && options.noMetadata !== true) {
        throw snapshotError(errorDomain, 'operation-failed', say`domain moment ${request.name} already exists`, {
          cause: say`'${record.name}' has a snapshot of that name.`,
          fix: say`Choose another name, or delete that snapshot first.`,
        });
      }
      const domain = hypervisor.definition(record);
      const whole = { ...request, domain, ...(nextBootOf(record) ?? {}) };
      const prepared = withParent(await hypervisor.prepare(record, whole, options), set.current);
      await this.#take(record, set, prepared, options, work);
      if (options.noMetadata === true) return snapshotSummary(prepared, false);
      this.#tell(record.uuid);
      return snapshotSummary(prepared, true);
    });
  }

  revert(uuid: string, name: string, options: SnapshotRevertOptions = {}): Job<void> {
    return this.#job('domain.snapshot-revert', uuid, async (record, work) => {
      if (options.running === true && options.paused === true) {
        const message = say`running and paused flags in virDomainRevertToSnapshot are mutually exclusive`;
        throw snapshotError('none', 'invalid-arg', message);
      }
      const snapshot = this.#of(record.uuid).get(name);
      this.#checkRevert(record, snapshot, options);
      try {
        await this.#options.hypervisor.revert(record, snapshot, options, work);
        await this.#moveTo(record.uuid, name);
      } finally {
        this.#tell(record.uuid);
      }
    });
  }

  delete(uuid: string, name: string, options: SnapshotDeleteOptions = {}): Job<void> {
    return this.#job('domain.snapshot-delete', uuid, async (record, work) => {
      if (options.children === true && options.childrenOnly === true) {
        const message = say`children and children_only flags in virDomainSnapshotDelete are mutually exclusive`;
        throw snapshotError('none', 'invalid-arg', message);
      }
      const { hypervisor } = this.#options;
      const set = this.#of(record.uuid);
      const snapshot = set.get(name);
      const withBelow = options.children === true || options.childrenOnly === true;
      const below = withBelow ? set.descendants(name) : [];
      if (options.metadataOnly !== true) hypervisor.checkDelete(record, snapshot, below, options);
      // The last ones first: what is left at any moment hangs together.
      const doomed = [...below.toReversed(), ...(options.childrenOnly === true ? [] : [snapshot])];
      try {
        for (const [index, each] of doomed.entries()) {
          work.control.progress(index, doomed.length);
          if (options.metadataOnly !== true) await hypervisor.discard(record, each, work);
          await this.#forget(record.uuid, each);
        }
      } finally {
        this.#tell(record.uuid);
      }
    });
  }

  async setCurrent(uuid: string, name: string): Promise<void> {
    await this.#options.table.modifyLong(uuid, 'snapshotSetCurrent', async (record) => {
      this.#of(record.uuid).get(name);
      await this.#moveTo(record.uuid, name);
      this.#tell(record.uuid);
    });
  }

  /**
   * Before a definition goes: what is kept of its snapshots is lost with it, which libvirt wants to be told.
   * @throws VirError `operation-invalid`
   */
  async beforeUndefine(record: DomainRecord<Runtime>, options: UndefineOptions): Promise<void> {
    const { size } = this.#of(record.uuid);
    if (size === 0 || record.isActive) return;
    if (options.snapshotsMetadata !== true) {
      const message = say`cannot delete inactive domain with ${size} snapshots`;
      throw snapshotError(this.#options.errorDomain, 'operation-invalid', message, {
        cause: say`'${record.name}' has snapshots, which can't be gone back to without it.`,
        fix: say`Delete them first, or say that what is known of them may go too.`,
      });
    }
    await Promise.resolve(this.#forgetAll(record.uuid));
  }

  async #redefine(
    record: DomainRecord<Runtime>,
    request: KeptSnapshot,
    options: SnapshotCreateOptions,
  ): Promise<SnapshotSummary> {
    const { errorDomain } = this.#options;
    const set = this.#of(record.uuid);
    set.checkParent(request.name, request.parent?.name);
    const before = set.find(request.name);
    checkRedefinition(request, record.uuid, before, options.diskOnly === true);
    const domain = wholeDomain(request.domain ?? before?.domain);
    if (domain === undefined) throw snapshotError('domain-snapshot', 'internal-error', say`missing domain in snapshot`);
    const standard = request.state === 'disk-snapshot' || isExternal(request) ? 'external' : 'internal';
    const snapshot = { ...alignDisks(request, domain, standard, errorDomain), domain };
    set.put(snapshot);
    if (options.current === true) await this.#moveTo(record.uuid, snapshot.name);
    else await this.#options.store?.write(record.uuid, snapshot, set.current === snapshot.name);
    this.#tell(record.uuid);
    return snapshotSummary(snapshot, set.current === snapshot.name);
  }

  /** Takes it and writes it down; what an engine that ended meanwhile left in the images is cleared away first. */
  async #take(
    record: DomainRecord<Runtime>,
    set: SnapshotSet,
    snapshot: KeptSnapshot,
    options: SnapshotCreateOptions,
    work: SnapshotWork,
  ): Promise<void> {
    const { store, hypervisor } = this.#options;
    const { name } = snapshot;
    if (set.unfinished.has(name)) {
      await hypervisor.discard(record, snapshot, work);
      set.unfinished.delete(name);
    }
    await store?.begin(record.uuid, name);
    try {
      await hypervisor.take(record, snapshot, options, work);
      if (options.noMetadata === true) return;
      set.put(snapshot);
      await this.#moveTo(record.uuid, name);
    } finally {
      store?.done(record.uuid, name);
    }
  }

  #checkFlags(record: DomainRecord<Runtime>, options: SnapshotCreateOptions): void {
    const exclusive = (a: string, b: string): Error =>
      snapshotError(
        'none',
        'invalid-arg',
        say`${a} and ${b} flags in virDomainSnapshotCreateXML are mutually exclusive`,
      );
    if (options.current === true && options.redefine !== true) {
      const message = say`flags 'current' in virDomainSnapshotCreateXML requires flags 'redefine'`;
      throw snapshotError('none', 'invalid-arg', message);
    }
    if (options.redefine === true && options.noMetadata === true) throw exclusive('redefine', 'no metadata');
    if (options.redefine === true && options.halt === true) throw exclusive('redefine', 'halt');
    this.#options.hypervisor.check(record, options);
    if (!record.persistent && options.halt === true) {
      const message = say`cannot halt after transient domain snapshot`;
      throw snapshotError(this.#options.errorDomain, 'operation-invalid', message, {
        cause: say`'${record.name}' is not defined: stopped, it would be gone.`,
        fix: say`Define it first.`,
      });
    }
  }

  /** What libvirt refuses of every hypervisor. */
  #checkRevert(
    record: DomainRecord<Runtime>,
    snapshot: KeptSnapshot,
    { running, paused, force }: SnapshotRevertOptions,
  ): void {
    const { errorDomain } = this.#options;
    const isOn = snapshot.state === 'running' || snapshot.state === 'paused';
    if (!record.persistent && !isOn && running !== true && paused !== true) {
      const message = say`transient domain needs to request run or pause to revert to inactive snapshot`;
      throw snapshotError(errorDomain, 'operation-invalid', message);
    }
    if (wholeDomain(snapshot.domain) === undefined) {
      const message = say`snapshot '${snapshot.name}' lacks domain '${record.name}' rollback info`;
      throw snapshotError(errorDomain, 'snapshot-revert-risky', message);
    }
    if (force !== true && record.hasManagedSave && !isOn) {
      const message = say`snapshot without memory state, removal of existing managed saved state strongly recommended to avoid corruption`;
      throw snapshotError(errorDomain, 'snapshot-revert-risky', message, {
        cause: say`'${record.name}' has a saved state that belongs to what is on its disks now.`,
        fix: say`Remove the saved state first, or force it.`,
      });
    }
  }

  #job<T>(kind: string, uuid: string, work: (record: DomainRecord<Runtime>, work: SnapshotWork) => Promise<T>): Job<T> {
    const { table, jobs, uri } = this.#options;
    const subject = table.find(uuid)?.name ?? uuid;
    // QEMU hears nothing while it writes a snapshot, and half of one that is dropped is of no use.
    const description = { kind, subject, uri, domainUuid: uuid, unit: 'steps', cancellable: false } as const;
    return jobs.start(
      description,
      async (control) =>
        await table.modifyLong(uuid, kind, async (record, nested) => await work(record, { control, nested })),
    );
  }

  /** The domain is at this snapshot now: written first, so that a crash leaves one that says so. */
  async #moveTo(uuid: string, name: string | undefined): Promise<void> {
    const set = this.#of(uuid);
    const before = set.current === undefined ? undefined : set.find(set.current);
    set.current = name;
    const { store } = this.#options;
    if (name !== undefined) await store?.write(uuid, set.get(name), true);
    if (before !== undefined && before.name !== name) await store?.write(uuid, before, false);
  }

  /** Its children become its parent's, and whoever was at it is at its parent. */
  async #forget(uuid: string, snapshot: KeptSnapshot): Promise<void> {
    const { store } = this.#options;
    const set = this.#of(uuid);
    const { name, parent } = snapshot;
    for (const child of set.children(name)) {
      const moved = withParent(child, parent?.name);
      set.put(moved);
      await store?.write(uuid, moved, set.current === moved.name);
    }
    const wasCurrent = set.current === name;
    set.remove(name);
    if (wasCurrent && parent !== undefined && set.find(parent.name) !== undefined)
      await this.#moveTo(uuid, parent.name);
    store?.remove(uuid, name);
  }

  #forgetAll(uuid: string): void {
    const set = this.#of(uuid);
    this.#options.store?.removeAll(
      uuid,
      set.all().map(({ name }) => name),
    );
    this.#sets.delete(uuid);
  }

  #of(uuid: string): SnapshotSet {
    let set = this.#sets.get(uuid);
    if (set === undefined) {
      set = new SnapshotSet(this.#options.errorDomain);
      const stored = this.#options.store?.load(uuid);
      for (const snapshot of stored?.snapshots ?? []) set.put(snapshot);
      set.current = stored?.current;
      for (const name of stored?.unfinished ?? []) set.unfinished.add(name);
      this.#sets.set(uuid, set);
    }
    return set;
  }

  #tell(uuid: string): void {
    this.#options.events.emit({ type: 'snapshots', uuid });
  }
}

/** libvirt keeps each in a file of its name. */
function refuseName(name: string): void {
  const why = name.includes('/') ? "name can't contain '/'" : name.startsWith('.') ? "name can't start with '.'" : '';
  if (why !== '') throw snapshotError('domain-snapshot', 'xml-detail', say`invalid snapshot name '${name}': ${why}`);
}

/** What a running machine starts with next time. */
function nextBootOf<Runtime>({
  isActive,
  config,
}: DomainRecord<Runtime>): Pick<KeptSnapshot, 'inactiveDomain'> | undefined {
  return isActive && config !== undefined ? { inactiveDomain: config } : undefined;
}

function publicPart(snapshot: KeptSnapshot): KeptSnapshot {
  const domain = wholeDomain(snapshot.domain);
  const next = wholeDomain(snapshot.inactiveDomain);
  return {
    ...snapshot,
    ...(domain === undefined ? {} : { domain: withoutSecrets(domain) }),
    ...(next === undefined ? {} : { inactiveDomain: withoutSecrets(next) }),
  };
}
