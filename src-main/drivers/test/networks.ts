/**
 * Virtual networks that are only remembered, on a pretended host: nothing of the real one is touched. Definitions,
 * plans and findings are those of the real networks, so that clients see what they would see there.
 */
import {
  forwardProblem,
  forwardText,
  type NetworkForward,
  readForwards,
  withForwards,
} from '../../../src-shared/model/network-forwards.ts';
import { type HostNames, withHostNames } from '../../../src-shared/model/network-host-names.ts';
import { type NetworkUpdate, updateNetwork } from '../../../src-shared/model/network-update.ts';
import type { TargetQuestion, Trace } from '../../../src-shared/model/network-trace.ts';
import type { HostChange, HostDevice } from '../../../src-shared/model/network-view.ts';
import { formatNetwork, type Network } from '../../../src-shared/model/network.ts';
import { say } from '../../../src-shared/words.ts';
import type { Affects } from '../../engine/driver.ts';
import type { Emitter, EngineEvent, NetworkEvent } from '../../engine/events.ts';
import type {
  NetworkApi,
  NetworkHostApi,
  NetworkPortApi,
  NetworkLease,
  NetworkPlan,
  NetworkSummary,
  NetworkZone,
} from '../../engine/network-api.ts';
import { completeNetwork, type NetworkDefinition, readNetwork } from '../../network/complete.ts';
import { definitionOf, describe, sentences, shown } from '../../network/describe.ts';
import { inTheWay, networkError, networkInactive, noNetwork } from '../../network/errors.ts';
import { freeBridge } from '../../network/findings.ts';
import { namesOf } from '../../network/names/host-names.ts';
import { planStart, type StartPlan } from '../../network/plan.ts';
import { chooseZone } from '../../network/zone.ts';
import { shownTrace } from '../../network/trace/traces.ts';
import { answer } from './answer.ts';
import { pretendedDevices, pretendedFacts } from './network-host.ts';
import { type LeaseTaker, leasesOf } from './network-leases.ts';
import { pretendedHops } from './network-trace.ts';

interface TestNetwork {
  readonly uuid: string;
  readonly name: string;
  /** What it is while it is active; what the next start uses is `config`. */
  active: NetworkDefinition | undefined;
  config: NetworkDefinition | undefined;
  autostart: boolean;
  startedMs: number;
  changes: StartPlan['steps'];
}

export interface TestNetworksOptions {
  readonly uri: string;
  readonly events: Emitter<EngineEvent>;
  /** The guests that run, who take addresses. */
  readonly guests: () => readonly LeaseTaker[];
}

const settings = { table: 'vivarium_test', folder: '/var/lib/vivarium/network-test' };

export class TestNetworks implements Required<Omit<NetworkApi, keyof NetworkPortApi>>, Required<NetworkHostApi> {
  readonly #options: TestNetworksOptions;
  readonly #networks = new Map<string, TestNetwork>();

  /** The networks it begins with are active. */
  constructor(options: TestNetworksOptions, initial: readonly string[]) {
    this.#options = options;
    for (const xml of initial) {
      const definition = this.#read(xml);
      const network = this.#keep(definition);
      network.config = definition;
      this.#activate(network, definition);
    }
  }

