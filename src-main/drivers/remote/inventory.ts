/**
 * The server's domains, kept here so that a list costs a few calls however many there are, and nothing while the server
 * can't be reached. Events say which of them to look at again.
 */
import type { DomainSummary } from '../../../src-shared/model/summary.ts';
import { VirError } from '../../../src-shared/errors.ts';
import type { Emitter, EngineEvent } from '../../engine/events.ts';
import type { Logger } from '../../engine/logger.ts';
import type { DomainReference } from '../../rpc/protocol/objects.ts';
import { type DomainDocuments, type DomainFacts, stateOf, summaryOf } from './known-domain.ts';
import type { Link } from './link.ts';

/** `virConnectListAllDomainsFlags`. */
const listFlags = { persistent: 4, managedSave: 256, autostart: 1024 } as const;
/** `VIR_DOMAIN_STATS_STATE`. */
const statsState = 1;
const inactiveXml = 2;
/** So few documents are waited for; more come after the list. */
const documentsAwaited = 8;
/** One call of four remains for the user's. */
const loaders = 3;
/** Several events of one act ask for one look. */
const settleMs = 20;

interface Known {
  readonly facts: DomainFacts;
  readonly documents: DomainDocuments | undefined;
  readonly summary: DomainSummary;
}

export class Inventory {
  readonly #link: Link;
  readonly #events: Emitter<EngineEvent>;
  readonly #logger: Logger;
  readonly #known = new Map<string, Known>();
  /** Those whose documents may have changed unheard. */
  readonly #stale = new Set<string>();
  readonly #looking = new Map<string, NodeJS.Timeout>();
  #loading = false;

  constructor(link: Link, events: Emitter<EngineEvent>, logger: Logger) {
    this.#link = link;
    this.#events = events;
    this.#logger = logger;
  }

  /** As the wire names the domain; the server goes by its UUID alone. */
  reference(uuid: string): DomainReference {
    const known = this.#known.get(uuid)?.facts.reference;
    return known ?? { uuid, name: uuid, id: -1 };
  }

  nameOf(uuid: string): string {
    return this.#known.get(uuid)?.facts.reference.name ?? uuid;
  }

