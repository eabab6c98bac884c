/** What pretended guests do: start, pause, save, stop, with the states and events of libvirt's QEMU driver. */
import type { Domain } from '../../../src-shared/model/domain/index.ts';
import type { DomainSummary, StateAndReason } from '../../../src-shared/model/summary.ts';
import { say } from '../../../src-shared/words.ts';
import type { EngineContext } from '../../engine/context.ts';
import { type DomainRecord, DomainTable } from '../../engine/domain-table.ts';
import type { ConsoleStream, InterfaceAddresses, StartOptions } from '../../engine/driver.ts';
import type { DomainEvent, Emitter, EngineEvent, LifecycleEvent } from '../../engine/events.ts';
import type { Job } from '../../engine/jobs.ts';
import { LocalSnapshots } from '../../engine/snapshots/local-snapshots.ts';
import { answer } from './answer.ts';
import { addressesOf } from './addresses.ts';
import { RunClock } from './clock.ts';
import { complete } from './complete.ts';
import { withAliases } from './live.ts';
import type { InitialDomain } from './node.ts';
import { pretend } from './pretend.ts';
import { TestSnapshots } from './snapshots.ts';

export interface Runtime {
  readonly clock: RunClock;
  readonly autodestroy: boolean;
  /** Open consoles by alias. */
  readonly consoles: Map<string, ConsoleStream>;
}

export type GuestRecord = DomainRecord<Runtime>;

export interface GuestsOptions {
  readonly uri: string;
  readonly events: Emitter<EngineEvent>;
  readonly context: EngineContext;
  /** How long a guest takes to shut down, and a save to be written. */
  readonly delayMs: number;
}

const lifecycle = (event: LifecycleEvent): DomainEvent => ({ kind: 'lifecycle', ...event });
const booted: StateAndReason = { state: 'running', reason: 'booted' };

