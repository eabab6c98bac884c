/** An engine whose user answers what the way to a remote host asks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostEngine, type HostedEngine } from '../../src-main/compose.ts';
import type { EngineDirectories } from '../../src-main/engine/context.ts';
import { silentLogger } from '../../src-main/engine/logger.ts';
import { connectSocket, type SocketClient } from '../../src-main/ipc/socket-client.ts';
import type { ContractEvent } from '../../src-shared/contract/index.ts';
import type { PromptInfo } from '../../src-shared/contract/prompts.ts';
import { makeDirectories } from './qemu-engine.ts';
import type { RemoteHost } from './remote-host.ts';

const cliPath = fileURLToPath(new URL('../../scripts/vivarium.mjs', import.meta.url));

export interface RemoteClient {
  readonly hosted: HostedEngine;
  readonly client: SocketClient;
  /** Everything that was asked and announced so far. */
  readonly asked: PromptInfo[];
  readonly heard: ContractEvent[];
  /** Ends the engine; its folders stay for the next one. */
  close(): Promise<void>;
}

/** An empty folder, with a file for the keys of hosts. */
export function clientFolder(): { readonly folder: string; readonly knownHosts: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'vivarium-far-'));
  const knownHosts = join(folder, 'known-hosts');
  writeFileSync(knownHosts, '');
  return { folder, knownHosts, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Whoever asks for the host's key or password is answered. */
export async function openRemoteClient(
  host: Pick<RemoteHost, 'password'>,
  directories: EngineDirectories = makeDirectories(),
): Promise<RemoteClient> {
  const hosted = await hostEngine({ directories, logger: silentLogger, cliPath });
  const client = await connectSocket(hosted.socketPath);
  const asked: PromptInfo[] = [];
  const heard: ContractEvent[] = [];
  client.subscribe((event) => {
    heard.push(event);
    if (event.channel !== 'prompts') return;
    for (const { id, kind, text } of event.prompts) {
      if (asked.some((known) => known.id === id)) continue;
      asked.push({ id, kind, text });
      const answer = kind === 'confirm' ? 'yes' : host.password;
      client.call('prompts.answer', { id, answer }).catch((error: unknown) => {
        throw error;
      });
    }
  });
  await client.call('prompts.serve', { on: true });
  return {
    hosted,
    client,
    asked,
    heard,
    close: async () => {
      client.close();
      await hosted.close();
    },
  };
}
