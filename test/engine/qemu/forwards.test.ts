// Ports of the host that lead into a guest which is running already.
import { once } from 'node:events';
import { createServer, connect, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { planEdit, applyEdit } from '../../../src-main/engine/plan-edit.ts';
import { changePortForwards } from '../../../src-main/engine/port-forwards.ts';
import type { ConsoleStream } from '../../../src-main/engine/driver.ts';
import { smallGuest } from '../../support/guest.ts';
import { machineXml, openQemu, type QemuEngine, until } from '../../support/qemu-engine.ts';

let engine: QemuEngine;
let uuid: string;
let serial: ConsoleStream;
let said = '';
const servers: Server[] = [];

beforeAll(async () => {
  engine = await openQemu();
  const { kernel, initrd } = smallGuest();
  ({ uuid } = await engine.domains.define(
    machineXml({
      name: 'served',
      memoryMiB: 192,
      os: `<kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>console=ttyS0 quiet</cmdline>`,
      devices: `
        <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>
        <interface type='user'>
          <mac address='52:54:00:00:00:02'/><model type='virtio'/><backend type='passt'/>
        </interface>`,
    }),
  ));
  await engine.domains.start(uuid, { paused: true });
  serial = await engine.domains.openConsole(uuid, undefined);
  serial.output.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
  await engine.domains.resume(uuid);
  await until('the guest is ready', () => said.includes('GUEST-READY') && said.includes('~# '), 120_000);
  serial.input.write('while true; do echo it is the guest | nc -l -p 7777; done &\n');
}, 150_000);

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(async () => {
  await engine.close();
});

async function listenSomewhere(): Promise<number> {
  const server = createServer();
  servers.push(server);
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function freePort(): Promise<number> {
  const port = await listenSomewhere();
  const server = servers.pop();
  server?.close();
  return port;
}

/** What answers on a port of this host; undefined when nothing listens there. */
async function ask(port: number): Promise<string | undefined> {
  const socket = connect({ port, host: '127.0.0.1' });
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  try {
    await once(socket, 'close', { signal: AbortSignal.timeout(3_000) });
    return answer;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

const add = async (hostPort: number, guestPort = 7777): Promise<unknown> =>
  await changePortForwards(engine.domains, uuid, undefined, {
    add: [{ protocol: 'tcp', hostPort, guestPort }],
    remove: [],
  });
const remove = async (hostPort: number): Promise<unknown> =>
  await changePortForwards(engine.domains, uuid, '52:54:00:00:00:01', {
    add: [],
    remove: [{ protocol: 'tcp', hostPort }],
  });

test('a port is forwarded to a guest that runs, is in both definitions, and goes again', async () => {
  const port = await freePort();
  expect(await ask(port)).toBeUndefined();
  await add(port);
  await until('the guest answers', async () => (await ask(port)) === 'it is the guest\n');
  for (const inactive of [true, false]) {
    expect(await engine.domains.xml(uuid, { inactive })).toContain(`<range start='${port}' to='7777'/>`);
  }
  await remove(port);
  expect(await ask(port)).toBeUndefined();
  for (const inactive of [true, false])
    expect(await engine.domains.xml(uuid, { inactive })).not.toContain('portForward');
  await expect(remove(port)).rejects.toMatchObject({ code: 'invalid-arg' });
});

test('a port that a program of the host has is told beforehand, and nothing changes', async () => {
  const taken = await listenSomewhere();
  const free = await freePort();
  const both = changePortForwards(engine.domains, uuid, '0', {
    add: [free, taken].map((hostPort) => ({ protocol: 'tcp' as const, hostPort, guestPort: 7777 })),
    remove: [],
  });
  await expect(both).rejects.toMatchObject({ code: 'resource-busy', message: expect.stringContaining(String(taken)) });
  expect(await ask(free)).toBeUndefined();
  expect(await engine.domains.xml(uuid)).not.toContain('portForward');
});

test('an edit of the hardware says that it happens now, and it does', async () => {
  const port = await freePort();
  const stored = await engine.domains.xml(uuid, { inactive: true });
  const forward = `<portForward proto='tcp' address='127.0.0.1'><range start='${port}' to='7777'/></portForward>`;
  const edited = stored.replace("<mac address='52:54:00:00:00:01'/>", `<mac address='52:54:00:00:00:01'/>${forward}`);
  expect((await planEdit(engine.domains, uuid, edited)).changes.map(({ when }) => when)).toEqual(['now']);
  await applyEdit(engine.domains, uuid, edited, 'test');
  await until('the guest answers', async () => (await ask(port)) === 'it is the guest\n');
  await remove(port);
});

test('passt takes its forwards at the next start only, and says so', async () => {
  const stored = await engine.domains.xml(uuid, { inactive: true });
  const forward = "<portForward proto='tcp'><range start='2222' to='22'/></portForward>";
  const edited = stored.replace("<backend type='passt'/>", `<backend type='passt'/>${forward}`);
  expect((await planEdit(engine.domains, uuid, edited)).changes.map(({ when }) => when)).toEqual(['next-boot']);
  await expect(
    changePortForwards(engine.domains, uuid, '52:54:00:00:00:02', {
      add: [{ protocol: 'tcp', hostPort: 2222, guestPort: 22 }],
      remove: [],
    }),
  ).rejects.toMatchObject({ code: 'operation-unsupported' });
});
