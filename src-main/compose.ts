/** The composition root: which parts make an engine, and how its doors open. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, CallName, ContractClient, ContractEvent } from '../src-shared/contract/index.ts';
import { VirError } from '../src-shared/errors.ts';
import { Catalogue } from './catalogue/catalogue.ts';
import { CreationService } from './creation/service.ts';
import { askpassEnvironment } from './engine/askpass.ts';
import { Bin } from './engine/bin.ts';
import type { EngineDirectories } from './engine/context.ts';
import { type Connection, type Driver, need } from './engine/driver.ts';
import { Engine } from './engine/engine.ts';
import { StatsRecorder } from './engine/figures/recorder.ts';
import { fileLogger } from './engine/log-file.ts';
import { type Logger, silentLogger } from './engine/logger.ts';
import { Prompts } from './engine/prompts.ts';
import { tidyCaptures } from './engine/tidy-captures.ts';
import { createDiskUsage } from './engine/usage.ts';
import { remoteDriver } from './drivers/remote/driver.ts';
import { findDaemons } from './drivers/remote/find-daemons.ts';
import { qemuDriver } from './drivers/qemu/driver.ts';
import { testDriver } from './drivers/test/driver.ts';
import { type CheckParts, checkHost } from './host/checks.ts';
import { xdgDirectories } from './host/xdg.ts';
import { createConsoleSockets } from './ipc/console-sockets.ts';
import { versionText } from './ipc/handlers/text.ts';
import { serveContract } from './ipc/contract-server.ts';
import { socketName } from './ipc/lines.ts';
import type { ContractServer } from './ipc/server.ts';
import type { LibvirtClientService, Services } from './ipc/services.ts';
import { openSettings, type SettingsStore } from './ipc/settings.ts';
import { serveSocket } from './ipc/socket-server.ts';
import { libvirtSocketName } from './rpc/door.ts';
import { makeCertificates } from './rpc/server/make-certificates.ts';
import { certificateState } from './rpc/server/certificates.ts';
import { ClientUsers } from './rpc/server/client-users.ts';
import { LibvirtDoors, type WantedDoors } from './rpc/server/doors.ts';

/** The first that accepts a URI serves it. */
const drivers: readonly Driver[] = [testDriver, qemuDriver, remoteDriver];

/** An engine with its doors open. */
export interface HostedEngine {
  readonly server: ContractServer;
  readonly engine: Engine;
  readonly socketPath: string;
  /** Where `virsh` and other clients of libvirt reach it. */
  readonly libvirtSocketPath: string;
  readonly libvirtDoors: LibvirtDoors;
  /** Calls back once nobody was attached and no machine ran for so long. */
  onIdle(afterMs: number, callback: () => void): void;
  /** Leaves the machines running. */
  close(): Promise<void>;
}

export interface HostOptions {
  readonly directories?: EngineDirectories;
  readonly logger?: Logger;
  /** The bundled command line, through which programs on the way to other hosts ask; without it, they can't. */
  readonly cliPath?: string;
}

/** The connection that every host has. */
const localUri = 'qemu:///session';

const binSweepMs = 60 * 60 * 1000;

/**
 * Starts the engine of this user's folders and listens on its socket.
 * @throws VirError `resource-busy` when another one has them.
 */
