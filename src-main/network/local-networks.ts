/** The virtual networks of this host, the same for every driver that runs here. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Bandwidth } from '../../src-shared/model/network-common.ts';
import { type HostNames, withHostNames } from '../../src-shared/model/network-host-names.ts';
import { ownsBridge } from '../../src-shared/model/network-subnet.ts';
import { type NetworkForward, readForwards, withForwards } from '../../src-shared/model/network-forwards.ts';
import { type NetworkUpdate, updateNetwork } from '../../src-shared/model/network-update.ts';
import type { TargetQuestion, Trace } from '../../src-shared/model/network-trace.ts';
import type { HostChange } from '../../src-shared/model/network-view.ts';
import { formatNetwork } from '../../src-shared/model/network.ts';
import { say } from '../../src-shared/words.ts';
import type { EngineContext } from '../engine/context.ts';
import type { Affects, Author } from '../engine/driver.ts';
import { Emitter, type EngineEvent, type EventSource, type NetworkEvent } from '../engine/events.ts';
import type {
  NetworkApi,
  NetworkHostApi,
  NetworkLease,
  NetworkPlan,
  NetworkPortSummary,
  NetworkSummary,
  NetworkZone,
} from '../engine/network-api.ts';
import type { Performer } from '../host/steps.ts';
import { Ledger, nameOfUser } from '../host/steps-ledger.ts';
import { checkAction, type NetworkAction } from './actions.ts';
import { type NetworkDefinition, readNetwork } from './complete.ts';
import { checkForwards } from './check-forwards.ts';
import { definitionOf, describe, shown } from './describe.ts';
import { networkError, networkInactive, notPrivileged } from './errors.ts';
import { Firewalld } from './firewalld/firewalld.ts';
import { HelperPerformer } from './helper/performer.ts';
import { accessBy, type HostAccess } from './host-access.ts';
import { type HostFacts, withoutDevice } from './host-facts.ts';
import { observeAll } from './host-observer.ts';
import { createLocalInterfaces } from './interfaces/local-interfaces.ts';
import { LeaseWatch } from './lease-watch.ts';
import { lookAtNames } from './names/host-names.ts';
import { Resolved } from './names/resolved.ts';
import { leasesOf, removeLeases } from './network-leases.ts';
import { type NetworkRecord, NetworkRegistry } from './network-registry.ts';
import { listLinks } from './observe-links.ts';
import { LocalNwfilters } from './nwfilter/local-nwfilters.ts';
import { DirectPerformer } from './performer.ts';
import { withConnections } from './ports/connections.ts';
import { NetworkPorts } from './ports/network-ports.ts';
import { PortApi } from './ports/port-api.ts';
import { planStart, type PlanSettings, type StartPlan } from './plan.ts';
import { NetworkRuns } from './runs.ts';
import { HostChanges } from './host-changes.ts';
import { chooseZone } from './zone.ts';
import { NetworkTraces } from './trace/traces.ts';

export interface LocalNetworks
  extends Required<NetworkApi>,
    Required<
      Pick<
        NetworkHostApi,
        'planXml' | 'trace' | 'repairTrace' | 'hostChanges' | 'undoChanges' | 'zone' | 'hostNames' | 'setHostNames'
      >
    > {
  /** `network` events, to be announced by every connection that offers these networks. */
  readonly events: EventSource<EngineEvent>;
  /** The cables of machines, for drivers. */
  readonly ports: NetworkPorts;
  /** A network whose server has given out, or taken back, an address. */
  readonly leaseChanges: EventSource<{ readonly uuid: string }>;
  /** Network filters, in force on cables and on what else there is. */
  readonly filters: LocalNwfilters;
  /** Keeps running networks in their firewalld zones until the answer is called. */
  attach(): () => void;
}

export interface LocalNetworksOptions {
  /** Whether this engine may change the host itself; by default when it runs as root, or where there is a bus to a helper. */
  readonly isPrivileged?: boolean;
  /** By default the host itself for root, and the privileged helper for everybody else. */
  readonly performer?: Performer<NetworkAction>;
  readonly firewalld?: Pick<Firewalld, 'facts' | 'watch' | 'close' | 'zoneOf'>;
  /** Where dnsmasq's files are: a folder every user can enter. */
  readonly folder?: string;
  /** The nftables table of this engine. */
  readonly table?: string;
}

