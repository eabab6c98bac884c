/** An open connection to a libvirt daemon. */
import { join } from 'node:path';
import type { ConnectUri } from '../../../src-shared/uri.ts';
import type { EngineContext } from '../../engine/context.ts';
import type {
  Connection,
  DomainCapabilitiesSelection,
  NodeCpuStats,
  NodeInfo,
  NodeMemoryStats,
  Notice,
} from '../../engine/driver.ts';
import { Emitter, type EngineEvent } from '../../engine/events.ts';
import { readRemoteUri } from '../../rpc/client/remote-uri.ts';
import type { Packet } from '../../rpc/framing/packet.ts';
import { RemoteDomains } from './domains.ts';
import { readEvent, registerEvents } from './events.ts';
import { Forwards } from './forwards.ts';
import { Inventory } from './inventory.ts';
import { RemoteInterfaces } from './interfaces.ts';
import { Link } from './link.ts';
import { RemoteNetworks } from './networks.ts';
import { RemoteNwfilters } from './nwfilters.ts';
import { readRemembered, RememberingHost } from './remembered.ts';
import { RemoteSnapshots } from './snapshots.ts';
import { RemoteStorage } from './storage.ts';

/** Probing every emulator of a host takes its time. */
const capabilitiesTimeoutMs = 2 * 60_000;

/** `VIR_NODE_CPU_STATS_ALL_CPUS`, `VIR_NODE_MEMORY_STATS_ALL_CELLS`. */
const everyCpu = -1;
const everyCell = -1;

/** The server is asked how many figures it has, then for them. */
interface NodeFigures {
  readonly params: readonly { readonly field: string; readonly value: bigint }[];
  readonly nparams: number;
}

function figuresOf({ params }: NodeFigures): (name: string) => number {
  const figures = new Map(params.map(({ field, value }) => [field, value]));
  return (name) => Number(figures.get(name) ?? 0n);
}

export class RemoteConnection implements Connection {
  readonly uri: ConnectUri;
  readonly type: string;
  readonly hostname: string;
  readonly isElsewhere: boolean;
  readonly events: Emitter<EngineEvent>;
  readonly noticeChanges: Emitter<undefined>;
  readonly domains: RemoteDomains;
  readonly snapshots: RemoteSnapshots;
  readonly storage: RemoteStorage;
  readonly networks: RemoteNetworks;
  readonly interfaces: RemoteInterfaces;
  readonly nwfilters: RemoteNwfilters;
  readonly #link: Link;
  readonly #inventory: Inventory;
  readonly #forwards: Forwards;
  readonly #context: EngineContext;
  readonly #remembering: RememberingHost;
  #cpuFigures: number | undefined;
  #memoryFigures: number | undefined;

