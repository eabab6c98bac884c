/**
 * The pools of this host: what is defined (`config/storage/NAME.xml`), what starts by itself, and what is active, which
 * is also on disk (`runtime/storage/NAME.xml`), so that a restarted engine finds its pools as they were.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatStoragePool, parseStoragePool } from '../../src-shared/model/storage-pool.ts';
import { say } from '../../src-shared/words.ts';
import type { EngineContext } from '../engine/context.ts';
import { fromXmlError } from '../engine/domain-errors.ts';
import { DefinitionStore } from '../engine/store.ts';
import { removeIfThere, writeWhole } from '../host/files.ts';
import type { Backend, PoolDefinition, PoolUsage } from './backend.ts';
import { noPool, poolInactive, storageError } from './errors.ts';
import type { Volume } from './volume.ts';

/** One pool, with what was found at its last refresh. */
export interface Pool {
  readonly name: string;
  readonly uuid: string;
  /** What it is while it is active; what the next start uses is `config`. */
  active: PoolDefinition | undefined;
  config: PoolDefinition | undefined;
  autostart: boolean;
  readonly backend: Backend;
  volumes: Map<string, Volume>;
  usage: PoolUsage;
  /** Work under way that needs the pool to stay. */
  busy: number;
}

const nothing: PoolUsage = { capacityBytes: 0, allocationBytes: 0, availableBytes: 0 };

export class PoolRegistry {
  readonly #backends: ReadonlyMap<string, Backend>;
  readonly #context: EngineContext;
  readonly #store: DefinitionStore;
  readonly #activeFolder: string;
  readonly #pools = new Map<string, Pool>();

