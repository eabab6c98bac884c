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
/** Documents that are on their way together. */
const loaders = 12;
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
  /** What an earlier connection knew, for those that are not looked at yet. */
  readonly #remembered: ReadonlyMap<string, DomainSummary>;
  #loading = false;
  #isListed = false;

  constructor(link: Link, events: Emitter<EngineEvent>, logger: Logger, remembered: readonly DomainSummary[] = []) {
    this.#link = link;
    this.#events = events;
    this.#logger = logger;
    this.#remembered = new Map(remembered.map((summary) => [summary.uuid, summary]));
  }

  /** As events have told; undefined before the server was asked for all. */
  known(): readonly DomainSummary[] | undefined {
    return this.#isListed ? [...this.#known.values()].map(({ summary }) => summary) : undefined;
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
    if (this.#link.unheardSinceMs === undefined && (await this.#tryLoadAll())) {
      const missing = [...this.#known.values()].filter(({ documents }) => documents === undefined);
      const strange = missing.filter(({ facts }) => !this.#remembered.has(facts.reference.uuid));
      const loaded = this.#loadDocuments();
      if (strange.length > 0 && missing.length <= documentsAwaited) await loaded;
    }
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

  /** The server was away: everything may be different. */
  async reload(): Promise<void> {
    const before = new Set(this.#known.keys());
    for (const uuid of before) this.#stale.add(uuid);
    await this.#loadAll();
    for (const uuid of before) {
      if (!this.#known.has(uuid)) this.#events.emit({ type: 'domain-gone', uuid });
    }
    await this.#loadDocuments();
  }

  close(): void {
    for (const timer of this.#looking.values()) clearTimeout(timer);
    this.#looking.clear();
  }

  /** @returns false when the server went away meanwhile, and there is something else to show. */
  async #tryLoadAll(): Promise<boolean> {
    try {
      await this.#loadAll();
      return true;
    } catch (error) {
      if (!this.#isListed || !(error instanceof VirError) || error.code !== 'no-connect') throw error;
      return false;
    }
  }

  async #loadAll(): Promise<void> {
    const { look } = this.#link;
    const list = async (flags: number): Promise<readonly DomainReference[]> =>
      (await look('connectListAllDomains', { needResults: true, flags })).domains;
    const [all, persistent, autostart, saved, told] = await Promise.all([
      list(0),
      uuidsOf(list(listFlags.persistent)),
      uuidsOf(list(listFlags.autostart)),
      uuidsOf(list(listFlags.managedSave)),
      this.#states(),
    ]);
    const states = told ?? (await this.#statesEach(all));
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
    this.#isListed = true;
    for (const uuid of [...this.#known.keys()]) {
      if (present.has(uuid)) continue;
      this.#known.delete(uuid);
      this.#stale.delete(uuid);
    }
  }

  /** Of all at once; undefined where the server can't tell. */
  async #states(): Promise<ReadonlyMap<string, DomainFacts['state']> | undefined> {
    try {
      const args = { doms: [], stats: statsState, flags: 0 };
      const { retStats } = await this.#link.look('connectGetAllDomainStats', args);
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
      return undefined;
    }
  }

  async #statesEach(all: readonly DomainReference[]): Promise<ReadonlyMap<string, DomainFacts['state']>> {
    const each = all.map(async (dom) => {
      const { state, reason } = await this.#link.look('domainGetState', { dom, flags: 0 });
      return [dom.uuid, stateOf(state, reason)] as const;
    });
    return new Map(await Promise.all(each));
  }

  async #look(dom: DomainReference): Promise<DomainSummary> {
    const { look } = this.#link;
    const [{ dom: reference }, { state, reason }, { persistent }, autostart, saved, { xml }, stored] =
      await Promise.all([
        look('domainLookupByUuid', { uuid: dom.uuid }),
        look('domainGetState', { dom, flags: 0 }),
        look('domainIsPersistent', { dom }),
        this.#unlessUnsupported(look('domainGetAutostart', { dom }), { autostart: false }),
        this.#unlessUnsupported(look('domainHasManagedSaveImage', { dom, flags: 0 }), { result: 0 }),
        look('domainGetXmlDesc', { dom, flags: 0 }),
        // Before it is known whether there is another: asking afterwards would take as long again.
        look('domainGetXmlDesc', { dom, flags: inactiveXml }),
      ]);
    const next = persistent && reference.id >= 0 ? stored.xml : undefined;
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
  async #loadDocuments(): Promise<void> {
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
    try {
      await Promise.all(Array.from({ length: loaders }, load));
    } catch (error) {
      this.#logger.log('warn', 'domains of a server could not be loaded', { error });
    } finally {
      this.#loading = false;
    }
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
    const { look } = this.#link;
    const [{ xml }, next] = await Promise.all([
      look('domainGetXmlDesc', { dom, flags: 0 }),
      persistent && dom.id >= 0 ? look('domainGetXmlDesc', { dom, flags: inactiveXml }) : undefined,
    ]);
    return { xml, inactiveXml: next?.xml };
  }

  #remember(facts: DomainFacts, documents: DomainDocuments | undefined, before: Known | undefined): DomainSummary {
    const unchanged = before !== undefined && before.documents === documents && sameFacts(before.facts, facts);
    if (unchanged) return before.summary;
    const { uuid } = facts.reference;
    const summary = summaryOf(facts, documents, this.#link.uri.driver, this.#remembered.get(uuid));
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
