/** The network filters of an engine's folders, and the interfaces of this host that they are in force on. */
import { join } from 'node:path';
import { formatNwfilterBinding, type NwfilterBinding } from '../../../src-shared/model/nwfilter-binding.ts';
import { formatNwfilter } from '../../../src-shared/model/nwfilter.ts';
import { say } from '../../../src-shared/words.ts';
import type { EngineContext } from '../../engine/context.ts';
import type { Author } from '../../engine/driver.ts';
import { Emitter, type EngineEvent } from '../../engine/events.ts';
import type { NwfilterApi, NwfilterBindingSummary, NwfilterSummary } from '../../engine/nwfilter-api.ts';
import { applySteps, undoSteps } from '../../host/steps.ts';
import type { PortHost } from '../ports/network-ports.ts';
import type { Port, PortPart } from '../ports/port.ts';
import { bindingOf, Bindings, type Bound, ownerOfBinding, refuseUnfiltered } from './bindings.ts';
import { type NwfilterDefinition, readBinding, readFilter, reachableFrom } from './definition.ts';
import { filterError, noBinding, notInForce } from './errors.ts';
import { InForce } from './in-force.ts';
import { Learner } from './learner.ts';
import { bindingSteps, type FindFilter, shownBinding } from './plan-binding.ts';
import { NwfilterRegistry } from './registry.ts';

export interface NwfilterParts {
  readonly context: EngineContext;
  /** Ready when networks are. */
  readonly host: Promise<PortHost>;
  readonly ports: () => readonly Port[];
  /** The nftables table of this engine. */
  readonly table: string;
  /** Whether this engine can change the host's network. */
  readonly isPrivileged: boolean;
  /** Has the user asked, before the first of several changes. */
  readonly authorize: (link: string) => Promise<void>;
  /** For what nobody in front of the screen asked for. */
  readonly quietly: <T>(work: () => Promise<T>) => Promise<T>;
  /** The IPv4 addresses that a guest has been given by networks of ours. */
  readonly addressesOf: (mac: string) => Promise<readonly string[]>;
}