  constructor(context: EngineContext, backends: readonly Backend[]) {
    this.#context = context;
    this.#backends = new Map(backends.map((backend) => [backend.type, backend]));
    const { config, state, runtime } = context.directories;
    this.#store = new DefinitionStore({
      definitions: join(config, 'storage'),
      history: join(state, 'history', 'storage'),
    });
    this.#activeFolder = join(runtime, 'storage');
  }

  /** Reads what is on disk; a file that can't be used is logged and left alone. */
  load(): void {
    for (const { value, autostart } of this.#store.load((xml) => this.parse(xml))) {
      this.#pools.set(value.uuid, this.#make(value, { config: value, autostart }));
    }
    for (const { path, cause } of this.#store.problems) {
      this.#context.logger.log('warn', 'A storage pool definition is left alone.', { path, cause });
    }
    mkdirSync(this.#activeFolder, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(this.#activeFolder).filter((name) => name.endsWith('.xml'))) {
      const path = join(this.#activeFolder, file);
      try {
        const active = this.parse(readFileSync(path, 'utf8'));
        const known = this.#pools.get(active.uuid);
        if (known === undefined) this.#pools.set(active.uuid, this.#make(active, { active }));
        else known.active = active;
      } catch (thrown) {
        this.#context.logger.log('warn', "An active storage pool's state is left alone.", { path, cause: thrown });
      }
    }
  }

  list(): readonly Pool[] {
    return [...this.#pools.values()];
  }

  /** @throws VirError `no-storage-pool` */
  byUuid(uuid: string): Pool {
    const pool = this.#pools.get(uuid.toLowerCase());
    if (pool === undefined) throw noPool(`uuid '${uuid}'`);
    return pool;
  }

  byName(name: string): Pool | undefined {
    return this.list().find((pool) => pool.name === name);
  }

  /** The pool with its running definition. @throws VirError `operation-invalid` when it is not active. */
  activeByUuid(uuid: string): Pool & { readonly active: PoolDefinition } {
    const pool = this.byUuid(uuid);
    if (!isActive(pool)) throw poolInactive(pool.name);
    return pool;
  }

  /** Reads a definition and fills in what may be absent. @throws VirError for what can't be a pool of ours. */
  parse(xml: string): PoolDefinition {
    let pool: ReturnType<typeof parseStoragePool>;
    try {
      pool = parseStoragePool(xml);
    } catch (thrown) {
      throw fromXmlError(thrown);
    }
    const backend = this.#backends.get(pool.type);
    if (backend === undefined) {
      throw storageError('no-support', say`Storage pools of the type '${pool.type}' are not supported yet.`);
    }
    const name = pool.name ?? pool.source?.name;
    if (name === undefined || name === '') throw storageError('xml-error', say`missing pool source name element`);
    if (name.includes('/') || name === '.' || name === '..' || name.includes('\n')) {
      throw storageError('xml-error', say`name ${name} cannot contain '/'`);
    }
    // What was found once is not part of what is defined.
    const { capacity: _capacity, allocation: _allocation, available: _available, ...rest } = pool;
    const definition = { ...rest, name, uuid: pool.uuid ?? randomUUID() };
    backend.validate(definition);
    return definition;
  }

  /**
   * Adds a definition or replaces the one with its UUID.
   * @throws VirError `operation-failed` when the name, the UUID or the place belongs to another pool
   */
  async define(definition: PoolDefinition, author: string): Promise<Pool> {
    const known = this.#checkUnique(definition);
    await this.#store.write(definition, formatStoragePool(definition), author);
    if (known !== undefined) {
      known.config = definition;
      return known;
    }
    const pool = this.#make(definition, { config: definition });
    this.#pools.set(pool.uuid, pool);
    return pool;
  }

  /** A pool that is forgotten when it stops, unless it is defined too. */
  transient(definition: PoolDefinition): Pool {
    const known = this.#checkUnique(definition);
    if (known?.active !== undefined) {
      throw storageError('operation-invalid', say`pool is already active as '${known.name}'`);
    }
    const pool = known ?? this.#make(definition, {});
    this.#pools.set(pool.uuid, pool);
    return pool;
  }

  async setActive(pool: Pool, definition: PoolDefinition): Promise<void> {
    await writeWhole(this.#activePath(pool), formatStoragePool(definition));
    pool.active = definition;
  }

  setInactive(pool: Pool): void {
    removeIfThere(this.#activePath(pool));
    pool.active = undefined;
    pool.volumes = new Map();
    pool.usage = nothing;
    if (pool.config === undefined) this.#pools.delete(pool.uuid);
  }

  undefine(pool: Pool): void {
    this.#store.remove(pool);
    pool.config = undefined;
    pool.autostart = false;
    if (pool.active === undefined) this.#pools.delete(pool.uuid);
  }

  setAutostart(pool: Pool, autostart: boolean): void {
    this.#store.setAutostart(pool.name, autostart);
    pool.autostart = autostart;
  }

  #make(definition: PoolDefinition, state: Partial<Pick<Pool, 'active' | 'config' | 'autostart'>>): Pool {
    const backend = this.#backends.get(definition.type);
    if (backend === undefined) throw new TypeError(`no backend for '${definition.type}'`);
    const { name, uuid } = definition;
    return {
      ...{ name, uuid, backend, usage: nothing, volumes: new Map(), busy: 0 },
      active: state.active,
      config: state.config,
      autostart: state.autostart ?? false,
    };
  }

  #checkUnique(definition: PoolDefinition): Pool | undefined {
    const { name, uuid } = definition;
    const known = this.#pools.get(uuid);
    if (known !== undefined && known.name !== name) {
      throw storageError('operation-failed', say`pool '${known.name}' is already defined with uuid ${uuid}`);
    }
    const namesake = this.byName(name);
    if (namesake !== undefined && namesake.uuid !== uuid) {
      throw storageError('operation-failed', say`pool '${name}' already exists with uuid ${namesake.uuid}`);
    }
    const place = this.#backends.get(definition.type)?.place(definition);
    const rival = this.list().find(
      (pool) => pool.uuid !== uuid && place !== undefined && pool.backend.place(definitionOf(pool)) === place,
    );
    if (rival !== undefined) {
      throw storageError('operation-failed', say`Storage source conflict with pool: '${rival.name}'`, {
        cause: say`Both would manage the same place.`,
      });
    }
    return known;
  }

  #activePath(pool: Pool): string {
    return join(this.#activeFolder, `${pool.name}.xml`);
  }
}

export const isActive = (pool: Pool): pool is Pool & { readonly active: PoolDefinition } => pool.active !== undefined;

/** What it is now, or would be. */
export function definitionOf(pool: Pool): PoolDefinition {
  const definition = pool.active ?? pool.config;
  if (definition === undefined) throw new TypeError(`pool '${pool.name}' has no definition`);
  return definition;
}