const byContext = new WeakMap<EngineContext, LocalNetworks>();

/** The networks of an engine's folders. Every driver of one engine gets the same, as libvirt's share one. */
export function createLocalNetworks(context: EngineContext, options: LocalNetworksOptions = {}): LocalNetworks {
  const known = byContext.get(context);
  if (known !== undefined) return known;
  const networks = new HostNetworks(context, options);
  byContext.set(context, networks);
  return networks;
}

/** Engines of one host have different folders; what they leave outside of them must not meet. */
const mark = (context: EngineContext): string =>
  createHash('sha256').update(context.directories.state).digest('hex').slice(0, 8);

class HostNetworks implements LocalNetworks {
  readonly events = new Emitter<EngineEvent>();
  readonly ports: NetworkPorts;
  readonly leaseChanges = new Emitter<{ readonly uuid: string }>();
  readonly #leaseWatch: LeaseWatch;
  readonly #portApi: PortApi;
  readonly filters: LocalNwfilters;
  readonly #context: EngineContext;
  readonly #registry: NetworkRegistry;
  readonly #isPrivileged: boolean;
  readonly #settings: PlanSettings;
  readonly #firewalld: NonNullable<LocalNetworksOptions['firewalld']>;
  readonly #resolved = new Resolved();
  /** Connections that offer these networks; while there is one, firewalld is watched. */
  #users = 0;
  readonly #ready: Promise<NetworkRuns>;
  readonly #access: HostAccess;
  readonly #traces: NetworkTraces;
  readonly #changes: HostChanges;
  /** Changes of the host follow one another: what one finds there must still be so when it acts. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: EngineContext, options: LocalNetworksOptions) {
    this.#context = context;
    this.#registry = new NetworkRegistry(context);
    const isRoot = process.getuid?.() === 0;
    this.#isPrivileged = options.isPrivileged ?? (isRoot || HelperPerformer.isThere());
    const firewalld = new Firewalld();
    this.#firewalld = options.firewalld ?? firewalld;
    this.#settings = {
      table: options.table ?? `vivarium_${mark(context)}`,
      folder: options.folder ?? `/var/lib/vivarium/network-${mark(context)}`,
    };
    const direct = (): Performer<NetworkAction> => (isRoot ? new DirectPerformer(firewalld) : new HelperPerformer());
    this.#access = accessBy(options.performer ?? direct());
    const { quietly } = this.#access;
    this.#leaseWatch = new LeaseWatch(
      this.#settings.folder,
      (bridge) => this.#leasesChanged(bridge),
      (cause) => context.logger.log('warn', 'Leases are not watched.', { cause }),
    );
    this.#ready = quietly(async () => await this.#load());
    // Whoever asks first is told; until then the failure is nobody's.
    this.#ready.catch(() => undefined);
    const host = this.#ready.then((runs) => runs.host);
    this.#traces = new NetworkTraces({
      networks: () => this.#registry.list(),
      leases: async (uuid) => await this.leases(uuid),
      host: async () => await host,
      facts: async () => await this.#facts(),
      settings: this.#settings,
      rules: this.#access.rules,
      demand: async (definition) => await this.#demand(definition),
      start: async (uuid) => await this.start(uuid),
    });
    host.catch(() => undefined);
    this.#changes = new HostChanges({
      ...{ host, helper: this.#access.record, user: nameOfUser() },
      interfaces: () => createLocalInterfaces(context),
      active: () => this.#registry.list().flatMap(({ uuid, active }) => (active === undefined ? [] : [uuid])),
      stop: async (uuid) => await this.destroy(uuid),
      demand: async () => await this.#access.authorize('host-undo'),
      exclusively: async (work) => await this.#exclusively(work),
    });
    this.filters = new LocalNwfilters({
      ...{ context, host, table: this.#settings.table, isPrivileged: this.#isPrivileged, quietly },
      ports: () => this.ports.list(),
      authorize: this.#access.authorize,
      addressesOf: async (mac) => await this.#addressesOf(mac),
    });
    this.ports = new NetworkPorts({
      ...{ folder: join(context.directories.runtime, 'ports'), logger: context.logger, host },
      ...{ network: (name) => this.#registry.byName(name), isPrivileged: this.#isPrivileged, quietly },
      filter: this.filters.portPart,
    });
    this.#portApi = new PortApi(this.ports, async (uuid) => await this.#network(uuid));
    this.ports.events.subscribe(() => {
      this.filters.portsChanged();
    });
  }

  async trace(question: TargetQuestion): Promise<Trace> {
    await this.#ready;
    return await this.#traces.trace(question);
  }

  async repairTrace(question: TargetQuestion, hop: string): Promise<void> {
    await this.#ready;
    await this.#traces.repair(question, hop);
  }

  attach(): () => void {
    this.#users += 1;
    if (this.#users === 1) {
      this.#watch();
      this.#leaseWatch.start();
    }
    let isAttached = true;
    return () => {
      if (!isAttached) return;
      isAttached = false;
      this.#users -= 1;
      if (this.#users > 0) return;
      this.#leaseWatch.stop();
      this.#firewalld.close().catch(this.#zonesProblem);
    };
  }

  async list(): Promise<readonly NetworkSummary[]> {
    await this.#ready;
    return this.#registry.list().map(describe);
  }

  async lookupByName(name: string): Promise<NetworkSummary> {
    await this.#ready;
    return describe(this.#registry.byName(name));
  }

  async lookupByUuid(uuid: string): Promise<NetworkSummary> {
    return describe(await this.#network(uuid));
  }

  async xml(uuid: string, options: { readonly inactive?: boolean } = {}): Promise<string> {
    const network = await this.#network(uuid);
    const stored = options.inactive === true ? network.config : undefined;
    return formatNetwork(stored ?? withConnections(definitionOf(network), network, this.ports.list()));
  }

  async define(xml: string, options: Author = {}): Promise<NetworkSummary> {
    await this.#ready;
    const definition = await this.#complete(readNetwork(xml));
    const network = await this.#registry.define(definition, options.author ?? 'vivarium');
    this.#announce(network, 'defined');
    return describe(network);
  }

  async undefine(uuid: string): Promise<void> {
    const network = await this.#network(uuid);
    const { config } = network;
    if (config === undefined) {
      throw networkError('operation-invalid', say`network '${network.name}' is transient: it ends when it is stopped.`);
    }
    this.#registry.undefine(network);
    if (network.active === undefined) removeLeases(this.#settings.folder, config);
    this.#announce(network, 'undefined');
  }

  async createXml(xml: string): Promise<NetworkSummary> {
    await this.#ready;
    const definition = await this.#complete(readNetwork(xml));
    const network = this.#registry.transient(definition);
    try {
      await this.#start(network, definition);
    } catch (thrown) {
      this.#registry.setInactive(network);
      throw thrown;
    }
    return describe(network);
  }

  async plan(uuid: string): Promise<NetworkPlan> {
    return shown(await this.#plan(definitionOf(await this.#network(uuid))));
  }

  /** One that runs is looked at as if it did not. */
  async planXml(xml: string): Promise<NetworkPlan> {
    await this.#ready;
    const definition = await this.#complete(readNetwork(xml));
    const running = this.#registry.list().find(({ uuid }) => uuid === definition.uuid)?.active?.bridge?.name;
    const facts = await this.#facts();
    return shown(planStart(definition, running === undefined ? facts : withoutDevice(facts, running), this.#settings));
  }

  async start(uuid: string): Promise<void> {
    const network = await this.#network(uuid);
    await this.#start(network, definitionOf(network));
  }

  async destroy(uuid: string): Promise<void> {
    const runs = await this.#ready;
    const network = this.#registry.byUuid(uuid);
    await this.#exclusively(async () => {
      if (network.active === undefined) throw networkInactive(network.name);
      await this.#demand(network.active);
      await runs.stop(network);
    });
    this.#announce(network, 'stopped');
  }

