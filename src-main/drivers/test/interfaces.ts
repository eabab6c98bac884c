/** Network interfaces that are only remembered: definitions that are up or down, with libvirt's changes that can be taken back. */
import { formatHostInterface, type HostInterface } from '../../../src-shared/model/host-interface.ts';
import { say } from '../../../src-shared/words.ts';
import type { Emitter, EngineEvent } from '../../engine/events.ts';
import type {
  BridgeRequest,
  ConfigurationKeeper,
  HostBridgeApi,
  InterfaceApi,
  InterfacePlan,
  InterfaceSummary,
  PendingChange,
} from '../../engine/interface-api.ts';
import { portsOf } from '../../network/interfaces/definitions.ts';
import { interfaceError, noInterface } from '../../network/interfaces/errors.ts';
import { pretendedFacts } from './interface-host.ts';
import { demandFree, planBridge, planUnbridge, readDefinition, shown } from '../../network/interfaces/plan.ts';
import { bridgeDefinition, portAlone } from '../../network/interfaces/definitions.ts';
import { deviceOf } from '../../network/interfaces/facts.ts';
import { answer } from './answer.ts';

interface TestInterface {
  readonly definition: HostInterface & { readonly name: string };
  readonly active: boolean;
}

type Interfaces = ReadonlyMap<string, TestInterface>;

const keeper: ConfigurationKeeper = {
  ...{ name: 'ip', isLasting: false },
  sentence: 'This host exists only in memory: changes last as long as the connection.',
};

