/** The network interfaces of this host, the same for every driver that runs here. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostInterface } from '../../../src-shared/model/host-interface.ts';
import { formatHostInterface } from '../../../src-shared/model/host-interface.ts';
import { say } from '../../../src-shared/words.ts';
import type { EngineContext } from '../../engine/context.ts';
import { Emitter, type EngineEvent, type EventSource } from '../../engine/events.ts';
import type {
  BridgeRequest,
  ConfigurationKeeper,
  HostBridgeApi,
  InterfaceApi,
  InterfacePlan,
  InterfaceSummary,
  PendingChange,
} from '../../engine/interface-api.ts';
import type { Logger } from '../../engine/logger.ts';
import { spawnDetached } from '../../host/process.ts';
import { processIdentity } from '../../host/process-identity.ts';
import { detectKeeper, observeInterfaces } from './detect.ts';
import { interfaceError, noInterface } from './errors.ts';
import { DirectInterfaces, type InterfaceExecutor, type RecordedChange } from './executor.ts';
import { deviceOf, type InterfaceDevice, type InterfaceFacts } from './facts.ts';
import { notBridgeable } from './findings.ts';
import { HelperInterfaces } from './helper-interfaces.ts';
import { keepers } from './keepers/index.ts';
import { liveDefinition } from './live-xml.ts';
import { NetworkManagerBus } from './network-manager-bus.ts';
import { planBridge, planUnbridge, readDefinition, shown } from './plan.ts';
import { checkRequest, type InterfaceRequest } from './requests.ts';

export interface LocalInterfaces extends Required<InterfaceApi>, Required<HostBridgeApi> {
  /** `interfaces` events, to be announced by every connection that offers these interfaces. */
  readonly events: EventSource<EngineEvent>;
  /** What this process changed of them and recorded; the privileged helper tells of its own. */
  recorded(): Promise<readonly RecordedChange[]>;
  /** @returns what could not be taken back, and stays recorded. */
  undoRecorded(owner: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface LocalInterfacesOptions {
  /** By default this process for root, the privileged helper for everybody else. */
  readonly executor?: InterfaceExecutor;
}

const byContext = new WeakMap<EngineContext, LocalInterfaces>();

/** The interfaces of an engine's host. Every driver of one engine gets the same. */
export function createLocalInterfaces(context: EngineContext, options: LocalInterfacesOptions = {}): LocalInterfaces {
  const known = byContext.get(context);
  if (known !== undefined) return known;
  const interfaces = new HostInterfaces(context, options);
  byContext.set(context, interfaces);
  return interfaces;
}

class HostInterfaces implements LocalInterfaces {
  readonly events = new Emitter<EngineEvent>();
  readonly #bus = new NetworkManagerBus();
  readonly #executor: InterfaceExecutor;

  constructor({ directories, logger }: EngineContext, { executor }: LocalInterfacesOptions) {
    const folder = join(directories.state, 'ledger', 'interfaces');
    const isRoot = process.getuid?.() === 0;
    this.#executor =
      executor ??
      (isRoot
        ? new DirectInterfaces({ folder, logger, guard: () => startGuard(folder, logger) })
        : new HelperInterfaces());
    this.#executor.watch(() => this.events.emit({ type: 'interfaces' }));
  }

  async list(): Promise<readonly InterfaceSummary[]> {
    const facts = await this.#facts();
    const absent = facts.configured.filter(({ name }) => name !== undefined && deviceOf(facts, name) === undefined);
    const here = facts.devices.map((device) => summaryOf(device, facts));
    return [...here, ...absent.map(notThere)].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async lookupByName(name: string): Promise<InterfaceSummary> {
    const found = (await this.list()).find((each) => each.name === name);
    if (found === undefined) throw noInterface(name);
    return found;
  }

  async lookupByMac(mac: string): Promise<InterfaceSummary> {
    const [found, ...others] = (await this.list()).filter((each) => each.listed && each.mac === mac.toLowerCase());
    if (found === undefined) {
      throw interfaceError('no-interface', say`couldn't find interface with MAC address '${mac}'`);
    }
    if (others.length === 0) return found;
    throw interfaceError('multiple-interfaces', say`the MAC address '${mac}' matches multiple interfaces`);
  }

  async xml(name: string, options: { readonly inactive?: boolean } = {}): Promise<string> {
    const facts = await this.#facts();
    const device = deviceOf(facts, name);
    const configured = facts.configured.find((each) => each.name === name);
    const isWanted = options.inactive === true || device === undefined;
    if (isWanted && configured !== undefined) return formatHostInterface(withMac(configured, device));
    if (device === undefined) throw noInterface(name);
    return formatHostInterface(liveDefinition(device, facts));
  }

  async define(xml: string): Promise<InterfaceSummary> {
    // Read here as well: nobody gives a password for what can't be.
    const { name } = readDefinition(xml);
    await this.#perform({ verb: 'define', xml });
    return await this.lookupByName(name);
  }

  async undefine(name: string): Promise<void> {
    await this.#perform({ verb: 'undefine', name });
  }

  async create(name: string): Promise<void> {
    await this.#perform({ verb: 'create', name });
  }

  async destroy(name: string): Promise<void> {
    await this.#perform({ verb: 'destroy', name });
  }

  async changeBegin(): Promise<void> {
    await this.#perform({ verb: 'begin' });
  }

  async changeCommit(): Promise<void> {
    await this.#perform({ verb: 'commit' });
  }

  async changeRollback(): Promise<void> {
    await this.#perform({ verb: 'rollback' });
  }

  async keeper(): Promise<ConfigurationKeeper> {
    return keepers[await detectKeeper(this.#bus)].info;
  }

  async planBridge(request: BridgeRequest): Promise<InterfacePlan> {
    const facts = await this.#facts();
    return shown(planBridge(request, facts), facts);
  }

  async bridge(request: BridgeRequest, confirmSeconds?: number): Promise<PendingChange | undefined> {
    return await this.#perform({
      ...{ verb: 'bridge', ...request },
      ...(confirmSeconds === undefined ? {} : { confirmSeconds }),
    });
  }

  async planUnbridge(bridge: string): Promise<InterfacePlan> {
    const facts = await this.#facts();
    return shown(planUnbridge(bridge, facts), facts);
  }

  async unbridge(bridge: string, confirmSeconds?: number): Promise<PendingChange | undefined> {
    return await this.#perform({
      ...{ verb: 'unbridge', bridge },
      ...(confirmSeconds === undefined ? {} : { confirmSeconds }),
    });
  }

  async pending(): Promise<PendingChange | undefined> {
    return await this.#executor.pending();
  }

  async recorded(): Promise<readonly RecordedChange[]> {
    return await this.#executor.recorded();
  }

  async undoRecorded(owner: string): Promise<readonly string[]> {
    return await this.#executor.undo(owner);
  }

  async close(): Promise<void> {
    await this.#executor.close();
    await this.#bus.close();
  }

  async #perform(request: InterfaceRequest): Promise<PendingChange | undefined> {
    return await this.#executor.perform(checked(request));
  }

  async #facts(): Promise<InterfaceFacts> {
    return await observeInterfaces(this.#bus);
  }
}