  async list(): Promise<readonly NetworkSummary[]> {
    return await answer(() => [...this.#networks.values()].map(describe));
  }

  async lookupByName(name: string): Promise<NetworkSummary> {
    return await answer(() => {
      const found = [...this.#networks.values()].find((network) => network.name === name);
      if (found === undefined) throw noNetwork(`name '${name}'`);
      return describe(found);
    });
  }

  async lookupByUuid(uuid: string): Promise<NetworkSummary> {
    return await answer(() => describe(this.#find(uuid)));
  }

  async xml(uuid: string, options: { readonly inactive?: boolean } = {}): Promise<string> {
    return await answer(() => {
      const network = this.#find(uuid);
      return formatNetwork((options.inactive === true ? network.config : undefined) ?? definitionOf(network));
    });
  }

  async define(xml: string): Promise<NetworkSummary> {
    return await answer(() => {
      const definition = this.#read(xml);
      this.#refuseTaken(definition);
      const network = this.#keep(definition);
      network.config = definition;
      this.#announce(network, 'defined');
      return describe(network);
    });
  }

  async undefine(uuid: string): Promise<void> {
    await answer(() => {
      const network = this.#find(uuid);
      if (network.config === undefined) {
        throw networkError(
          'operation-invalid',
          say`network '${network.name}' is transient: it ends when it is stopped.`,
        );
      }
      network.config = undefined;
      network.autostart = false;
      if (network.active === undefined) this.#networks.delete(network.uuid);
      this.#announce(network, 'undefined');
    });
  }

  async createXml(xml: string): Promise<NetworkSummary> {
    return await answer(() => {
      const definition = this.#read(xml);
      this.#refuseTaken(definition);
      this.#refuseActive(this.#networks.get(definition.uuid));
      const plan = this.#startable(definition);
      const network = this.#keep(definition);
      this.#activate(network, definition, plan);
      this.#announce(network, 'started');
      return describe(network);
    });
  }

  async plan(uuid: string): Promise<NetworkPlan> {
    return await answer(() => shown(this.#plan(definitionOf(this.#find(uuid)))));
  }

  async planXml(xml: string): Promise<NetworkPlan> {
    return await answer(() => shown(this.#plan(this.#read(xml))));
  }

  async trace(question: TargetQuestion): Promise<Trace> {
    return await answer(() => shownTrace(this.#hops(question)));
  }

  /** The pretended host is in order: all that may have to be done is to start a network. */
  async repairTrace(question: TargetQuestion, hop: string): Promise<void> {
    const network = this.#hops(question).find(({ id }) => id === hop)?.repair?.network;
    if (network === undefined)
      throw networkError('operation-invalid', say`There is nothing to be repaired at this hop.`);
    await this.start(network);
  }

  #hops(question: TargetQuestion): ReturnType<typeof pretendedHops> {
    const { guests } = this.#options;
    const networks = [...this.#networks.values()].map((network) => {
      const definition = definitionOf(network);
      const { uuid, name, active, startedMs, changes } = network;
      return {
        ...{ uuid, name, definition, active: active !== undefined, server: 'dnsmasq', recorded: changes },
        planned: active === undefined ? this.#plan(definition).steps : [],
        leases: active === undefined ? [] : leasesOf(active, guests(), startedMs),
      };
    });
    return pretendedHops(question, networks);
  }

  async start(uuid: string): Promise<void> {
    await answer(() => {
      const network = this.#find(uuid);
      this.#refuseActive(network);
      const definition = definitionOf(network);
      this.#activate(network, definition, this.#startable(definition));
      this.#announce(network, 'started');
    });
  }

  async destroy(uuid: string): Promise<void> {
    await answer(() => {
      const network = this.#find(uuid);
      if (network.active === undefined) throw networkInactive(network.name);
      network.active = undefined;
      network.changes = [];
      if (network.config === undefined) this.#networks.delete(network.uuid);
      this.#announce(network, 'stopped');
    });
  }

  async setAutostart(uuid: string, autostart: boolean): Promise<void> {
    await answer(() => {
      const network = this.#find(uuid);
      if (network.config === undefined) {
        throw networkError('operation-invalid', say`network has no persistent definition`);
      }
      network.autostart = autostart;
    });
  }

  async portForwards(uuid: string): Promise<readonly NetworkForward[]> {
    return await answer(() => readForwards(definitionOf(this.#find(uuid))));
  }

  async setPortForwards(uuid: string, forwards: readonly NetworkForward[], affects: Affects): Promise<void> {
    const problem = forwards.find((forward, place) =>
      forwardProblem(definitionOf(this.#find(uuid)), forward, forwards.slice(0, place)),
    );
    if (problem !== undefined) {
      throw networkError('operation-invalid', say`The port can't be forwarded: ${forwardText(problem)}.`);
    }
    await this.#change(uuid, affects, (definition) => withForwards(definition, forwards));
  }

  async update(uuid: string, update: NetworkUpdate, affects: Affects): Promise<void> {
    await this.#change(uuid, affects, (definition) => updateNetwork(definition, update));
  }

  async #change(uuid: string, affects: Affects, change: (definition: NetworkDefinition) => Network): Promise<void> {
    await answer(() => {
      const network = this.#find(uuid);
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
      const changed = (definition: NetworkDefinition): NetworkDefinition =>
        readNetwork(formatNetwork({ ...change(definition), uuid: network.uuid }));
      const nextConfig = stored && config !== undefined ? changed(config) : config;
      network.active = live && active !== undefined ? changed(active) : active;
      network.config = nextConfig;
      this.#announce(network, 'updated');
    });
  }

  async leases(uuid: string, mac?: string): Promise<readonly NetworkLease[]> {
    return await answer(() => {
      const network = this.#find(uuid);
      if (network.active === undefined) throw networkInactive(network.name);
      const leases = leasesOf(network.active, this.#options.guests(), network.startedMs);
      return mac === undefined ? leases : leases.filter((lease) => lease.mac === mac.toLowerCase());
    });
  }

  async hostDevices(): Promise<readonly HostDevice[]> {
    return await answer(() => pretendedDevices(this.#activeOnes()));
  }

  async hostChanges(): Promise<readonly HostChange[]> {
    return await answer(() =>
      [...this.#networks.values()]
        .filter(({ changes }) => changes.length > 0)
        .map(({ uuid, startedMs, changes }) => ({
          owner: `network-${uuid}`,
          timeMs: startedMs,
          user: 'test',
          steps: sentences(changes),
        }))
        .sort((a, b) => b.timeMs - a.timeMs),
    );
  }

  async undoChanges(owner?: string): Promise<readonly string[]> {
    const changed = [...this.#networks.values()].filter(({ changes }) => changes.length > 0);
    for (const { uuid } of changed) if (owner === undefined || owner === `network-${uuid}`) await this.destroy(uuid);
    return [];
  }

  /** Nobody of the host is asked. */
  async hostNames(uuid: string): Promise<HostNames> {
    return await answer(() => {
      const network = this.#find(uuid);
      const { active } = network;
      const leases = active === undefined ? undefined : leasesOf(active, this.#options.guests(), network.startedMs);
      return namesOf(definitionOf(network), leases, true);
    });
  }

  async setHostNames(uuid: string, wanted: boolean, affects: Affects): Promise<void> {
    const { name, domain } = definitionOf(this.#find(uuid));
    if (domain === undefined) throw networkError('operation-invalid', say`The network '${name}' has no domain.`);
    await this.#change(uuid, affects, (definition) => withHostNames(definition, wanted));
  }

  async zone(uuid: string): Promise<NetworkZone | undefined> {
    return await answer(() => {
      const network = this.#find(uuid);
      const [finding] = chooseZone(definitionOf(network), pretendedFacts(this.#activeOnes())).findings;
      return finding === undefined ? undefined : { finding };
    });
  }

  #activeOnes(): readonly NetworkDefinition[] {
    return [...this.#networks.values()].flatMap(({ active }) => active ?? []);
  }

  #read(xml: string): NetworkDefinition {
    const definition = readNetwork(xml);
    const others = [...this.#networks.values()].filter(({ uuid }) => uuid !== definition.uuid);
    const taken = [
      ...pretendedDevices([]).map(({ name }) => name),
      ...others.flatMap(({ active, config }) => [active?.bridge?.name, config?.bridge?.name]),
    ];
    return completeNetwork(definition, () => freeBridge(taken.filter((name) => name !== undefined)));
  }

  #plan(definition: NetworkDefinition): StartPlan {
    const others = this.#activeOnes().filter(({ uuid }) => uuid !== definition.uuid);
    return planStart(definition, pretendedFacts(others), settings);
  }

  #startable(definition: NetworkDefinition): StartPlan {
    const plan = this.#plan(definition);
    const errors = plan.findings.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw inTheWay(definition.name, errors);
    return plan;
  }

  #activate(network: TestNetwork, definition: NetworkDefinition, plan = this.#plan(definition)): void {
    network.active = definition;
    network.startedMs = Date.now();
    network.changes = plan.steps;
  }

  #keep({ uuid, name }: NetworkDefinition): TestNetwork {
    const known = this.#networks.get(uuid);
    if (known !== undefined) return known;
    const network = { uuid, name, active: undefined, config: undefined, autostart: false, startedMs: 0, changes: [] };
    this.#networks.set(uuid, network);
    return network;
  }

  #refuseTaken({ uuid, name }: NetworkDefinition): void {
    const known = this.#networks.get(uuid);
    if (known !== undefined && known.name !== name) {
      throw networkError('operation-failed', say`network '${known.name}' is already defined with uuid ${uuid}`);
    }
    const namesake = [...this.#networks.values()].find((other) => other.name === name && other.uuid !== uuid);
    if (namesake !== undefined) {
      throw networkError('operation-failed', say`network '${name}' already exists with uuid ${namesake.uuid}`);
    }
  }

  #refuseActive(network: TestNetwork | undefined): void {
    if (network?.active !== undefined) throw networkError('operation-invalid', say`network is already active`);
  }

  #find(uuid: string): TestNetwork {
    const found = this.#networks.get(uuid.toLowerCase());
    if (found === undefined) throw noNetwork(`uuid '${uuid}'`);
    return found;
  }

  #announce({ uuid, name }: TestNetwork, event: NetworkEvent): void {
    this.#options.events.emit({ type: 'network', uuid, name, event });
  }
}
