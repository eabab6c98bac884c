/** Another host over the system's own ssh, whose questions are answered through the engine. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostEngine, type HostedEngine } from '../../../src-main/compose.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { connectSocket, type SocketClient } from '../../../src-main/ipc/socket-client.ts';
import type { PromptInfo } from '../../../src-shared/contract/prompts.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { makeDirectories } from '../../support/qemu-engine.ts';
import { type SshServer, startSshServer } from '../../support/ssh-server.ts';

const cliPath = fileURLToPath(new URL('../../../scripts/vivarium.mjs', import.meta.url));

let server: SshServer;
let door: LibvirtDoor;
let hosted: HostedEngine;
let client: SocketClient;
const onUnhandled = (error: unknown): void => {
  throw error;
};
let asked: PromptInfo[] = [];
let answers: (prompt: PromptInfo) => string | undefined;
let uri: string;

beforeAll(async () => {
  // sshd's own folder, which no service manager has made.
  if (!existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  server = await startSshServer();
  door = await openLibvirtDoor();
  hosted = await hostEngine({ directories: makeDirectories(), logger: silentLogger, cliPath });
  client = await connectSocket(hosted.socketPath);
  client.subscribe((event) => {
    if (event.channel !== 'prompts') return;
    for (const prompt of event.prompts) {
      if (asked.some(({ id }) => id === prompt.id)) continue;
      asked.push(prompt);
      const answer = answers(prompt);
      const { id } = prompt;
      client.call('prompts.answer', { id, ...(answer === undefined ? {} : { answer }) }).catch(onUnhandled);
    }
  });
  await client.call('prompts.serve', { on: true });
  const parameters = new URLSearchParams({
    socket: door.hosted.libvirtSocketPath,
    keyfile: server.keyFile,
    known_hosts: server.knownHosts,
  });
  uri = `test+ssh://${server.user}@${server.host}:${server.port}/default?${parameters}`;
});
afterAll(async () => {
  client.close();
  await hosted.close();
  await door.close();
  await server.stop();
});

it('says what ssh says when the user declines', async () => {
  asked = [];
  answers = () => undefined;
  await expect(client.call('connections.open', { uri })).rejects.toMatchObject({
    data: { code: 'auth-failed', cause: expect.stringContaining('Host key verification failed') as string },
  });
  expect(asked).toMatchObject([{ kind: 'confirm', text: expect.stringContaining('authenticity of host') as string }]);
});

it('asks whether the host is right and for the key’s passphrase, once', async () => {
  asked = [];
  answers = ({ kind }) => (kind === 'confirm' ? 'yes' : server.passphrase);
  const { domains } = await client.call('connections.open', { uri });
  expect(domains.map(({ name }) => name)).toEqual(['test']);
  expect(asked.map(({ kind }) => kind)).toEqual(['confirm', 'secret']);
  expect(readFileSync(server.knownHosts, 'utf8')).toContain('ssh-ed25519');
  // The connection to the host is kept for a while, and nobody is asked again.
  await client.call('connections.close', { uri });
  await client.call('connections.open', { uri });
  expect(asked).toHaveLength(2);
});

it('reaches the machines there', async () => {
  const { domains } = await client.call('connections.open', { uri });
  const uuid = domains[0]?.uuid ?? '';
  await client.call('domains.suspend', { uri, uuid });
  const { domains: there } = await door.hosted.engine.open('test:///default');
  expect(await there.state(uuid)).toMatchObject({ state: 'paused' });
});