  private constructor(uri: ConnectUri, context: EngineContext, link: Link) {
    this.uri = uri;
    this.type = link.type;
    this.hostname = link.hostname;
    this.isElsewhere = link.uri.transport !== 'unix';
    this.#link = link;
    this.#context = context;
    const onListenerError = (error: unknown): void =>
      context.logger.log('error', 'a listener of events failed', { error });
    this.events = new Emitter(onListenerError);
    this.noticeChanges = new Emitter(onListenerError);
    const remembered = readRemembered(uri.text, context);
    this.#inventory = new Inventory(link, this.events, context.logger, remembered?.domains);
    this.#remembering = new RememberingHost(uri.text, context, () => {
      const domains = this.#inventory.known();
      return domains === undefined ? undefined : { seenMs: this.seenMs ?? Date.now(), domains };
    });
    this.events.subscribe(({ type }) => {
      if (type === 'domain-summary' || type === 'domain-gone') this.#remembering.soon();
    });
    this.#forwards = new Forwards({
      folder: join(context.directories.runtime, 'displays'),
      tunnel: async (target) => await link.tunnel(target),
      logger: context.logger,
    });
    const parts = { link, inventory: this.#inventory, jobs: context.jobs, uri: uri.text, events: this.events };
    this.domains = new RemoteDomains(parts, this.#forwards);
    this.snapshots = new RemoteSnapshots(parts);
    this.networks = new RemoteNetworks(link);
    this.interfaces = new RemoteInterfaces(link);
    this.nwfilters = new RemoteNwfilters(link, this.events);
    this.storage = new RemoteStorage(link, context.jobs, uri.text, join(context.directories.cache, 'imports'));
    link.listen({
      up: async () => {
        await this.#register();
        // What is shown is not called fresh before it is.
        await this.#inventory.reload();
        this.noticeChanges.emit(undefined);
      },
      down: () => {
        this.noticeChanges.emit(undefined);
        this.#remembering.soon();
      },
      quiet: () => this.noticeChanges.emit(undefined),
      event: (packet) => this.#hear(packet),
    });
  }

  /** @throws VirError when the server can't be reached, or does not open the URI. */
  static async open(uri: ConnectUri, context: EngineContext): Promise<RemoteConnection> {
    const link = await Link.open(readRemoteUri(uri), context);
    try {
      const connection = new RemoteConnection(uri, context, link);
      await connection.#register();
      return connection;
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  get seenMs(): number | undefined {
    return this.#link.unheardSinceMs;
  }

  wake(): void {
    this.#link.wake();
  }

  async hypervisorVersion(): Promise<number> {
    return Number((await this.#link.call('connectGetVersion', {})).hvVer);
  }

  async capabilities(): Promise<string> {
    return (await this.#link.call('connectGetCapabilities', {}, { timeoutMs: capabilitiesTimeoutMs })).capabilities;
  }

  async domainCapabilities(selection: DomainCapabilitiesSelection): Promise<string> {
    const { emulator: emulatorbin, architecture: arch, machine, virtType: virttype } = selection;
    const args = { emulatorbin, arch, machine, virttype, flags: 0 };
    return (await this.#link.call('connectGetDomainCapabilities', args, { timeoutMs: capabilitiesTimeoutMs }))
      .capabilities;
  }

  async nodeInfo(): Promise<NodeInfo> {
    const { memory, ...info } = await this.#link.call('nodeGetInfo', {});
    return { ...info, memoryKiB: Number(memory) };
  }

  async freeMemoryBytes(): Promise<number> {
    return Number((await this.#link.call('nodeGetFreeMemory', {})).freeMem);
  }

  async nodeCpuStats(cpu?: number): Promise<NodeCpuStats> {
    const cpuNum = cpu ?? everyCpu;
    const ask = async (nparams: number): Promise<NodeFigures> =>
      await this.#link.look('nodeGetCpuStats', { cpuNum, nparams, flags: 0 });
    this.#cpuFigures ??= (await ask(0)).nparams;
    const at = figuresOf(await ask(this.#cpuFigures));
    return { kernelNs: at('kernel'), userNs: at('user'), idleNs: at('idle'), ioWaitNs: at('iowait') };
  }

  async nodeMemoryStats(): Promise<NodeMemoryStats> {
    const ask = async (nparams: number): Promise<NodeFigures> =>
      await this.#link.look('nodeGetMemoryStats', { nparams, cellNum: everyCell, flags: 0 });
    this.#memoryFigures ??= (await ask(0)).nparams;
    const at = figuresOf(await ask(this.#memoryFigures));
    return { totalKiB: at('total'), freeKiB: at('free'), buffersKiB: at('buffers'), cachedKiB: at('cached') };
  }

  async domainXmlToNative(nativeFormat: string, domainXml: string): Promise<string> {
    const args = { nativeFormat, domainXml, flags: 0 };
    return (await this.#link.call('connectDomainXmlToNative', args)).nativeConfig;
  }

  notices(): Promise<readonly Notice[]> {
    const { failure, unheardSinceMs } = this.#link;
    if (unheardSinceMs === undefined) return Promise.resolve([]);
    const since = new Date(unheardSinceMs).toLocaleTimeString();
    return Promise.resolve([
      {
        id: 'notice.link-lost',
        severity: 'warning',
        message: `'${this.hostname}' has not answered since ${since}; what is shown is what was seen last.`,
        ...(failure === undefined ? {} : { fix: failure.error.message }),
      },
    ]);
  }

  async close(): Promise<void> {
    this.#inventory.close();
    await this.#remembering.write();
    await this.#forwards.close();
    await this.#link.close();
  }

  async #register(): Promise<void> {
    const { logger } = this.#context;
    await registerEvents(this.#link, (error) => logger.log('debug', 'a server does not tell of an event', { error }));
  }

  #hear(packet: Packet): void {
    let event: EngineEvent | undefined;
    try {
      event = readEvent(packet);
    } catch (error) {
      this.#context.logger.log('warn', 'an event of a server can not be read', { error });
      return;
    }
    if (event === undefined) return;
    this.events.emit(event);
    if (event.type === 'domain') this.#inventory.lookSoon(event.domain.uuid);
  }
}
