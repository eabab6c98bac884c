import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QmpClient, type QmpConnectOptions } from '../../../../../../src-main/drivers/qemu/qmp/client.ts';
import { MonitorClosedError, QmpError } from '../../../../../../src-main/drivers/qemu/qmp/error.ts';

const greeting = { QMP: { version: { qemu: { major: 9, minor: 0, micro: 0 }, package: '' }, capabilities: [] } };
type Command = { execute: string; arguments?: unknown; id: number };

let folder: string;
let path: string;
let server: Server | undefined;
let client: QmpClient | undefined;

/** A monitor that answers with `answer`; what that returns is sent, one message a line. */
async function monitor(answer: (command: Command, socket: Socket) => unknown[]): Promise<void> {
  server = createServer((socket) => {
    socket.write(`${JSON.stringify(greeting)}\r\n`);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const command = JSON.parse(text.slice(0, end)) as Command;
        text = text.slice(end + 1);
        const messages =
          command.execute === 'qmp_capabilities' ? [{ return: {}, id: command.id }] : answer(command, socket);
        for (const message of messages) socket.write(`${JSON.stringify(message)}\r\n`);
      }
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
}

const open = async (options: QmpConnectOptions = {}): Promise<QmpClient> => {
  client = await QmpClient.connect(path, { timeoutMs: 2000, ...options });
  return client;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmp-'));
  path = join(folder, 'm.sock');
});

afterEach(async () => {
  client?.close();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  client = undefined;
  await rm(folder, { recursive: true });
});

describe('QmpClient', () => {
  it('matches answers that come in another order', async () => {
    const held: Command[] = [];
    await monitor((command) => {
      held.push(command);
      return held.length < 2 ? [] : held.reverse().map(({ execute, id }) => ({ return: execute, id }));
    });
    const qmp = await open();
    await expect(Promise.all([qmp.execute('first'), qmp.execute('second')])).resolves.toEqual(['first', 'second']);
  });

  it('tells of an event before the answer it came with', async () => {
    await monitor(({ id }) => [
      { event: 'RESUME', timestamp: { seconds: 12, microseconds: 345678 } },
      { return: {}, id },
    ]);
    const order: string[] = [];
    const qmp = await open({ onEvent: ({ name, timeMs }) => order.push(`${name} ${timeMs}`) });
    await qmp.execute('cont').then(() => order.push('answer'));
    expect(order).toEqual(['RESUME 12345', 'answer']);
  });

  it('turns an error into one that keeps QEMU’s class and description', async () => {
    await monitor(({ id }) => [{ error: { class: 'DeviceNotFound', desc: "Device 'x' not found" }, id }]);
    const qmp = await open();
    const failure = await qmp.execute('device_del', { id: 'x' }).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(QmpError);
    expect(failure).toMatchObject({
      qmpClass: 'DeviceNotFound',
      data: {
        code: 'internal-error',
        domain: 'qemu',
        message: expect.stringContaining("Device 'x' not found") as string,
      },
    });
  });

  it('gives up a command that is not answered in time, and ignores its late answer', async () => {
    let late: { command: Command; socket: Socket } | undefined;
    await monitor((command, socket) => {
      if (command.execute === 'slow') {
        late = { command, socket };
        return [];
      }
      late?.socket.write(`${JSON.stringify({ return: 'late', id: late.command.id })}\r\n`);
      return [{ return: 'prompt', id: command.id }];
    });
    const qmp = await open();
    await expect(qmp.execute('slow', undefined, { timeoutMs: 20 })).rejects.toMatchObject({
      data: { code: 'operation-timeout' },
    });
    await expect(qmp.execute('next')).resolves.toBe('prompt');
  });

  it('gives up a command whose signal is aborted', async () => {
    await monitor(() => []);
    const qmp = await open();
    const controller = new AbortController();
    const answer = qmp.execute('slow', undefined, { signal: controller.signal });
    controller.abort(new Error('changed my mind'));
    await expect(answer).rejects.toThrow('changed my mind');
  });

  it('rejects everything that waits, and says so once, when the monitor goes', async () => {
    await monitor((_command, socket) => {
      socket.destroy();
      return [];
    });
    const reasons: MonitorClosedError[] = [];
    const qmp = await open({ onClose: (reason) => reasons.push(reason) });
    await expect(qmp.execute('quit')).rejects.toBeInstanceOf(MonitorClosedError);
    expect(qmp.isOpen).toBe(false);
    expect(reasons).toHaveLength(1);
    await expect(qmp.execute('more')).rejects.toBeInstanceOf(MonitorClosedError);
  });

  it('waits for a socket that is not there yet', async () => {
    const opening = open({ waitForSocket: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await monitor(({ id }) => [{ return: 'here', id }]);
    await expect((await opening).execute('x')).resolves.toBe('here');
  });

  it('says that there is no monitor', async () => {
    await expect(open()).rejects.toMatchObject({ data: { code: 'operation-failed' } });
    await expect(open({ waitForSocket: true, timeoutMs: 30 })).rejects.toMatchObject({
      data: { code: 'operation-timeout' },
    });
  });

  it('closes on what is not the protocol', async () => {
    await monitor((_command, socket) => {
      socket.write('not json\n');
      return [];
    });
    const qmp = await open();
    await expect(qmp.execute('x')).rejects.toThrow(/not QMP/);
  });
});