  /** Every domain as it is now; as it was last seen while the server can't be reached. */
  async list(): Promise<readonly DomainSummary[]> {
    if (this.#link.failure !== undefined) return this.#lastSeen();
    await this.#loadAll();
    const missing = [...this.#known].filter(([, { documents }]) => documents === undefined).map(([uuid]) => uuid);
    if (missing.length <= documentsAwaited) await Promise.all(missing.map(async (uuid) => await this.#tryLook(uuid)));
    else this.#loadDocuments();
    return [...this.#known.values()].map(({ summary }) => summary);
  }

  /** One domain, asked for anew. @throws VirError `no-domain` */
  async look(uuid: string): Promise<DomainSummary> {
    try {
      return await this.#look(this.reference(uuid));
    } catch (error) {
      if (error instanceof VirError && error.code === 'no-domain') this.#forget(uuid);
      throw error;
    }
  }

  /** What a call did is known here before it resolves; a domain that is gone by it is no error. */
  async seen(uuid: string): Promise<void> {
    try {
      await this.look(uuid);
    } catch (error) {
      if (!(error instanceof VirError) || error.code !== 'no-domain') throw error;
    }
  }

  /** The same for a domain the server has just named. */
  async take(reference: DomainReference): Promise<DomainSummary> {
    return await this.#look(reference);
  }

  /** Something happened to a domain: it is looked at again, and announced when that changed its summary. */
  lookSoon(uuid: string): void {
    if (this.#looking.has(uuid)) return;
    const timer = setTimeout(() => {
      this.#looking.delete(uuid);
      this.#tryLook(uuid).catch((error: unknown) =>
        this.#logger.log('warn', 'a domain of a server could not be looked at', { uuid, error }),
      );
    }, settleMs);
    this.#looking.set(uuid, timer.unref());
  }

  /** The server is away: what is shown is what was seen last, and says so. */
  lost(): void {
    for (const summary of this.#lastSeen()) this.#events.emit({ type: 'domain-summary', summary });
  }

  /** The server was away: everything may be different. */
  async reload(): Promise<void> {
    const before = new Set(this.#known.keys());
    for (const uuid of before) this.#stale.add(uuid);
    await this.#loadAll();
    for (const uuid of before) {
      const known = this.#known.get(uuid);
      if (known === undefined) this.#events.emit({ type: 'domain-gone', uuid });
      // Also when nothing changed: that it was seen last some time ago is not so any more.
      else this.#events.emit({ type: 'domain-summary', summary: known.summary });
    }
    this.#loadDocuments();
  }

  #lastSeen(): readonly DomainSummary[] {
    const { failure } = this.#link;
    if (failure === undefined) return [];
    const note = `Last seen ${new Date(failure.sinceMs).toLocaleString()}: ${failure.error.message}`;
    return [...this.#known.values()].map(({ summary }) => ({ ...summary, note }));
  }

  close(): void {
    for (const timer of this.#looking.values()) clearTimeout(timer);
    this.#looking.clear();
  }

  async #loadAll(): Promise<void> {
    const { call } = this.#link;
    const list = async (flags: number): Promise<readonly DomainReference[]> =>
      (await call('connectListAllDomains', { needResults: true, flags })).domains;
    const [all, persistent, autostart, saved] = await Promise.all([
      list(0),
      uuidsOf(list(listFlags.persistent)),
      uuidsOf(list(listFlags.autostart)),
      uuidsOf(list(listFlags.managedSave)),
    ]);
    const states = await this.#states(all);
    const present = new Set<string>();
    for (const reference of all) {
      const { uuid } = reference;
      present.add(uuid);
      const facts: DomainFacts = {
        reference,
        state: states.get(uuid) ?? stateOf(0, 0),
        persistent: persistent.has(uuid),
        autostart: autostart.has(uuid),
        hasManagedSave: saved.has(uuid),
      };
      const known = this.#known.get(uuid);
      // Another instance has other live parts.
      const documents = known?.facts.reference.id === reference.id ? known.documents : undefined;
      this.#remember(facts, documents, known);
    }
    for (const uuid of [...this.#known.keys()]) {
      if (present.has(uuid)) continue;
      this.#known.delete(uuid);
      this.#stale.delete(uuid);
    }
  }

  async #states(all: readonly DomainReference[]): Promise<ReadonlyMap<string, DomainFacts['state']>> {
    const { call } = this.#link;
    try {
      const { retStats } = await call('connectGetAllDomainStats', { doms: [], stats: statsState, flags: 0 });
      return new Map(
        retStats.map(({ dom, params }) => {
          const number = (field: string): number => {
            const value = params.find((param) => param.field === field)?.value.value;
            return typeof value === 'number' ? value : 0;
          };
          return [dom.uuid, stateOf(number('state.state'), number('state.reason'))];
        }),
      );
    } catch (error) {
      if (!(error instanceof VirError) || error.code !== 'no-support') throw error;
    }
    const each = all.map(async (dom) => {
      const { state, reason } = await call('domainGetState', { dom, flags: 0 });
      return [dom.uuid, stateOf(state, reason)] as const;
    });
    return new Map(await Promise.all(each));
  }

  async #look(dom: DomainReference): Promise<DomainSummary> {
    const { call } = this.#link;
    const [{ dom: reference }, { state, reason }, { persistent }, autostart, saved, { xml }] = await Promise.all([
      call('domainLookupByUuid', { uuid: dom.uuid }),
      call('domainGetState', { dom, flags: 0 }),
      call('domainIsPersistent', { dom }),
      this.#unlessUnsupported(call('domainGetAutostart', { dom }), { autostart: false }),
      this.#unlessUnsupported(call('domainHasManagedSaveImage', { dom, flags: 0 }), { result: 0 }),
      call('domainGetXmlDesc', { dom, flags: 0 }),
    ]);
    const next =
      persistent && reference.id >= 0
        ? (await call('domainGetXmlDesc', { dom: reference, flags: inactiveXml })).xml
        : undefined;
    const facts: DomainFacts = {
      reference,
      state: stateOf(state, reason),
      persistent,
      autostart: autostart.autostart,
      hasManagedSave: saved.result !== 0,
    };
    this.#stale.delete(dom.uuid);
    return this.#remember(facts, { xml, inactiveXml: next }, this.#known.get(dom.uuid));
  }

  async #unlessUnsupported<T>(answer: Promise<T>, instead: T): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof VirError && error.code === 'no-support') return instead;
      throw error;
    }
  }

  async #tryLook(uuid: string): Promise<void> {
    try {
      await this.look(uuid);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** A few at a time, so that calls of the user are not queued behind a thousand of ours. */
  #loadDocuments(): void {
    if (this.#loading) return;
    this.#loading = true;
    const missing = [...this.#known.values()]
      .filter(({ documents, facts }) => documents === undefined || this.#stale.has(facts.reference.uuid))
      .values();
    const load = async (): Promise<void> => {
      for (const { facts } of missing) {
        if (this.#link.failure !== undefined) return;
        await this.#loadDocument(facts.reference);
      }
    };
    Promise.all(Array.from({ length: loaders }, load))
      .catch((error: unknown) => this.#logger.log('warn', 'domains of a server could not be loaded', { error }))
      .finally(() => {
        this.#loading = false;
      });
  }

  async #loadDocument(dom: DomainReference): Promise<void> {
    try {
      const documents = await this.#documents(dom, this.#known.get(dom.uuid)?.facts.persistent ?? false);
      const known = this.#known.get(dom.uuid);
      if (known === undefined || known.facts.reference.id !== dom.id) return;
      // Whatever has looked at it meanwhile knows better.
      if (known.documents === undefined || this.#stale.delete(dom.uuid)) {
        this.#remember(known.facts, documents, known);
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #documents(dom: DomainReference, persistent: boolean): Promise<DomainDocuments> {
    const { call } = this.#link;
    const { xml } = await call('domainGetXmlDesc', { dom, flags: 0 });
    // Not at the same time: each loader has one of the calls that may be under way.
    const next = persistent && dom.id >= 0 ? await call('domainGetXmlDesc', { dom, flags: inactiveXml }) : undefined;
    return { xml, inactiveXml: next?.xml };
  }

  #remember(facts: DomainFacts, documents: DomainDocuments | undefined, before: Known | undefined): DomainSummary {
    const unchanged = before !== undefined && before.documents === documents && sameFacts(before.facts, facts);
    if (unchanged) return before.summary;
    const summary = summaryOf(facts, documents, this.#link.uri.driver);
    this.#known.set(facts.reference.uuid, { facts, documents, summary });
    if (before === undefined || JSON.stringify(before.summary) !== JSON.stringify(summary)) {
      this.#events.emit({ type: 'domain-summary', summary });
    }
    return summary;
  }

  #forget(uuid: string): void {
    this.#stale.delete(uuid);
    if (this.#known.delete(uuid)) this.#events.emit({ type: 'domain-gone', uuid });
  }
}

/** The domain is gone, or the server is: nothing to report of something nobody waits for. */
function isGone(error: unknown): boolean {
  return error instanceof VirError && (error.code === 'no-domain' || error.code === 'no-connect');
}

async function uuidsOf(references: Promise<readonly DomainReference[]>): Promise<ReadonlySet<string>> {
  return new Set((await references).map(({ uuid }) => uuid));
}

function sameFacts(one: DomainFacts, other: DomainFacts): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