export async function hostEngine({
  directories = xdgDirectories(),
  logger = fileLogger(directories.state, 'engine'),
  cliPath,
}: HostOptions = {}): Promise<HostedEngine> {
  const { runtime } = directories;
  const socketPath = join(runtime, socketName);
  const program = process.execPath;
  const prompts = new Prompts();
  const asking =
    cliPath === undefined
      ? {}
      : {
          asking: () => prompts.asking(async () => await askpassEnvironment({ runtime, socketPath, program, cliPath })),
        };
  const engine = await Engine.start({
    directories,
    drivers,
    logger,
    socket: socketPath,
    ...asking,
    knownUris: [localUri],
  });
  try {
    const { services, libvirtDoors, close } = await makeServices(engine, prompts);
    const server = serveContract(services, logger);
    const door = await serveSocket(socketPath, server, logger);
    const libvirtSocketPath = join(directories.runtime, libvirtSocketName);
    await libvirtDoors.openUnix(libvirtSocketPath);
    const { settings } = services;
    const applyDoors = (): void => {
      libvirtDoors.apply(wantedDoors(settings)).catch((error: unknown) => {
        logger.log('error', 'the doors for clients could not be changed', { error });
      });
    };
    settings.events.subscribe(applyDoors);
    applyDoors();
    startUp(services, logger);
    return {
      server,
      engine,
      socketPath,
      libvirtSocketPath,
      libvirtDoors,
      onIdle: (afterMs, callback) => {
        watchIdle(engine, () => door.clients + libvirtDoors.clientCount, afterMs, callback);
      },
      async close() {
        await Promise.all([door.close(), libvirtDoors.close()]);
        await close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** An engine of its own in this process, in folders that are gone with it: for in-memory test connections. */
export async function privateEngine(): Promise<{ readonly client: ContractClient; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'vivarium-'));
  const directories = Object.fromEntries(
    ['config', 'state', 'data', 'runtime', 'cache'].map((name) => [name, join(folder, name)]),
  ) as Record<keyof EngineDirectories, string>;
  const engine = await Engine.start({ directories, drivers, logger: silentLogger });
  const { services, close } = await makeServices(engine, new Prompts());
  return {
    client: localClient(serveContract(services, silentLogger)),
    async close() {
      await close();
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Made {
  readonly services: Services;
  readonly libvirtDoors: LibvirtDoors;
  close(): Promise<void>;
}

async function makeServices(engine: Engine, prompts: Prompts): Promise<Made> {
  const { directories, logger } = engine;
  const settings = await openSettings(directories.config, logger);
  for (const uri of settings.get().hosts) {
    try {
      engine.know(uri);
    } catch (error) {
      logger.log('warn', 'a host of the settings can not be used', { uri, error });
    }
  }
  const recorder = new StatsRecorder({ engine, folder: join(directories.state, 'figures'), logger });
  const usage = createDiskUsage();
  const users = new ClientUsers(directories.config, logger);
  const libvirtDoors = new LibvirtDoors(engine, users);
  const services: Services = {
    engine,
    settings,
    recorder,
    consoles: createConsoleSockets(join(directories.runtime, 'consoles')),
    usage,
    libvirtClients: libvirtClientService(libvirtDoors, users, settings, directories.config),
    creation: new CreationService({
      open: (uri) => engine.open(uri),
      jobs: engine.jobs,
      logger,
      catalogue: new Catalogue({ cacheFolder: directories.cache, logger }),
      usage,
      cacheFolder: directories.cache,
    }),
    checks: async () => await checkHost(checkParts(engine)),
    findDaemons,
    prompts,
    bin: new Bin({
      folder: join(directories.state, 'bin'),
      logger,
      open: (uri) => engine.open(uri),
      days: () => settings.get().binDays,
    }),
  };
  return { services, libvirtDoors, close: () => recorder.close() };
}

const wantedDoors = (settings: SettingsStore): WantedDoors => {
  const { listenTls: tls, listenTcp: tcp } = settings.get();
  return { tls, tcp };
};

function libvirtClientService(
  doors: LibvirtDoors,
  users: ClientUsers,
  settings: SettingsStore,
  configFolder: string,
): LibvirtClientService {
  return {
    changed: doors.changed,
    doors: () => doors.states,
    certificates: async () => await certificateState(settings.get().listenTls.pki),
    async makeCertificates(names) {
      const pki = join(configFolder, 'pki');
      await makeCertificates(pki, names);
      await settings.set({ listenTls: { ...settings.get().listenTls, pki } });
      await doors.certificatesChanged(wantedDoors(settings));
      return await certificateState(pki);
    },
    users: () => users.list(),
    setUser: async (name, password, options) => await users.set(name, password, options),
    removeUser: async (name) => await users.remove(name),
    clients: () => doors.clients(),
    disconnect: (id) => doors.disconnect(id),
  };
}

/** What the checks of this host ask of its hypervisor. */
function checkParts(engine: Engine): CheckParts {
  const session = async (): Promise<Connection> => await engine.open(localUri);
  return {
    dataFolder: engine.directories.data,
    async kvm() {
      const notices = (await (await session()).notices?.()) ?? [];
      const notice = notices.find(({ id }) => id === 'notice.no-kvm' || id === 'notice.no-emulator');
      if (notice === undefined) return { works: true };
      return { works: false, reason: notice.fix ?? notice.message };
    },
    async qemuVersion() {
      const version = await need(await session(), 'hypervisorVersion')();
      return versionText(version);
    },
  };
}

/** What an engine does by itself: takes over what runs, starts what starts with it, empties the bin. */
function startUp({ engine, bin }: Services, logger: Logger): void {
  const report =
    (what: string) =>
    (error: unknown): void => {
      logger.log('error', `${what} failed`, { error });
    };
  engine.open(localUri).catch(report('opening qemu:///session'));
  const sweep = (): void => {
    bin
      .sweep()
      .then(() => tidyCaptures(engine, bin))
      .catch(report('emptying the bin'));
  };
  sweep();
  setInterval(sweep, binSweepMs).unref();
}

/** A client of a server in the same process. */
function localClient(server: ContractServer): ContractClient {
  const id = `local-${randomUUID()}`;
  return {
    async call<N extends CallName>(name: N, argument: unknown): Promise<Answer<N>> {
      const reply = await server.handle(name, argument, id);
      if (!reply.ok) throw new VirError(reply.error);
      return reply.value as Answer<N>;
    },
    subscribe: (listener: (event: ContractEvent) => void) => server.subscribe(id, listener),
  };
}

const idleCheckMs = 1_000;

function watchIdle(engine: Engine, clients: () => number, afterMs: number, callback: () => void): void {
  let idleSinceMs = Date.now();
  const timer = setInterval(
    () => {
      const check = async (): Promise<void> => {
        const domains = (await engine.connected(localUri)?.domains.list()) ?? [];
        const jobs = engine.jobs.list().some((job) => job.state === 'running');
        if (clients() > 0 || jobs || domains.some((domain) => domain.id !== undefined)) idleSinceMs = Date.now();
        if (Date.now() - idleSinceMs < afterMs) return;
        clearInterval(timer);
        callback();
      };
      check().catch((error: unknown) => {
        engine.logger.log('error', 'looking for idleness failed', { error });
      });
    },
    Math.min(idleCheckMs, afterMs),
  );
}
