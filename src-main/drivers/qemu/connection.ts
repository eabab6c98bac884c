/** An open `qemu:///session`: the guests of this user, on this host, without any privilege. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { VirError } from '../../../src-shared/errors.ts';
import type { ConnectUri } from '../../../src-shared/uri.ts';
import { say } from '../../../src-shared/words.ts';
import type { EngineContext } from '../../engine/context.ts';
import { DomainTable } from '../../engine/domain-table.ts';
import type {
  Connection,
  DomainCapabilitiesSelection,
  NodeCpuStats,
  NodeInfo,
  NodeMemoryStats,
  Notice,
} from '../../engine/driver.ts';
import { Emitter, type EngineEvent } from '../../engine/events.ts';
import { LocalSnapshots } from '../../engine/snapshots/local-snapshots.ts';
import { SnapshotStore } from '../../engine/snapshots/snapshot-store.ts';
import { DefinitionStore } from '../../engine/store.ts';
import type { CaptureApi } from '../../engine/capture-api.ts';
import type { InterfaceApi } from '../../engine/interface-api.ts';
import type { NetworkApi } from '../../engine/network-api.ts';
import type { NwfilterApi } from '../../engine/nwfilter-api.ts';
import type { SecretApi } from '../../engine/secret-api.ts';
import type { StorageApi } from '../../engine/storage-api.ts';
import { privateFolder } from '../../host/files.ts';
import { Captures } from '../../network/capture/captures.ts';
import { NodeDevices } from '../../host/node-devices.ts';
import { createLocalInterfaces } from '../../network/interfaces/local-interfaces.ts';
import { createLocalNetworks, type LocalNetworks } from '../../network/local-networks.ts';
import { createLocalSecrets } from '../../secrets/local-secrets.ts';
import { createLocalStorage } from '../../storage/local-storage.ts';
import { type Emulator, findEmulators, hostArchitecture, noEmulator } from './capabilities/emulators.ts';
import { domainCapabilitiesXml } from './capabilities/domain-xml.ts';
import { hostCapabilitiesXml } from './capabilities/host-xml.ts';
import { firmwareFolders, loadFirmwares } from './firmware/load.ts';
import { domainToArgv } from './native.ts';
import { CapabilitiesRegistry } from './capabilities/registry.ts';
import { QemuDomains } from './domains.ts';
import { defaultNvramPath, removeBelongings, renameBelongings } from './guests/belongings.ts';
import type { SecretReference } from './devices/secrets.ts';
import type { GuestContext } from './guests/context.ts';
import type { Instance } from './guests/instance.ts';
import { captureSource } from './observe/capture-source.ts';
import { availableMemoryBytes, nodeCpuStats, nodeInfo, nodeMemoryStats } from './host-info.ts';
import { autostart } from './lifecycle/autostart.ts';
import { reattachAll, removeAbandonedRuns } from './lifecycle/reattach.ts';
import { watchLeases } from './network/cable-addresses.ts';
import { Cables } from './network/cables.ts';
import { settleCables } from './network/settle.ts';
import { type CompleteDomain, completeDefinition, type DefinitionEnvironment } from './passes/index.ts';
import { PortAllocator } from './process/host-facts.ts';
import { type PreparationEnvironment, prepareRun } from './process/prepare-run.ts';
import { qemuFolders } from './process/run-paths.ts';
import { managedSavePath, removeManagedSave } from './save/save.ts';
import { QemuSnapshots } from './snapshots/hypervisor.ts';
import { StatusFolder, type StatusProblem } from './process/status-file.ts';

export class QemuConnection implements Connection {
  readonly uri: ConnectUri;
  readonly type = 'QEMU';
  readonly hostname = hostname();
  readonly events: Emitter<EngineEvent>;
  readonly domains: QemuDomains;
  readonly snapshots: LocalSnapshots<Instance>;
  readonly storage: StorageApi;
  readonly secrets: SecretApi;
  readonly networks: NetworkApi;
  readonly interfaces: InterfaceApi;
  readonly nodeDevices = new NodeDevices();
  readonly nwfilters: NwfilterApi;
  readonly captures: CaptureApi;
  readonly #captures: Captures;
  readonly #context: GuestContext;
  readonly #preparation: PreparationEnvironment;
  readonly #emulators: readonly Emulator[];
  readonly #statusProblems: readonly StatusProblem[];
  readonly #unsubscribe: () => void;

  private constructor(parts: {
    uri: ConnectUri;
    events: Emitter<EngineEvent>;
    context: GuestContext;
    preparation: PreparationEnvironment;
    emulators: readonly Emulator[];
    statusProblems: readonly StatusProblem[];
    networks: LocalNetworks;
    snapshots: LocalSnapshots<Instance>;
  }) {
    this.uri = parts.uri;
    this.events = parts.events;
    this.#context = parts.context;
    this.#preparation = parts.preparation;
    this.#emulators = parts.emulators;
    this.#statusProblems = parts.statusProblems;
    this.domains = new QemuDomains(parts.context, parts.preparation.definition);
    const storage = createLocalStorage(parts.context.engine, { driverName: 'qemu' });
    this.storage = storage;
    const secrets = createLocalSecrets(parts.context.engine);
    this.secrets = secrets;
    this.snapshots = parts.snapshots;
    const { networks } = parts;
    this.networks = networks;
    const interfaces = createLocalInterfaces(parts.context.engine);
    this.interfaces = interfaces;
    this.nwfilters = networks.filters;
    this.#captures = new Captures({
      folder: join(parts.context.engine.directories.state, 'captures'),
      source: captureSource(parts.context),
      logger: parts.context.logger,
      announce: (capture) => this.events.emit({ type: 'capture', capture }),
      gone: ({ uuid, id }) => this.events.emit({ type: 'capture-gone', uuid, id }),
    });
    this.captures = this.#captures;
    const ends = [
      this.events.subscribe((event) => {
        if (event.type !== 'domain') return;
        if (event.event.kind === 'lifecycle' && event.event.event === 'stopped') {
          this.#captures.ended(event.domain.uuid, 'stopped');
        } else if (event.event.kind === 'device-removed') {
          this.#captures.ended(event.domain.uuid, 'unplugged', event.event.alias);
        }
      }),
      ...[storage, secrets, networks, networks.filters, interfaces].map((part) =>
        part.events.subscribe((event) => this.events.emit(event)),
      ),
      networks.attach(),
      watchLeases(parts.context),
    ];
    this.#unsubscribe = () => {
      for (const end of ends) end();
    };
  }

  /** Reads what is defined and takes over what runs. */
  static async open(uri: ConnectUri, engine: EngineContext): Promise<QemuConnection> {
    const folders = qemuFolders(engine.directories);
    const { config, state, cache } = engine.directories;
    const needed = [
      folders.status,
      folders.run,
      folders.probe,
      folders.logs,
      folders.saves,
      folders.snapshots,
      folders.nvram,
      folders.tpm,
    ];
    await Promise.all([...needed, join(config, 'qemu'), join(cache, 'capabilities')].map(privateFolder));
    const emulators = await findEmulators();
    const registry = new CapabilitiesRegistry({
      cacheFolder: cache,
      runtimeFolder: folders.probe,
      logger: engine.logger,
    });
    const environment: DefinitionEnvironment = {
      hostArchitecture: hostArchitecture(),
      randomBytes: (count) => randomBytes(count),
      emulatorFor: (architecture) => emulators.find((item) => item.architecture === architecture)?.path,
      nvramPath: (name) => defaultNvramPath(folders, name),
      isGeneratedPath: (path) => path.startsWith(`${folders.run}/`),
    };
    const events = new Emitter<EngineEvent>((error) =>
      engine.logger.log('error', 'a listener of events failed', { error }),
    );
    const table = new DomainTable<Instance, CompleteDomain>({
      errorDomain: 'qemu',
      events,
      store: new DefinitionStore({ definitions: join(config, 'qemu'), history: join(state, 'history', 'qemu') }),
      complete: async (domain, _purpose, _previous) => {
        const architecture = domain.os?.type.arch ?? hostArchitecture();
        const emulator = domain.devices?.emulator ?? environment.emulatorFor(architecture);
        if (emulator === undefined) throw noEmulator(architecture);
        const capabilities = await registry.get(emulator);
        return completeDefinition(domain, { capabilities, environment, isNew: true });
      },
      beforeUndefine: async (record, options) => {
        await snapshots.beforeUndefine(record, options);
        await Promise.resolve(removeBelongings(record, folders, options));
      },
      removeManagedSave: (record) => removeManagedSave(context, record),
      beforeRename: async (record, name) => {
        await Promise.resolve(renameBelongings(record, folders, name));
      },
    });
    table.load();
    const snapshots = new LocalSnapshots<Instance>({
      errorDomain: 'qemu',
      table,
      jobs: engine.jobs,
      events,
      uri: uri.text,
      store: new SnapshotStore(folders.snapshots, engine.logger),
      hypervisor: new QemuSnapshots(() => context),
    });
    const ports = new PortAllocator();
    const networks = createLocalNetworks(engine);
    const cables = new Cables(networks.ports, engine.logger);
    const reveal = (secret: SecretReference): Promise<Uint8Array> => createLocalSecrets(engine).reveal(secret);
    const preparation = { folders, definition: environment, configHome: dirname(config), cables, reveal };
    const status = new StatusFolder(folders.status);
    const context: GuestContext = {
      table,
      registry,
      folders,
      status,
      engine,
      logger: engine.logger,
      prepareRun: (domain, request) => prepareRun(domain, request, preparation, ports),
      cables,
      networks,
    };
    const { statuses, problems } = status.read();
    removeAbandonedRuns(context, statuses);
    await reattachAll(context, statuses);
    for (const record of table.records()) {
      if (existsSync(managedSavePath(context, record.name))) table.changed(record, { hasManagedSave: true });
    }
    await settleCables(context);
    const connection = new QemuConnection({
      ...{ uri, events, context, preparation, emulators, statusProblems: problems, networks, snapshots },
    });
    // Nobody who opens a connection waits for guests to start.
    autostart(context, (uuid) => connection.domains.start(uuid)).catch((error: unknown) =>
      engine.logger.log('error', 'starting machines automatically failed', { error }),
    );
    return connection;
  }

  async hypervisorVersion(): Promise<number> {
    const { major, minor, micro } = (await this.#context.registry.get(this.#nativeEmulator().path)).version;
    return major * 1_000_000 + minor * 1000 + micro;
  }

  async capabilities(): Promise<string> {
    const emulators = await Promise.all(
      this.#emulators.map(async ({ path, architecture }) => ({
        architecture,
        capabilities: await this.#context.registry.get(path),
      })),
    );
    // The emulator of 64-bit x86 guests runs 32-bit ones as well.
    const x86 = emulators.find(({ architecture }) => architecture === 'x86_64');
    const has32 = emulators.some(({ architecture }) => architecture === 'i686');
    const all = x86 === undefined || has32 ? emulators : [{ ...x86, architecture: 'i686' }, ...emulators];
    return hostCapabilitiesXml(nodeInfo(), all);
  }

  async domainCapabilities(selection: DomainCapabilitiesSelection): Promise<string> {
    const { emulator, architecture, machine, virtType } = selection;
    const wanted = architecture === 'i686' && !this.#has('i686') ? 'x86_64' : architecture;
    const path =
      emulator ??
      (wanted === undefined ? this.#nativeEmulator() : this.#emulators.find((item) => item.architecture === wanted))
        ?.path;
    if (path === undefined) throw noEmulator(architecture ?? hostArchitecture());
    const capabilities = await this.#context.registry.get(path);
    const hasKvm = capabilities.accelerators.some(({ name, works }) => name === 'kvm' && works);
    const type = virtType ?? (hasKvm ? 'kvm' : 'qemu');
    if (type !== 'kvm' && type !== 'qemu') {
      throw new VirError({ code: 'invalid-arg', domain: 'qemu', message: say`unknown virttype: ${type}` });
    }
    const { firmwares } = await loadFirmwares(firmwareFolders(this.#preparation.configHome));
    const [hasVfio, hasSwtpm] = await Promise.all([
      exists('/dev/vfio/vfio'),
      Promise.any((process.env['PATH'] ?? '').split(':').map((folder) => access(join(folder, 'swtpm')))).then(
        () => true,
        () => false,
      ),
    ]);
    return domainCapabilitiesXml(
      capabilities,
      {
        virtType: type,
        ...(machine === undefined ? {} : { machine }),
        ...(architecture === undefined ? {} : { architecture }),
      },
      { firmwares, hasVfio, hasSwtpm, hasVirtiofsd: false },
    );
  }

  async domainXmlToNative(format: string, xml: string): Promise<string> {
    const domain = await this.#context.table.read(xml, 'start');
    return await domainToArgv(this.#context, this.#preparation, format, domain);
  }

  async nodeInfo(): Promise<NodeInfo> {
    return await Promise.resolve(nodeInfo());
  }

  async freeMemoryBytes(): Promise<number> {
    return await Promise.resolve(availableMemoryBytes());
  }

  async nodeCpuStats(cpu?: number): Promise<NodeCpuStats> {
    return await Promise.resolve(nodeCpuStats(cpu));
  }

  async nodeMemoryStats(): Promise<NodeMemoryStats> {
    return await Promise.resolve(nodeMemoryStats());
  }

  async notices(): Promise<readonly Notice[]> {
    const files = this.#statusProblems.map(
      ({ path, cause }): Notice => ({
        id: 'notice.status-file',
        severity: 'warning',
        message: `The file '${path}' of a running guest can't be used and is left alone: ${cause}`,
        fix: 'If the guest still runs, end its QEMU yourself; then remove the file.',
      }),
    );
    return [...this.#context.table.notices(), ...files, ...(await this.#acceleratorNotices())];
  }

  /** Leaves every guest running, except those that were to end with the connection. */
  async close(): Promise<void> {
    await this.#captures.close();
    this.#unsubscribe();
    for (const record of this.#context.table.records()) {
      const { runtime } = record;
      if (runtime === undefined) continue;
      if (runtime.facts.autodestroy) await this.domains.destroy(record.uuid);
      else {
        runtime.ending = true;
        runtime.disconnect();
      }
    }
    await this.#context.cables.gone();
    this.#context.table.flush();
    this.snapshots.close();
  }

  async #acceleratorNotices(): Promise<Notice[]> {
    const native = this.#emulators.find(({ architecture }) => architecture === hostArchitecture());
    if (native === undefined) {
      const { message, fix } = noEmulator(hostArchitecture()).data;
      return [{ id: 'notice.no-emulator', severity: 'error', message, ...(fix === undefined ? {} : { fix }) }];
    }
    const capabilities = await this.#context.registry.get(native.path);
    const kvm = capabilities.accelerators.find(({ name }) => name === 'kvm');
    if (kvm === undefined || kvm.works) return [];
    return [
      {
        id: 'notice.no-kvm',
        severity: 'warning',
        message: 'Machines run without hardware virtualisation, many times slower than with it.',
        ...(kvm.reason === undefined ? {} : { fix: kvm.reason }),
      },
    ];
  }

  #has(architecture: string): boolean {
    return this.#emulators.some((item) => item.architecture === architecture);
  }

  #nativeEmulator(): Emulator {
    const found = this.#emulators.find(({ architecture }) => architecture === hostArchitecture()) ?? this.#emulators[0];
    if (found === undefined) throw noEmulator(hostArchitecture());
    return found;
  }
}

const exists = async (path: string): Promise<boolean> =>
  await access(path).then(
    () => true,
    () => false,
  );
