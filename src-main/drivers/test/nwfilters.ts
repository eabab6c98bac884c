/** Network filters that are only remembered: bindings filter nothing, and are refused as the real ones are. */
import { formatNwfilterBinding, type NwfilterBinding } from '../../../src-shared/model/nwfilter-binding.ts';
import { formatNwfilter } from '../../../src-shared/model/nwfilter.ts';
import { say } from '../../../src-shared/words.ts';
import type { Emitter, EngineEvent } from '../../engine/events.ts';
import type { NwfilterApi, NwfilterBindingSummary, NwfilterSummary } from '../../engine/nwfilter-api.ts';
import { type NwfilterDefinition, reachableFrom, readBinding, readFilter } from '../../network/nwfilter/definition.ts';
import { filterError, noBinding, noFilter, notInForce } from '../../network/nwfilter/errors.ts';
import { type FindFilter, rulesOf, shownBinding } from '../../network/nwfilter/plan-binding.ts';
import { predefinedFilters } from '../../network/nwfilter/predefined.ts';
import { checkDefinable } from '../../network/nwfilter/registry.ts';
import { answer } from './answer.ts';

export class TestNwfilters implements Required<NwfilterApi> {
  readonly #events: Emitter<EngineEvent>;
  #known: Map<string, NwfilterDefinition> | undefined;
  readonly #bindings = new Map<string, NwfilterBinding>();

  constructor(events: Emitter<EngineEvent>) {
    this.#events = events;
  }

  async list(): Promise<readonly NwfilterSummary[]> {
    return await answer(() => [...this.#filters().values()].map(summaryOf));
  }

  async lookupByName(name: string): Promise<NwfilterSummary> {
    return await answer(() => {
      const found = this.#filters().get(name);
      if (found === undefined) throw noFilter(`name '${name}'`);
      return summaryOf(found);
    });
  }

  async lookupByUuid(uuid: string): Promise<NwfilterSummary> {
    return await answer(() => summaryOf(this.#filter(uuid)));
  }

  async xml(uuid: string): Promise<string> {
    return await answer(() => formatNwfilter(this.#filter(uuid)));
  }

  async define(xml: string): Promise<NwfilterSummary> {
    return await answer(() => {
      const filter = readFilter(xml);
      checkDefinable(filter, [...this.#filters().values()]);
      const find: FindFilter = (name) => (name === filter.name ? filter : this.#filters().get(name));
      for (const binding of this.#usersOf(filter.name, find)) this.#check(binding, find);
      this.#filters().set(filter.name, filter);
      this.#events.emit({ type: 'nwfilter', ...summaryOf(filter), event: 'defined' });
      return summaryOf(filter);
    });
  }

  async undefine(uuid: string): Promise<void> {
    await answer(() => {
      const filter = this.#filter(uuid);
      const find: FindFilter = (name) => this.#filters().get(name);
      if (this.#usersOf(filter.name, find).length > 0) throw filterError('operation-invalid', say`nwfilter is in use`);
      this.#filters().delete(filter.name);
      this.#events.emit({ type: 'nwfilter', ...summaryOf(filter), event: 'undefined' });
    });
  }

  async bindings(): Promise<readonly NwfilterBindingSummary[]> {
    return await answer(() => [...this.#bindings.values()].map(bindingSummary));
  }

  async lookupBinding(portDev: string): Promise<NwfilterBindingSummary> {
    return await answer(() => bindingSummary(this.#binding(portDev)));
  }

  async bindingXml(portDev: string): Promise<string> {
    return await answer(() => formatNwfilterBinding(shownBinding(this.#binding(portDev))));
  }

  async createBinding(xml: string): Promise<NwfilterBindingSummary> {
    return await answer(() => {
      const binding = readBinding(xml);
      const { name } = binding.portdev;
      if (this.#bindings.has(name)) throw filterError('operation-failed', say`binding '${name}' already exists`);
      this.#check(binding, (wanted) => this.#filters().get(wanted));
      this.#bindings.set(name, binding);
      return bindingSummary(binding);
    });
  }

  async deleteBinding(portDev: string): Promise<void> {
    await answer(() => {
      this.#binding(portDev);
      this.#bindings.delete(portDev);
    });
  }

  /** Made when somebody looks: most never do. */
  #filters(): Map<string, NwfilterDefinition> {
    this.#known ??= new Map(predefinedFilters().map((filter) => [filter.name, filter]));
    return this.#known;
  }

  #filter(uuid: string): NwfilterDefinition {
    const found = [...this.#filters().values()].find((filter) => filter.uuid === uuid.toLowerCase());
    if (found === undefined) throw noFilter(`uuid '${uuid}'`);
    return found;
  }

  #binding(portDev: string): NwfilterBinding {
    const found = this.#bindings.get(portDev);
    if (found === undefined) throw noBinding(portDev);
    return found;
  }

  #usersOf(name: string, find: FindFilter): readonly NwfilterBinding[] {
    return [...this.#bindings.values()].filter(({ filterref }) => reachableFrom(filterref.filter, find).has(name));
  }

  #check(binding: NwfilterBinding, find: FindFilter): void {
    try {
      rulesOf(binding, find, []);
    } catch (thrown) {
      throw notInForce(binding.filterref.filter, binding.portdev.name, thrown);
    }
  }
}

const summaryOf = ({ uuid, name }: NwfilterDefinition): NwfilterSummary => ({ uuid, name });
const bindingSummary = ({ portdev, filterref }: NwfilterBinding): NwfilterBindingSummary => ({
  portDev: portdev.name,
  filterName: filterref.filter,
});