export class Guests {
  readonly table: DomainTable<Runtime>;
  readonly snapshots: LocalSnapshots<Runtime>;
  readonly #options: GuestsOptions;
  /** What saved domains look like from inside when they go on. */
  readonly #saved = new Map<string, { readonly clock: RunClock; readonly paused: boolean }>();
  readonly #log = new Map<string, string>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: GuestsOptions, initial: readonly InitialDomain[]) {
    this.#options = options;
    this.table = new DomainTable<Runtime>({
      errorDomain: 'test',
      events: options.events,
      complete,
      removeManagedSave: async (record) => {
        this.#saved.delete(record.uuid);
        await Promise.resolve();
      },
      beforeUndefine: async (record, options) => await this.snapshots.beforeUndefine(record, options),
    });
    this.snapshots = new LocalSnapshots<Runtime>({
      errorDomain: 'test',
      table: this.table,
      jobs: options.context.jobs,
      events: options.events,
      uri: options.uri,
      hypervisor: new TestSnapshots<Runtime>(this, options.delayMs),
    });
    for (const each of initial) this.#begin(each);
    // Nobody listens yet; who opens a connection asks for the list.
    this.table.flush();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const record of this.table.records()) {
      if (record.runtime?.autodestroy === true) this.stop(record, 'destroyed');
      for (const stream of record.runtime?.consoles.values() ?? []) stream.close();
    }
    await this.table.close();
    this.snapshots.close();
  }

  log(uuid: string): string {
    return this.#log.get(uuid) ?? '';
  }

  /** Boots, or goes on with a managed save. */
  start(record: GuestRecord, options: StartOptions): void {
    this.table.requireInactive(record);
    const saved = this.#saved.get(record.uuid);
    if (record.hasManagedSave && options.forceBoot !== true) {
      const paused = options.paused === true || saved?.paused === true;
      this.restore(record, record.current, paused, saved?.clock);
    } else {
      this.launch(record, record.current, options, false);
    }
    this.forgetSave(record);
  }

  forgetSave(record: GuestRecord): void {
    this.#saved.delete(record.uuid);
    this.table.changed(record, { hasManagedSave: false });
  }

  keepSave(record: GuestRecord, paused: boolean): void {
    const { clock } = this.table.requireActive(record);
    this.#saved.set(record.uuid, { clock, paused });
    this.table.changed(record, { hasManagedSave: true });
  }

  pause(record: GuestRecord): void {
    const { clock } = this.table.requireActive(record);
    // Pausing what is paused succeeds and is not told.
    if (record.state.state === 'paused') return;
    clock.stop();
    const state: StateAndReason = { state: 'paused', reason: 'user' };
    this.table.changed(record, { state }, lifecycle({ event: 'suspended', detail: 'paused' }));
  }

  resume(record: GuestRecord): void {
    const { clock } = this.table.requireActive(record);
    if (record.state.state !== 'paused') {
      throw this.table.errors.error('operation-invalid', say`domain '${record.name}' is already running`);
    }
    clock.run();
    const state: StateAndReason = { state: 'running', reason: 'unpaused' };
    this.table.changed(record, { state }, lifecycle({ event: 'resumed', detail: 'unpaused' }));
  }

  /** Puts a domain into the state it begins in; nobody listens yet. */
  #begin({ domain, state, transient, hasManagedSave, autostart }: InitialDomain): void {
    if (state === 'running' || state === 'paused') {
      const runtime = newRuntime(new RunClock());
      if (state === 'running') runtime.clock.run();
      const reason: StateAndReason = state === 'running' ? booted : { state: 'paused', reason: 'user' };
      if (!transient) this.table.seed(domain, { autostart });
      const id = this.table.nextId();
      const live = withAliases(domain);
      const definition = transient ? {} : { definition: domain };
      const record = this.table.adopt({ live, runtime, state: reason, id, persistent: !transient, ...definition });
      this.table.changed(record, { addresses: plain(addressesOf(live, id)) });
      return;
    }
    const record = this.table.seed(domain, { autostart });
    const reason = state === 'crashed' ? 'crashed' : hasManagedSave ? 'saved' : 'unknown';
    this.table.changed(record, { state: { state: 'shutoff', reason }, hasManagedSave });
  }

  launch(record: GuestRecord, domain: Domain, options: StartOptions, once: boolean): void {
    const clock = new RunClock();
    if (options.paused !== true) clock.run();
    const events: LifecycleEvent[] =
      options.paused === true
        ? [
            { event: 'started', detail: 'booted' },
            { event: 'suspended', detail: 'paused' },
          ]
        : [
            { event: 'resumed', detail: 'unpaused' },
            { event: 'started', detail: 'booted' },
          ];
    const state: StateAndReason = options.paused === true ? { state: 'paused', reason: 'user' } : booted;
    this.#run(record, domain, newRuntime(clock, options.autodestroy), state, events, once);
  }

  restore(record: GuestRecord, domain: Domain, paused: boolean, clock = new RunClock()): void {
    if (!paused) clock.run();
    const events: LifecycleEvent[] = [
      { event: 'started', detail: 'restored' },
      paused ? { event: 'suspended', detail: 'restored' } : { event: 'resumed', detail: 'from-snapshot' },
    ];
    const state: StateAndReason = paused
      ? { state: 'paused', reason: 'user' }
      : { state: 'running', reason: 'restored' };
    this.#run(record, domain, newRuntime(clock), state, events, domain !== record.config);
  }

  #run(
    record: GuestRecord,
    domain: Domain,
    runtime: Runtime,
    state: StateAndReason,
    events: readonly LifecycleEvent[],
    once: boolean,
  ): void {
    const live = withAliases(domain);
    const started = { id: this.table.nextId(), live, runtime, state };
    const announced = events.map(lifecycle);
    this.#write(record, `started as ${started.id}`);
    if (once) this.table.startedOnce(record, started, ...announced);
    else this.table.started(record, started, ...announced);
    this.table.changed(record, { addresses: plain(addressesOf(live, started.id)) });
  }

  /** Runs what a snapshot has of it. */
  goBack(record: GuestRecord, domain: Domain, paused: boolean): void {
    const clock = new RunClock();
    if (!paused) clock.run();
    const events: LifecycleEvent[] = [
      { event: 'started', detail: 'from-snapshot' },
      paused ? { event: 'suspended', detail: 'from-snapshot' } : { event: 'resumed', detail: 'from-snapshot' },
    ];
    const state: StateAndReason = paused
      ? { state: 'paused', reason: 'from snapshot' }
      : { state: 'running', reason: 'from snapshot' };
    this.#run(record, domain, newRuntime(clock), state, events, !record.persistent);
  }

  stop(record: GuestRecord, detail: 'destroyed' | 'shutdown' | 'saved' | 'from-snapshot'): void {
    for (const stream of record.runtime?.consoles.values() ?? []) stream.close();
    this.#write(record, detail);
    const reason = detail === 'from-snapshot' ? 'from snapshot' : detail;
    this.table.stopped(record, { state: 'shutoff', reason }, lifecycle({ event: 'stopped', detail }));
  }

  #powerOff(record: GuestRecord): void {
    if (record.live?.on_poweroff === 'restart') {
      this.table.announce(record, { kind: 'reboot' });
      return;
    }
    const state: StateAndReason = { state: 'shutdown', reason: 'user' };
    this.table.changed(record, { state }, lifecycle({ event: 'shutdown', detail: 'guest' }));
    this.stop(record, 'shutdown');
  }

  askToPowerOff(record: GuestRecord): void {
    this.table.requireActive(record);
    this.#later(record, () => this.#powerOff(record));
  }

  askToReboot(record: GuestRecord): void {
    this.table.requireActive(record);
    this.#later(record, () => {
      if (record.live?.on_reboot === 'destroy') this.#powerOff(record);
      else this.table.announce(record, { kind: 'reboot' });
    });
  }

  /** What the guest does by itself some time after it was asked; a guest that was stopped or is paused does nothing. */
  #later(record: GuestRecord, act: () => void): void {
    const { runtime } = record;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (record.runtime === runtime && record.state.state === 'running') act();
    }, this.#options.delayMs);
    this.#timers.add(timer);
  }

  restoring(path: string, read: () => Promise<string>, paused: boolean): Job<DomainSummary> {
    const { jobs } = this.#options.context;
    const description = { kind: 'domain.restore', subject: path, uri: this.#options.uri, unit: 'bytes' } as const;
    return jobs.start(description, async (control) => {
      const domain = await this.table.read(await read(), 'start');
      return await this.table.createXml(domain, 'restore', async (record) => {
        await pretend(control, this.#options.delayMs, memoryBytes(domain));
        this.restore(record, domain, paused);
      });
    });
  }

  /** `refuse` is asked before anything happens to the guest; `write` is told whether it was paused before. */
  saving(
    uuid: string,
    kind: string,
    refuse: (record: GuestRecord) => void,
    write: (record: GuestRecord, wasPaused: boolean) => Promise<void>,
  ): Job<void> {
    const subject = this.table.find(uuid)?.name ?? uuid;
    const description = { kind, subject, uri: this.#options.uri, domainUuid: uuid, unit: 'bytes' } as const;
    return this.#options.context.jobs.start(description, async (control) => {
      await this.table.modifyLong(uuid, 'save', async (record, nested) => {
        refuse(record);
        const paused = await nested(async () => await answer(() => this.#pauseForSave(record)));
        try {
          await pretend(control, this.#options.delayMs, memoryBytes(record.current));
          await nested(async () => {
            this.table.requireActive(record);
            await write(record, paused);
            this.table.announce(record, { kind: 'job-completed', operation: 'save' });
            this.stop(record, 'saved');
          });
        } catch (thrown) {
          this.#goOn(record, paused);
          throw thrown;
        }
      });
    });
  }

  /** @returns whether it was paused already. */
  #pauseForSave(record: GuestRecord): boolean {
    const { clock } = this.table.requireActive(record);
    if (record.state.state === 'paused') return true;
    clock.stop();
    const state: StateAndReason = { state: 'paused', reason: 'saving' };
    this.table.changed(record, { state }, lifecycle({ event: 'suspended', detail: 'paused' }));
    return false;
  }

  /** After a save that failed or was cancelled the guest goes on where it was. */
  #goOn(record: GuestRecord, wasPaused: boolean): void {
    if (wasPaused || record.runtime === undefined) return;
    record.runtime.clock.run();
    const state: StateAndReason = { state: 'running', reason: 'save canceled' };
    this.table.changed(record, { state }, lifecycle({ event: 'resumed', detail: 'unpaused' }));
  }

  #write(record: GuestRecord, what: string): void {
    const line = `${new Date().toISOString()}: ${what}\n`;
    this.#log.set(record.uuid, (this.#log.get(record.uuid) ?? '') + line);
  }
}

function newRuntime(clock: RunClock, autodestroy = false): Runtime {
  return { clock, autodestroy, consoles: new Map() };
}

const memoryBytes = (domain: Domain): number => (domain.memory?.KiB ?? 0) * 1024;

const plain = (interfaces: readonly InterfaceAddresses[]): readonly string[] =>
  interfaces.flatMap((each) => each.addresses.map(({ address }) => address));