export class TestInterfaces implements Required<InterfaceApi>, Required<HostBridgeApi> {
  readonly #events: Emitter<EngineEvent>;
  #interfaces: Interfaces;
  #change: { readonly pending: PendingChange; readonly before: Interfaces } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(events: Emitter<EngineEvent>, initial: readonly string[]) {
    this.#events = events;
    this.#interfaces = new Map(
      initial.map((xml) => {
        const definition = readDefinition(xml);
        return [definition.name, { definition, active: true }];
      }),
    );
  }

  async list(): Promise<readonly InterfaceSummary[]> {
    return await answer(() => [...this.#interfaces.keys()].sort().map((name) => this.#summary(name)));
  }

  async lookupByName(name: string): Promise<InterfaceSummary> {
    return await answer(() => this.#summary(name));
  }

  async lookupByMac(mac: string): Promise<InterfaceSummary> {
    return await answer(() => {
      const all = [...this.#interfaces.keys()].map((name) => this.#summary(name));
      const [found, ...others] = all.filter((each) => each.mac === mac.toLowerCase());
      if (found === undefined) throw interfaceError('no-interface', say`no interface with matching mac`);
      if (others.length > 0) throw interfaceError('multiple-interfaces', say`multiple interfaces with matching mac`);
      return found;
    });
  }

  async xml(name: string): Promise<string> {
    return await answer(() => formatHostInterface(this.#find(name).definition));
  }

  async define(xml: string): Promise<InterfaceSummary> {
    return await answer(() => {
      const definition = readDefinition(xml);
      const active = this.#interfaces.get(definition.name)?.active ?? false;
      this.#set(new Map(this.#interfaces).set(definition.name, { definition, active }));
      return this.#summary(definition.name);
    });
  }

  async undefine(name: string): Promise<void> {
    await answer(() => {
      this.#find(name);
      const left = new Map(this.#interfaces);
      left.delete(name);
      this.#set(left);
    });
  }

  async create(name: string): Promise<void> {
    await answer(() => this.#switch(name, true));
  }

  async destroy(name: string): Promise<void> {
    await answer(() => this.#switch(name, false));
  }

  async changeBegin(): Promise<void> {
    await answer(() => this.#begin({ kind: 'changes', startedMs: Date.now() }));
  }

  async changeCommit(): Promise<void> {
    await answer(() => {
      if (this.#change === undefined) {
        throw interfaceError('operation-invalid', say`no transaction running, nothing to be committed.`);
      }
      this.#end();
    });
  }

  async changeRollback(): Promise<void> {
    await answer(() => {
      if (this.#change === undefined) {
        throw interfaceError('operation-invalid', say`no transaction running, nothing to rollback.`);
      }
      this.#interfaces = this.#change.before;
      this.#end();
    });
  }

  async keeper(): Promise<ConfigurationKeeper> {
    return await answer(() => keeper);
  }

  async pending(): Promise<PendingChange | undefined> {
    return await answer(() => this.#change?.pending);
  }

  async planBridge(request: BridgeRequest): Promise<InterfacePlan> {
    return await answer(() => {
      const facts = this.#facts();
      return { ...shown(planBridge(request, facts), facts), keeper };
    });
  }

  async bridge(request: BridgeRequest, confirmSeconds?: number): Promise<PendingChange | undefined> {
    return await answer(() => {
      const facts = this.#facts();
      const { device: name, bridge, stp = false, delaySeconds = 0 } = request;
      demandFree(say`No bridge can be made over '${name}'.`, planBridge(request, facts));
      const device = deviceOf(facts, name);
      if (device === undefined) throw noInterface(name);
      const definition = bridgeDefinition(device, { bridge, stp, delaySeconds }, facts);
      return this.#attempt({ kind: 'bridge', bridge, device: name, startedMs: Date.now() }, confirmSeconds, (next) => {
        next.set(bridge, { definition, active: true });
        const { definition: port } = this.#find(name);
        next.set(name, { definition: { ...port, protocol: [] }, active: true });
      });
    });
  }

  async planUnbridge(bridge: string): Promise<InterfacePlan> {
    return await answer(() => {
      const facts = this.#facts();
      return { ...shown(planUnbridge(bridge, facts), facts), keeper };
    });
  }

  async unbridge(bridge: string, confirmSeconds?: number): Promise<PendingChange | undefined> {
    return await answer(() => {
      const facts = this.#facts();
      demandFree(say`The bridge '${bridge}' can't be taken apart.`, planUnbridge(bridge, facts));
      const over = deviceOf(facts, bridge);
      const port = facts.devices.find(({ master }) => master === bridge);
      if (over === undefined || port === undefined) throw noInterface(bridge);
      const alone = portAlone(over, port, facts);
      const pending = { kind: 'unbridge', bridge, device: port.name, startedMs: Date.now() } as const;
      return this.#attempt(pending, confirmSeconds, (next) => {
        next.delete(bridge);
        next.set(port.name, { definition: alone, active: true });
      });
    });
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #attempt(
    pending: PendingChange,
    confirmSeconds: number | undefined,
    change: (next: Map<string, TestInterface>) => void,
  ): PendingChange | undefined {
    const limit = confirmSeconds === undefined ? {} : { deadlineMs: Date.now() + confirmSeconds * 1000 };
    this.#begin({ ...pending, ...limit });
    const next = new Map(this.#interfaces);
    change(next);
    this.#set(next);
    if (confirmSeconds === undefined) this.#end();
    else this.#timer = setTimeout(() => void this.changeRollback().catch(() => undefined), confirmSeconds * 1000);
    return this.#change?.pending;
  }

  #begin(pending: PendingChange): void {
    if (this.#change !== undefined) {
      throw interfaceError('operation-invalid', say`there is another transaction running.`);
    }
    this.#change = { pending, before: this.#interfaces };
    this.#announce();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#change = undefined;
    this.#announce();
  }

  #set(interfaces: Interfaces): void {
    this.#interfaces = interfaces;
    this.#announce();
  }

  #switch(name: string, active: boolean): void {
    const found = this.#find(name);
    if (found.active === active) {
      throw interfaceError('operation-invalid', say`interface '${name}' is ${active ? 'already' : 'not'} active`);
    }
    this.#set(new Map(this.#interfaces).set(name, { ...found, active }));
  }

  #find(name: string): TestInterface {
    const found = this.#interfaces.get(name);
    if (found === undefined) throw noInterface(name);
    return found;
  }

  #facts(): ReturnType<typeof pretendedFacts> {
    return pretendedFacts([...this.#interfaces.values()]);
  }

  #summary(name: string): InterfaceSummary {
    const { definition, active } = this.#find(name);
    const master = [...this.#interfaces.values()].find((each) => portsOf(each.definition).includes(name));
    const { protocol, mtu } = definition;
    const mac = definition.mac?.address;
    const over = master?.definition.name;
    return {
      ...{ name, kind: definition.type, active, configured: true, state: active ? 'up' : 'down' },
      ...(mac === undefined ? {} : { mac }),
      ...(over === undefined ? {} : { master: over }),
      ports: portsOf(definition),
      addresses: protocol.flatMap(({ ip }) => ip.map(({ address, prefix = 0 }) => `${address}/${prefix}`)),
      isDefaultRoute: protocol.some(({ route }) => route.length > 0),
      ...(mtu === undefined ? {} : { mtu: mtu.size }),
      listed: over === undefined,
      ...(over === undefined ? {} : { notBridgeable: { message: `${name} is a port of ${over} already.` } }),
      ...(definition.type === 'bridge' ? { notBridgeable: { message: `${name} is a bridge itself.` } } : {}),
    };
  }

  #announce(): void {
    this.#events.emit({ type: 'interfaces' });
  }
}
