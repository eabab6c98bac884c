import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConsoleEndpoint, DomainApi } from '../../../../src-main/engine/driver.ts';
import { createConsoleSockets } from '../../../../src-main/ipc/console-sockets.ts';

/** A display that repeats what it is told. */
let server: Server;
let port: number;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-consoles-'));
  server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const withDisplay = (display: Partial<ConsoleEndpoint>): DomainApi =>
  ({ consoles: () => Promise.resolve([{ kind: 'vnc', alias: '0', ...display }]) }) as unknown as DomainApi;

async function repeats(socket: Socket, word: string): Promise<string> {
  socket.write(word);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

test('a display on every address of this host is carried, one connection each', async () => {
  const display = withDisplay({ host: '0.0.0.0', port });
  const { socketPath } = await createConsoleSockets(folder).open(display, 'uuid', { kind: 'vnc' });
  const first = connect(socketPath);
  const second = connect(socketPath);
  expect(await repeats(first, 'one')).toBe('one');
  expect(await repeats(second, 'two')).toBe('two');
  first.destroy();
  expect(await repeats(second, 'three')).toBe('three');
  second.destroy();
});

test('one that nobody reaches says so', async () => {
  const open = createConsoleSockets(folder).open(withDisplay({}), 'uuid', { kind: 'vnc' });
  await expect(open).rejects.toMatchObject({
    data: { message: "The machine's VNC display can't be reached from here." },
  });
});

test('a display whose port is closed ends the connection to it', async () => {
  const display = withDisplay({ host: '127.0.0.1', port: 1 });
  const { socketPath } = await createConsoleSockets(folder).open(display, 'uuid', { kind: 'vnc' });
  const socket = connect(socketPath);
  socket.resume();
  await once(socket, 'close');
});