  async setAutostart(uuid: string, autostart: boolean): Promise<void> {
    const network = await this.#network(uuid);
    if (network.config === undefined)
      throw networkError('operation-invalid', say`network has no persistent definition`);
    this.#registry.setAutostart(network, autostart);
  }

  async update(uuid: string, update: NetworkUpdate, affects: Affects): Promise<void> {
    await this.#change(uuid, affects, 'net-update', (definition) => this.#updated(definition, update));
  }

  async portForwards(uuid: string): Promise<readonly NetworkForward[]> {
    return readForwards(definitionOf(await this.#network(uuid)));
  }

  async setPortForwards(uuid: string, forwards: readonly NetworkForward[], affects: Affects): Promise<void> {
    const network = await this.#network(uuid);
    const others = this.#registry.list().filter((other) => other !== network && other.active !== undefined);
    await checkForwards(definitionOf(network), forwards, others.flatMap(definitionOf));
    const change = (definition: NetworkDefinition): NetworkDefinition => ({
      ...withForwards(definition, forwards),
      ...{ name: definition.name, uuid: definition.uuid },
    });
    await this.#change(uuid, affects, 'port-forwards', change);
  }

  async #change(
    uuid: string,
    affects: Affects,
    author: string,
    change: (definition: NetworkDefinition) => NetworkDefinition,
  ): Promise<void> {
    const runs = await this.#ready;
    const network = this.#registry.byUuid(uuid);
    await this.#exclusively(async () => {
      const { active, config } = network;
      const unsaid = affects.live === undefined && affects.config === undefined;
      const live = affects.live === true || (unsaid && active !== undefined);
      const stored = affects.config === true || (unsaid && active === undefined);
      if (live && active === undefined) throw networkInactive(network.name);
      if (stored && config === undefined) {
        throw networkError(
          'operation-invalid',
          say`network '${network.name}' is transient: it has no stored definition.`,
        );
      }
      // Both are computed before either is changed.
      const nextConfig = stored && config !== undefined ? change(config) : undefined;
      const nextActive = live && active !== undefined ? change(active) : undefined;
      if (nextActive !== undefined) {
        const plan = await this.#plan(nextActive);
        await this.#demand(nextActive);
        await runs.change(network, nextActive, plan);
      }
      if (nextConfig !== undefined) await this.#registry.define(nextConfig, author);
    });
    this.#announce(network, 'updated');
  }

  async leases(uuid: string, mac?: string): Promise<readonly NetworkLease[]> {
    const network = await this.#network(uuid);
    const { active } = network;
    if (active === undefined) throw networkInactive(network.name);
    return leasesOf(this.#settings.folder, active, mac);
  }

  async hostNames(uuid: string): Promise<HostNames> {
    const network = await this.#network(uuid);
    const { active } = network;
    const leases = active === undefined ? undefined : leasesOf(this.#settings.folder, active);
    return await lookAtNames(definitionOf(network), leases, await this.#resolved.runs());
  }

  async setHostNames(uuid: string, wanted: boolean, affects: Affects): Promise<void> {
    const { name, domain } = definitionOf(await this.#network(uuid));
    if (domain === undefined) throw networkError('operation-invalid', say`The network '${name}' has no domain.`);
    const change = (definition: NetworkDefinition): NetworkDefinition => ({
      ...withHostNames(definition, wanted),
      ...{ name: definition.name, uuid: definition.uuid },
    });
    await this.#change(uuid, affects, 'net-resolve', change);
  }

  async hostChanges(): Promise<readonly HostChange[]> {
    return await this.#changes.list();
  }

  async undoChanges(owner?: string): Promise<readonly string[]> {
    return await this.#changes.undo(owner);
  }

  async zone(uuid: string): Promise<NetworkZone | undefined> {
    const network = await this.#network(uuid);
    const definition = definitionOf(network);
    const link = definition.bridge?.name;
    const { firewalld } = await this.#facts();
    const [finding] = chooseZone(definition, { firewalld }).findings;
    if (finding === undefined) return undefined;
    const isIn = network.active !== undefined && link !== undefined && firewalld !== undefined;
    const current = isIn ? await this.#firewalld.zoneOf(link) : undefined;
    return { finding, ...(current === undefined ? {} : { current }) };
  }

  /** What a guest has leased of any network, IPv4. */
  async #addressesOf(mac: string): Promise<readonly string[]> {
    const active = this.#registry.list().filter((network) => network.active !== undefined);
    const leases = await Promise.all(active.map(async ({ uuid }) => await this.leases(uuid, mac)));
    return leases
      .flat()
      .filter(({ family }) => family === 'ipv4')
      .map(({ address }) => address);
  }

  async listPorts(uuid: string): Promise<readonly NetworkPortSummary[]> {
    return await this.#portApi.listPorts(uuid);
  }

  async portXml(uuid: string, port: string): Promise<string> {
    return await this.#portApi.portXml(uuid, port);
  }

  async deletePort(uuid: string, port: string): Promise<void> {
    await this.#portApi.deletePort(uuid, port);
  }

  async setPortBandwidth(uuid: string, port: string, bandwidth: Bandwidth): Promise<void> {
    await this.#portApi.setPortBandwidth(uuid, port, bandwidth);
  }

  /** Networks that ran go on, half-made ones are removed, and those that start by themselves are started. */
  async #load(): Promise<NetworkRuns> {
    const { logger, directories } = this.#context;
    this.#registry.load();
    const ledger = Ledger.open(join(directories.state, 'ledger'), checkAction);
    for (const { path, cause } of ledger.problems) {
      logger.log('warn', 'A record of changes to the host is left alone.', { path, cause });
    }
    const { performer } = this.#access;
    const runs = new NetworkRuns({ ledger, performer, logger, registry: this.#registry });
    await runs.resume();
    if (!this.#isPrivileged) return runs;
    for (const network of this.#registry.list()) {
      const { autostart, active, config } = network;
      if (!autostart || active !== undefined || config === undefined) continue;
      try {
        await runs.start(network, config, await this.#plan(config));
      } catch (thrown) {
        logger.log('warn', `The network '${network.name}' can't be started.`, { cause: thrown });
      }
    }
    return runs;
  }

  async #start(network: NetworkRecord, definition: NetworkDefinition): Promise<void> {
    const runs = await this.#ready;
    await this.#exclusively(async () => {
      if (network.active !== undefined) throw networkError('operation-invalid', say`network is already active`);
      const plan = await this.#plan(definition);
      // Nobody gives a password for what can't be done.
      if (!plan.findings.some(({ severity }) => severity === 'error')) await this.#demand(definition);
      await runs.start(network, definition, plan);
      await this.ports.networkStarted(network);
      if (this.#users > 0) this.#leaseWatch.start();
    });
    this.#announce(network, 'started');
  }

  /** Before anything is changed. @throws VirError when this user may not. */
  async #demand(definition: NetworkDefinition): Promise<void> {
    if (!this.#isPrivileged) throw notPrivileged(definition.name);
    const { bridge } = definition;
    if (bridge?.name !== undefined && ownsBridge(definition)) await this.#access.authorize(bridge.name);
  }

  async #plan(definition: NetworkDefinition): Promise<StartPlan> {
    return planStart(definition, await this.#facts(), this.#settings);
  }

  async #facts(): Promise<HostFacts> {
    const parts = { firewall: this.#access.firewall, firewalld: this.#firewalld, resolved: this.#resolved };
    return await observeAll(parts);
  }

  async #complete(definition: NetworkDefinition): Promise<NetworkDefinition> {
    const links = await listLinks();
    return this.#registry.complete(
      definition,
      links.map(({ name }) => name),
    );
  }

  /** A firewalld that comes, or reads its configuration anew, knows nothing of the bridges. */
  #watch(): void {
    if (!this.#isPrivileged) return;
    const refresh = async (): Promise<void> => {
      const runs = await this.#ready;
      await this.#exclusively(async () => {
        for (const network of this.#registry.list()) {
          if (network.active === undefined) continue;
          await runs.change(network, network.active, await this.#plan(network.active));
          await runs.repair(network);
        }
      });
    };
    this.#firewalld.watch(() => void this.#access.quietly(refresh).catch(this.#zonesProblem)).catch(this.#zonesProblem);
  }

  readonly #zonesProblem = (cause: unknown): void => {
    // Who has let go of the networks has closed the bus as well.
    if (this.#users === 0) return;
    this.#context.logger.log('warn', "firewalld's zones of networks can't be kept up.", { cause });
  };

  #updated(definition: NetworkDefinition, update: NetworkUpdate): NetworkDefinition {
    const { uuid } = definition;
    return readNetwork(formatNetwork({ ...updateNetwork(definition, update), uuid }));
  }

  async #network(uuid: string): Promise<NetworkRecord> {
    await this.#ready;
    return this.#registry.byUuid(uuid);
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  #leasesChanged(bridge: string): void {
    const network = this.#registry.list().find(({ active }) => active?.bridge?.name === bridge);
    if (network !== undefined) this.leaseChanges.emit({ uuid: network.uuid });
  }

  #announce({ uuid, name }: NetworkRecord, event: NetworkEvent): void {
    this.events.emit({ type: 'network', uuid, name, event });
  }
}
