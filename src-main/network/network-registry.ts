/**
 * The networks of this host: what is defined (`config/networks/NAME.xml`), what starts by itself, and what is active,
 * which is also on disk (`runtime/networks/NAME.xml`), so that a restarted engine finds its networks as they were.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownsBridge } from '../../src-shared/model/network-subnet.ts';
import { formatNetwork } from '../../src-shared/model/network.ts';
import { say } from '../../src-shared/words.ts';
import type { EngineContext } from '../engine/context.ts';
import { DefinitionStore } from '../engine/store.ts';
import { removeIfThere, writeWhole } from '../host/files.ts';
import { completeNetwork, type NetworkDefinition, readNetwork } from './complete.ts';
import { networkError, noNetwork } from './errors.ts';
import { freeBridge } from './findings.ts';

export interface NetworkRecord {
  readonly name: string;
  readonly uuid: string;
  /** What it is while it is active; what the next start uses is `config`. */
  active: NetworkDefinition | undefined;
  config: NetworkDefinition | undefined;
  autostart: boolean;
}

export class NetworkRegistry {
  readonly #context: EngineContext;
  readonly #store: DefinitionStore;
  readonly #activeFolder: string;
  readonly #networks = new Map<string, NetworkRecord>();

  constructor(context: EngineContext) {
    this.#context = context;
    const { config, state, runtime } = context.directories;
    this.#store = new DefinitionStore({
      definitions: join(config, 'networks'),
      history: join(state, 'history', 'networks'),
    });
    this.#activeFolder = join(runtime, 'networks');
  }

  /** Reads what is on disk; a file that can't be used is logged and left alone. */
  load(): void {
    for (const { value, autostart } of this.#store.load((xml) => this.complete(readNetwork(xml)))) {
      this.#networks.set(value.uuid, record(value, { config: value, autostart }));
    }
    for (const { path, cause } of this.#store.problems) {
      this.#context.logger.log('warn', 'A network definition is left alone.', { path, cause });
    }
    mkdirSync(this.#activeFolder, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(this.#activeFolder).filter((name) => name.endsWith('.xml'))) {
      const path = join(this.#activeFolder, file);
      try {
        const active = readNetwork(readFileSync(path, 'utf8'));
        const known = this.#networks.get(active.uuid);
        if (known === undefined) this.#networks.set(active.uuid, record(active, { active }));
        else known.active = active;
      } catch (thrown) {
        this.#context.logger.log('warn', "An active network's state is left alone.", { path, cause: thrown });
      }
    }
  }

  list(): readonly NetworkRecord[] {
    return [...this.#networks.values()];
  }

  /** @throws VirError `no-network` */
  byUuid(uuid: string): NetworkRecord {
    const found = this.#networks.get(uuid.toLowerCase());
    if (found === undefined) throw noNetwork(`uuid '${uuid}'`);
    return found;
  }

  /** @throws VirError `no-network` */
  byName(name: string): NetworkRecord {
    const found = this.list().find((network) => network.name === name);
    if (found === undefined) throw noNetwork(`name '${name}'`);
    return found;
  }

  /** Fills in what the network may leave to us, among others a bridge's name that no network and no device has. */
  complete(definition: NetworkDefinition, devices: readonly string[] = []): NetworkDefinition {
    return completeNetwork(definition, () => freeBridge([...devices, ...this.#bridges(definition.uuid)]));
  }

  /**
   * Adds a definition or replaces the one with its UUID.
   * @throws VirError `operation-failed` when the name, the UUID or the bridge belongs to another network
   */
  async define(definition: NetworkDefinition, author: string): Promise<NetworkRecord> {
    const known = this.#checkUnique(definition);
    await this.#store.write(definition, formatNetwork(definition), author);
    if (known !== undefined) {
      known.config = definition;
      return known;
    }
    const added = record(definition, { config: definition });
    this.#networks.set(added.uuid, added);
    return added;
  }

  /** A network that is forgotten when it stops, unless it is defined too. */
  transient(definition: NetworkDefinition): NetworkRecord {
    const known = this.#checkUnique(definition);
    if (known?.active !== undefined) {
      throw networkError('operation-invalid', say`network is already active as '${known.name}'`);
    }
    const network = known ?? record(definition, {});
    this.#networks.set(network.uuid, network);
    return network;
  }

  async setActive(network: NetworkRecord, definition: NetworkDefinition): Promise<void> {
    await writeWhole(this.#activePath(network), formatNetwork(definition));
    network.active = definition;
  }

  setInactive(network: NetworkRecord): void {
    removeIfThere(this.#activePath(network));
    network.active = undefined;
    if (network.config === undefined) this.#networks.delete(network.uuid);
  }

  undefine(network: NetworkRecord): void {
    this.#store.remove(network);
    network.config = undefined;
    network.autostart = false;
    if (network.active === undefined) this.#networks.delete(network.uuid);
  }

  setAutostart(network: NetworkRecord, autostart: boolean): void {
    this.#store.setAutostart(network.name, autostart);
    network.autostart = autostart;
  }

  #bridges(except: string): string[] {
    return this.list()
      .filter(({ uuid }) => uuid !== except)
      .flatMap(({ active, config }) =>
        [active?.bridge?.name, config?.bridge?.name].filter((name) => name !== undefined),
      );
  }

  #checkUnique(definition: NetworkDefinition): NetworkRecord | undefined {
    const { name, uuid, bridge } = definition;
    const known = this.#networks.get(uuid);
    if (known !== undefined && known.name !== name) {
      throw networkError('operation-failed', say`network '${known.name}' is already defined with uuid ${uuid}`);
    }
    const namesake = this.list().find((other) => other.name === name);
    if (namesake !== undefined && namesake.uuid !== uuid) {
      throw networkError('operation-failed', say`network '${name}' already exists with uuid ${namesake.uuid}`);
    }
    if (bridge?.name !== undefined && ownsBridge(definition) && this.#bridges(uuid).includes(bridge.name)) {
      throw networkError('operation-failed', say`bridge name '${bridge.name}' already in use.`, {
        fix: say`Name another bridge, or none to get a free one.`,
      });
    }
    return known;
  }

  #activePath(network: NetworkRecord): string {
    return join(this.#activeFolder, `${network.name}.xml`);
  }
}

function record(
  { name, uuid }: NetworkDefinition,
  state: Partial<Pick<NetworkRecord, 'active' | 'config' | 'autostart'>>,
): NetworkRecord {
  return { name, uuid, active: state.active, config: state.config, autostart: state.autostart ?? false };
}
