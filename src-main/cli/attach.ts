/** Reaches an engine: the one that runs, or one started for this purpose. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../src-shared/errors.ts';
import type { ContractClient } from '../../src-shared/contract/index.ts';
import { spawnDetached } from '../host/process.ts';
import { xdgDirectories } from '../host/xdg.ts';
import { socketName } from '../ipc/lines.ts';
import { connectSocket } from '../ipc/socket-client.ts';

export interface Attached {
  readonly client: ContractClient;
  close(): Promise<void>;
}

/** An engine started on demand ends after so long without clients and running machines, as libvirt's does. */
const idleSeconds = 120;
const startTimeoutMs = 15_000;

/**
 * A client for the URI's connection. In-memory test connections live and die with the command; all others belong to
 * the one engine of this user.
 */
export async function attach(uri: string): Promise<Attached> {
  if (uri.startsWith('test:')) {
    const { privateEngine } = await import('../compose.ts');
    return await privateEngine();
  }
  const { runtime, state } = xdgDirectories();
  const path = join(runtime, socketName);
  const running = await tryConnect(path);
  if (running !== undefined) return running;
  const [node = '', script = ''] = process.argv;
  await spawnDetached([node, ...process.execArgv, script, 'daemon', '--timeout', String(idleSeconds)], {
    logFile: join(state, 'log', 'daemon.log'),
  });
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; ) {
    await delay(20);
    const started = await tryConnect(path);
    if (started !== undefined) return started;
  }
  throw new VirError({
    code: 'no-connect',
    domain: 'none',
    message: 'The engine could not be started.',
    cause: `No engine answered at ${path} within ${startTimeoutMs / 1000} s.`,
    fix: `See ${join(state, 'log', 'daemon.log')}, or run: vivarium daemon`,
  });
}

async function tryConnect(path: string): Promise<Attached | undefined> {
  try {
    const client = await connectSocket(path);
    return {
      client,
      close: () => {
        client.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    if (error instanceof VirError && error.code === 'no-connect' && /ENOENT|ECONNREFUSED/.test(error.message))
      return undefined;
    throw error;
  }
}
