/** Consoles for clients in other processes: a unix socket that carries one character device's bytes, once. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../src-shared/errors.ts';
import type { ConsoleEndpoint, ConsoleStream, DomainApi } from '../engine/driver.ts';
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
        return found;
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
        message: 'Another viewer is connected to the SPICE console.',
        cause: 'SPICE serves one at a time: this one would end the session of the other.',
        fix: 'Close the other viewer, or take the console over.',
      });
    }
    await delay(lookAgainMs);
  }
}

function graphics(endpoints: readonly ConsoleEndpoint[], kind: string, alias: string | undefined): OpenedConsole {
  const found = endpoints.find(
    (endpoint) => endpoint.kind === kind && (alias === undefined || endpoint.alias === alias),
  );
  if (found?.socketPath !== undefined) {
    return {
      socketPath: found.socketPath,
      ...(found.password === undefined ? {} : { password: found.password }),
    };
  }
  throw new VirError({
    code: 'config-unsupported',
    domain: 'none',
    message: `The machine has no ${kind.toUpperCase()} display on a local socket.`,
    ...(found?.host === undefined ? {} : { cause: `It listens on ${found.host}:${found.port ?? 0}.` }),
  });
}

async function carryOnce(folder: string, stream: ConsoleStream): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${randomUUID().slice(0, 13)}.sock`);
  let taken = false;
  const server = createServer((socket) => {
    if (taken) {
      socket.destroy();
      return;
    }
    taken = true;
    finish();
    couple(socket, stream);
  });
  const finish = (): void => {
    clearTimeout(timer);
    server.close();
    // A socket's name that can't be removed only lies there until the next start.
    rm(path, { force: true }).catch(() => undefined);
  };
  const timer = setTimeout(() => {
    finish();
    stream.close();
  }, connectTimeoutMs);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return path;
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