/** A device's name as the kernel takes it, without what rules give a meaning. */
const linkPattern = /^(?!\.)[^\s/:,"'{}*\\%]{1,15}$/;

const summaryOf = ({ uuid, name }: NwfilterDefinition): NwfilterSummary => ({ uuid, name });
const bindingSummary = ({ portdev, filterref }: NwfilterBinding): NwfilterBindingSummary => ({
  portDev: portdev.name,
  filterName: filterref.filter,
});

export class LocalNwfilters implements Required<NwfilterApi> {
  readonly events = new Emitter<EngineEvent>();
  readonly #parts: NwfilterParts;
  readonly #registry: NwfilterRegistry;
  readonly #bindings: Bindings;
  readonly #inForce: InForce;
  readonly #learner: Learner;
  readonly #find: FindFilter = (name) => this.#registry.find(name);
  #loaded: Promise<void> | undefined;
  /** Changes follow one another: what one finds must still be so when it acts. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: NwfilterParts) {
    this.#parts = parts;
    const { context, table } = parts;
    this.#registry = new NwfilterRegistry(context);
    const folder = join(context.directories.runtime, 'nwfilter-bindings');
    this.#bindings = new Bindings({ folder, logger: context.logger, ports: parts.ports });
    this.#inForce = new InForce({ table, host: parts.host, addressesOf: parts.addressesOf });
    this.#learner = new Learner({
      logger: context.logger,
      look: async () => await parts.quietly(async () => await this.#exclusively(async () => await this.#relearn())),
    });
    this.#resumeEarly();
  }

  /** What plugging in a card with a filter does. */
  readonly portPart: PortPart = async (port) => {
    const binding = bindingOf(port);
    if (binding === undefined) return [];
    await this.#load();
    refuseUnfiltered(port);
    this.#learner.watch();
    return bindingSteps(this.#parts.table, binding, await this.#inForce.rulesOf(binding, this.#find, port));
  };

  /** A cable that was plugged in may have a guest whose address is to be found out. */
  portsChanged(): void {
    if (this.#parts.ports().some(({ filter }) => filter !== undefined)) this.#learner.watch();
  }

  async list(): Promise<readonly NwfilterSummary[]> {
    await this.#load();
    return this.#registry.list().map(summaryOf);
  }

  async lookupByName(name: string): Promise<NwfilterSummary> {
    await this.#load();
    return summaryOf(this.#registry.byName(name));
  }

  async lookupByUuid(uuid: string): Promise<NwfilterSummary> {
    await this.#load();
    return summaryOf(this.#registry.byUuid(uuid));
  }

  async xml(uuid: string): Promise<string> {
    await this.#load();
    return formatNwfilter(this.#registry.byUuid(uuid));
  }

  async define(xml: string, options: Author = {}): Promise<NwfilterSummary> {
    const filter = readFilter(xml);
    await this.#load();
    await this.#exclusively(async () => {
      this.#registry.checkDefinable(filter);
      const find: FindFilter = (name) => (name === filter.name ? filter : this.#registry.find(name));
      const affected = await this.#usersOf(filter.name, find);
      const takeBack = await this.#inForce.change(affected, find);
      try {
        await this.#registry.store(filter, options.author ?? 'vivarium');
      } catch (thrown) {
        await takeBack();
        throw thrown;
      }
    });
    this.#announce(filter, 'defined');
    return summaryOf(filter);
  }

  async undefine(uuid: string): Promise<void> {
    await this.#load();
    const filter = this.#registry.byUuid(uuid);
    await this.#exclusively(async () => {
      const [user, ...others] = await this.#usersOf(filter.name, this.#find);
      if (user !== undefined) {
        const names = [user, ...others].map(({ binding }) => `${binding.portdev.name} (${binding.owner.name})`);
        throw filterError('operation-invalid', say`nwfilter is in use`, {
          cause: say`The filter '${filter.name}' is in force on ${names.join(', ')}.`,
          fix: say`Unplug the interface, or give it another filter.`,
        });
      }
      await this.#registry.remove(filter);
    });
    this.#announce(filter, 'undefined');
  }

  async bindings(): Promise<readonly NwfilterBindingSummary[]> {
    return (await this.#bound()).map(({ binding }) => bindingSummary(binding));
  }

  async lookupBinding(portDev: string): Promise<NwfilterBindingSummary> {
    return bindingSummary((await this.#boundTo(portDev)).binding);
  }

  async bindingXml(portDev: string): Promise<string> {
    return formatNwfilterBinding(shownBinding((await this.#boundTo(portDev)).binding));
  }

  async createBinding(xml: string): Promise<NwfilterBindingSummary> {
    const binding = readBinding(xml);
    const link = binding.portdev.name;
    if (!linkPattern.test(link)) throw filterError('invalid-arg', say`'${link}' is not the name of an interface.`);
    await this.#load();
    await this.#exclusively(async () => {
      const known = (await this.#bound()).some((other) => other.binding.portdev.name === link);
      if (known) throw filterError('operation-failed', say`binding '${link}' already exists`);
      const bound = await this.#inForce.rulesOf(binding, this.#find);
      await this.#demand(link);
      const { ledger, performer } = await this.#parts.host;
      try {
        await applySteps(ledger, performer, ownerOfBinding(link), bindingSteps(this.#parts.table, binding, bound));
      } catch (thrown) {
        throw notInForce(binding.filterref.filter, link, thrown);
      }
      // Only now: steps of a binding that there is not are undone after a crash.
      await this.#bindings.add(binding);
      this.#learner.watch();
    });
    return bindingSummary(binding);
  }

  async deleteBinding(portDev: string): Promise<void> {
    await this.#load();
    await this.#exclusively(async () => {
      const bound = await this.#boundTo(portDev);
      await this.#demand(portDev);
      if (!bound.isOwn) return await this.#inForce.drop(bound);
      this.#bindings.remove(portDev);
      const { ledger, performer } = await this.#parts.host;
      const [failure] = await undoSteps(ledger, performer, bound.owner);
      if (failure !== undefined) throw notInForce(bound.binding.filterref.filter, portDev, failure.cause);
    });
  }

  async #load(): Promise<void> {
    this.#loaded ??= this.#parts.quietly(async () => await this.#loadNow());
    await this.#loaded;
  }

  /** What a former engine left is brought to what it should be; what it left half made is undone. */
  async #loadNow(): Promise<void> {
    const { logger } = this.#parts.context;
    this.#registry.load();
    this.#bindings.load();
    const { ledger, performer } = await this.#parts.host;
    for (const owner of this.#bindings.strays(ledger)) {
      for (const failure of await undoSteps(ledger, performer, owner)) {
        logger.log('error', 'A network filter could not be taken off.', { ...failure });
      }
    }
    const bound = this.#bindings.list(ledger);
    if (bound.length === 0) return;
    try {
      await this.#inForce.change(bound, this.#find);
    } catch (thrown) {
      logger.log('error', 'Network filters could not be put in force again.', { cause: thrown });
    }
    this.#learner.watch();
  }

  /** Without filters in force there is nothing to be done before somebody asks. */
  #resumeEarly(): void {
    const resume = async (): Promise<void> => {
      const { ledger } = await this.#parts.host;
      const isNeeded = ledger.owners().some(({ steps }) => steps.some(({ action }) => action.verb === 'filter-set'));
      if (isNeeded) await this.#load();
    };
    resume().catch((cause: unknown) => {
      this.#parts.context.logger.log('error', 'Network filters could not be looked at.', { cause });
    });
  }

  /** The interfaces whose filter is the one of this name, or refers to it. */
  async #usersOf(name: string, find: FindFilter): Promise<readonly Bound[]> {
    const bound = await this.#bound();
    return bound.filter(({ binding }) => reachableFrom(binding.filterref.filter, find).has(name));
  }

  async #bound(): Promise<readonly Bound[]> {
    await this.#load();
    return this.#bindings.list((await this.#parts.host).ledger);
  }

  async #boundTo(portDev: string): Promise<Bound> {
    const found = (await this.#bound()).find(({ binding }) => binding.portdev.name === portDev);
    if (found === undefined) throw noBinding(portDev);
    return found;
  }

  /** @returns whether there is still something to be learned */
  async #relearn(): Promise<boolean> {
    const learning = await this.#inForce.learning(await this.#bound(), this.#find);
    for (const bound of learning.changed) await this.#inForce.change([bound], this.#find);
    return learning.isAny;
  }

  async #demand(link: string): Promise<void> {
    if (!this.#parts.isPrivileged) {
      throw filterError('access-denied', say`Network filters can't be put in force by this user.`, {
        cause: say`They change the host's firewall, which takes an administrator, and there is no system bus to ask one by.`,
        fix: say`Use the connection of an engine that runs as root.`,
      });
    }
    await this.#parts.authorize(link);
  }

  #announce({ uuid, name }: NwfilterSummary, event: 'defined' | 'undefined'): void {
    this.events.emit({ type: 'nwfilter', uuid, name, event });
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return await turn;
  }
}