/** @throws VirError `invalid-arg` for names that no interface has. */
function checked(request: InterfaceRequest): InterfaceRequest {
  try {
    return checkRequest(request);
  } catch (thrown) {
    throw interfaceError(
      'invalid-arg',
      say`No interface is called so, or the time is not 5 to 600 seconds.`,
      {},
      thrown,
    );
  }
}

function summaryOf(device: InterfaceDevice, facts: InterfaceFacts): InterfaceSummary {
  const { name, kind, mac, state, master, mtu, speedMbit, isBridgePort, isTap } = device;
  const refusal = notBridgeable(device);
  return {
    ...{ name, kind, state, mtu, active: state === 'up' },
    ...(mac === undefined ? {} : { mac }),
    configured: facts.configured.some((each) => each.name === name),
    ...(master === undefined ? {} : { master }),
    ports: facts.devices.flatMap((each) => (each.master === name ? [each.name] : [])),
    addresses: device.addresses.map(({ address, prefix }) => `${address}/${prefix}`),
    isDefaultRoute: facts.routes.some((route) => route.device === name && route.destination === 'default'),
    ...(speedMbit === undefined ? {} : { speedMbit }),
    listed: !isBridgePort && !isTap,
    ...(refusal === undefined ? {} : { notBridgeable: refusal }),
  };
}

const notThere = ({ name = '', type }: HostInterface): InterfaceSummary => ({
  ...{
    name,
    kind: type,
    active: false,
    configured: true,
    ports: [],
    addresses: [],
    isDefaultRoute: false,
    listed: true,
  },
  notBridgeable: { message: `${name} is configured, but not there.` },
});

/** The configuration seldom tells it, and clients know interfaces by it. */
function withMac(definition: HostInterface, device: InterfaceDevice | undefined): HostInterface {
  if (device?.mac === undefined || definition.mac !== undefined) return definition;
  return { ...definition, mac: { address: device.mac } };
}

/** The helper's program, which is beside the engine's, has the guard in it. Without it (from sources) there is none. */
function startGuard(folder: string, logger: Logger): void {
  const places = ['helper.js', '../helper.js'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const program = places.find((place) => existsSync(place));
  const own = processIdentity(process.pid);
  if (program === undefined || own === undefined) return;
  const argv = [process.execPath, program, 'guard-interfaces', folder, String(own.pid), String(own.startTime)];
  spawnDetached(argv, { logFile: join(folder, 'guard.log'), env: { ELECTRON_RUN_AS_NODE: '1' } }).catch(
    (error: unknown) => {
      logger.log('warn', 'Nobody looks after the change of interfaces if this engine should crash.', { error });
    },
  );
}
