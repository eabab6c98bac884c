/**
 * The network filters of this host: the predefined ones, and what is defined (`config/nwfilters/NAME.xml`), which takes
 * the place of a predefined one of its name. Predefined filters that were undefined stay away (`undefined.json`).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { formatNwfilter } from '../../../src-shared/model/nwfilter.ts';
import { say } from '../../../src-shared/words.ts';
import type { EngineContext } from '../../engine/context.ts';
import { DefinitionStore } from '../../engine/store.ts';
import { writeWhole } from '../../host/files.ts';
import { type NwfilterDefinition, readFilter, reachableFrom, referencesOf } from './definition.ts';
import { filterError, noFilter } from './errors.ts';
import { predefinedFilters } from './predefined.ts';

export class NwfilterRegistry {
  readonly #context: EngineContext;
  readonly #store: DefinitionStore;
  readonly #removedFile: string;
  readonly #filters = new Map<string, NwfilterDefinition>();
  readonly #predefined = new Set<string>();
  #removed: readonly string[] = [];

  constructor(context: EngineContext) {
    this.#context = context;
    const { config, state } = context.directories;
    const definitions = join(config, 'nwfilters');
    this.#store = new DefinitionStore({ definitions, history: join(state, 'history', 'nwfilters') });
    this.#removedFile = join(definitions, 'undefined.json');
  }

  /** Reads what is on disk; a file that can't be used is logged and left alone. */
  load(): void {
    for (const { value } of this.#store.load(readFilter)) this.#filters.set(value.name, value);
    for (const { path, cause } of this.#store.problems) {
      this.#context.logger.log('warn', 'The definition of a network filter is left alone.', { path, cause });
    }
    this.#removed = this.#readRemoved();
    const uuids = new Set(this.list().map(({ uuid }) => uuid));
    for (const filter of predefinedFilters()) {
      this.#predefined.add(filter.name);
      const isThere = this.#filters.has(filter.name) || uuids.has(filter.uuid);
      if (!isThere && !this.#removed.includes(filter.name)) this.#filters.set(filter.name, filter);
    }
  }

  list(): readonly NwfilterDefinition[] {
    return [...this.#filters.values()];
  }

  find(name: string): NwfilterDefinition | undefined {
    return this.#filters.get(name);
  }

  /** @throws VirError `no-nwfilter` */
  byName(name: string): NwfilterDefinition {
    const found = this.find(name);
    if (found === undefined) throw noFilter(`name '${name}'`);
    return found;
  }

  /** @throws VirError `no-nwfilter` */
  byUuid(uuid: string): NwfilterDefinition {
    const wanted = uuid.toLowerCase();
    const found = this.list().find((filter) => filter.uuid === wanted);
    if (found === undefined) throw noFilter(`uuid '${uuid}'`);
    return found;
  }

  /** @throws VirError `operation-failed` when the name or the UUID is another's, or filters would go in a circle */
  checkDefinable(filter: NwfilterDefinition): void {
    checkDefinable(filter, this.list());
  }

  async store(filter: NwfilterDefinition, author: string): Promise<void> {
    await this.#store.write(filter, formatNwfilter(filter), author);
    this.#filters.set(filter.name, filter);
  }

  async remove(filter: NwfilterDefinition): Promise<void> {
    if (this.#predefined.has(filter.name) && !this.#removed.includes(filter.name)) {
      const removed = [...this.#removed, filter.name];
      await writeWhole(this.#removedFile, `${JSON.stringify(removed)}\n`);
      this.#removed = removed;
    }
    this.#store.remove(filter);
    this.#filters.delete(filter.name);
  }

  #readRemoved(): readonly string[] {
    try {
      return z.array(z.string()).parse(JSON.parse(readFileSync(this.#removedFile, 'utf8')));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
      this.#context.logger.log('warn', 'The list of filters that were undefined is left alone.', { cause: thrown });
      return [];
    }
  }
}

/** @throws VirError `operation-failed` when the name or the UUID is another's, or filters would go in a circle */
export function checkDefinable(filter: NwfilterDefinition, filters: readonly NwfilterDefinition[]): void {
  const { name, uuid } = filter;
  const known = filters.find((other) => other.uuid === uuid);
  if (known !== undefined && known.name !== name) {
    throw filterError(
      'operation-failed',
      say`filter with same UUID but different name ('${known.name}') already exists`,
    );
  }
  const namesake = filters.find((other) => other.name === name);
  if (namesake !== undefined && namesake.uuid !== uuid) {
    throw filterError('operation-failed', say`filter '${name}' already exists with uuid ${namesake.uuid}`);
  }
  const find = (wanted: string): NwfilterDefinition | undefined => filters.find((other) => other.name === wanted);
  if (referencesOf(filter).some((next) => reachableFrom(next, find).has(name))) {
    throw filterError('operation-failed', say`filter would introduce a loop`);
  }
}
