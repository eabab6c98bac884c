/** Consoles for clients in other processes: a unix socket that carries one character device's bytes, once. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import type { ConsoleEndpoint, ConsoleStream, DomainApi } from '../engine/driver.ts';
import { listen } from '../host/listen.ts';
import { need } from '../engine/driver.ts';

export interface ConsoleSelection {
  readonly kind: 'vnc' | 'spice' | 'serial' | 'console';
  readonly alias?: string;
  readonly force?: boolean;
}

export interface OpenedConsole {
  readonly socketPath: string;
  readonly password?: string;
}

export interface ConsoleSockets {
  open(domains: DomainApi, uuid: string, selection: ConsoleSelection): Promise<OpenedConsole>;
}

/** A client that asked for a console connects at once or has died. */
const connectTimeoutMs = 10_000;

/** Sockets are made in `folder`, which only this user can enter. */
export function createConsoleSockets(folder: string): ConsoleSockets {
  return {
    async open(domains, uuid, { kind, alias, force }) {
      if (kind === 'vnc' || kind === 'spice') {
        const found = graphics(await need(domains, 'consoles')(uuid), kind, alias);
        if (kind === 'spice' && force !== true) await mustBeFree(domains, uuid, alias ?? '0');
        const socketPath = found.socketPath ?? (await carryEach(folder, found));
        return { socketPath, ...(found.password === undefined ? {} : { password: found.password }) };
      }
      const stream = await need(domains, 'openConsole')(uuid, alias, force === true ? { force } : {});
      try {
        return { socketPath: await carryOnce(folder, stream) };
      } catch (error) {
        stream.close();
        throw error;
      }
    },
  };
}

/** How long a viewer that has just closed may still be counted. */
const farewellMs = 500;
const lookAgainMs = 50;

/** @throws VirError `resource-busy` while another viewer has the display: SPICE ends its session for the next one's. */
async function mustBeFree(domains: DomainApi, uuid: string, alias: string): Promise<void> {
  if (domains.spiceInUse === undefined) return;
  for (const deadline = performance.now() + farewellMs; await domains.spiceInUse(uuid, alias); ) {
    if (performance.now() > deadline) {
      throw new VirError({
        code: 'resource-busy',
        domain: 'none',
        message: say`Another viewer is connected to the SPICE console.`,
        cause: say`SPICE serves one at a time: this one would end the session of the other.`,
        fix: say`Close the other viewer, or take the console over.`,
      });
    }
    await delay(lookAgainMs);
  }
}

function graphics(endpoints: readonly ConsoleEndpoint[], kind: string, alias: string | undefined): ConsoleEndpoint {
  const found = endpoints.find(
    (endpoint) => endpoint.kind === kind && (alias === undefined || endpoint.alias === alias),
  );
  if (found !== undefined) return found;
  throw new VirError({
    code: 'config-unsupported',
    domain: 'none',
    message: say`The machine has no ${kind.toUpperCase()} display.`,
  });
}

/** A display that listens on every address listens on this host's own. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

async function dial(host: string, port: number): Promise<Socket> {
  const socket = connect({ host: everywhere[host] ?? host, port, noDelay: true });
  const timer = setTimeout(() => socket.destroy(new Error(`${host}:${port} does not answer`)), connectTimeoutMs);
  try {
    await once(socket, 'connect');
    return socket;
  } finally {
    clearTimeout(timer);
  }
}

/** A socket whose every connection is carried to the display's TCP port; it goes when it has not been used for a while. */
async function carryEach(folder: string, { kind, host, port }: ConsoleEndpoint): Promise<string> {
  if (host === undefined || port === undefined) {
    throw new VirError({
      code: 'config-unsupported',
      domain: 'none',
      message: say`The machine's ${kind.toUpperCase()} display can't be reached from here.`,
    });
  }
  let open = 0;
  const { path, remove } = await listenAt(folder, (socket) => {
    open += 1;
    clearTimeout(timer);
    socket.once('close', () => {
      open -= 1;
      if (open === 0) timer = setTimeout(remove, connectTimeoutMs);
    });
    dial(host, port).then(
      (far) => couple(socket, { input: far, output: far, close: () => far.destroy() }),
      (error: unknown) => socket.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    socket.on('error', () => undefined);
  });
  let timer = setTimeout(remove, connectTimeoutMs);
  return path;
}

async function carryOnce(folder: string, stream: ConsoleStream): Promise<string> {
  let taken = false;
  const { path, remove } = await listenAt(folder, (socket) => {
    if (taken) {
      socket.destroy();
      return;
    }
    taken = true;
    clearTimeout(timer);
    remove();
    couple(socket, stream);
  });
  const timer = setTimeout(() => {
    remove();
    stream.close();
  }, connectTimeoutMs);
  return path;
}

interface Listening {
  readonly path: string;
  /** Takes no more connections; those that were made stay. */
  remove(): void;
}

async function listenAt(folder: string, accept: (socket: Socket) => void): Promise<Listening> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${randomUUID().slice(0, 13)}.sock`);
  const server = createServer(accept);
  const remove = (): void => {
    server.close();
    // A socket's name that can't be removed only lies there until the next start.
    rm(path, { force: true }).catch(() => undefined);
  };
  await listen(server, path);
  return { path, remove };
}

/** Carries bytes both ways, with the streams' own backpressure, until either side ends. */
function couple(socket: Socket, stream: ConsoleStream): void {
  const end = (): void => {
    stream.close();
    socket.destroy();
  };
  socket.on('error', end);
  socket.on('close', end);
  stream.output.on('error', end);
  stream.output.on('close', end);
  stream.output.on('end', () => {
    socket.end();
  });
  stream.input.on('error', end);
  socket.pipe(stream.input);
  stream.output.pipe(socket);
}
