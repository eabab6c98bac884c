import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestAgent } from '../../../../../../src-main/drivers/qemu/agent/guest-agent.ts';

interface Command {
  readonly execute: string;
  readonly arguments?: { readonly id?: number };
}

let folder: string;
let path: string;
let server: Server | undefined;
let agent: GuestAgent | undefined;

/** A guest that answers commands with what `answer` returns; `undefined` is silence. */
async function guest(answer: (command: Command, socket: Socket) => string | undefined): Promise<void> {
  server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      // A real agent forgets what it was reading at the mark.
      text += chunk.toString('latin1').replaceAll('\xff', '');
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const command = JSON.parse(text.slice(0, end)) as Command;
        text = text.slice(end + 1);
        const reply = answer(command, socket);
        if (reply !== undefined) socket.write(Buffer.from(reply, 'latin1'));
      }
    });
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  agent = await GuestAgent.connect(path);
}

const synced = (command: Command): string | undefined =>
  command.execute === 'guest-sync-delimited' ? `\xff{"return":${command.arguments?.id}}\n` : undefined;

const connected = (): GuestAgent => {
  if (agent === undefined) throw new Error('not connected');
  return agent;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qga-'));
  path = join(folder, 'qga');
});
afterEach(() => {
  agent?.close();
  server?.close();
  rmSync(folder, { recursive: true });
});

describe('GuestAgent', () => {
  it('gets in step before its first command, past what an earlier client left', async () => {
    await guest((command) =>
      command.execute === 'guest-sync-delimited'
        ? `{"return":"left over"}\n{"retu${synced(command)}`
        : '{"return":"pong"}\n',
    );
    await expect(connected().execute('guest-ping')).resolves.toBe('pong');
  });

  it('asks one thing after the other', async () => {
    const order: string[] = [];
    await guest((command) => {
      order.push(command.execute);
      return synced(command) ?? `{"return":"${command.execute}"}\n`;
    });
    const both = Promise.all([connected().execute('one'), connected().execute('two')]);
    await expect(both).resolves.toEqual(['one', 'two']);
    expect(order).toEqual(['guest-sync-delimited', 'one', 'two']);
  });

  it('passes on why the agent refuses', async () => {
    await guest((command) => synced(command) ?? '{"error":{"class":"GenericError","desc":"no such file"}}\n');
    await expect(connected().execute('guest-file-open')).rejects.toThrow(/guest-file-open.*no such file/);
  });

  it('gives up on silence, and gets in step again', async () => {
    let isSilent = true;
    await guest((command) => {
      if (command.execute === 'slow' && isSilent) return undefined;
      return synced(command) ?? '{"return":1}\n';
    });
    await expect(connected().execute('slow', undefined, 30)).rejects.toMatchObject({
      data: { code: 'agent-unresponsive' },
    });
    isSilent = false;
    await expect(connected().execute('slow')).resolves.toBe(1);
  });

  it('takes a guest that goes down in silence, or closes the channel, for one that obeys', async () => {
    await guest((command, socket) => {
      if (command.execute === 'guest-shutdown') socket.destroy();
      return synced(command);
    });
    await expect(connected().shutdown('powerdown')).resolves.toBeUndefined();
  });

  it('says so when the guest will not go down', async () => {
    await guest((command) => synced(command) ?? '{"error":{"class":"GenericError","desc":"not allowed"}}\n');
    await expect(connected().shutdown('powerdown')).rejects.toThrow(/not allowed/);
  });

  it('is not filled up by a guest that never ends a line', async () => {
    await guest((command) => synced(command) ?? 'x'.repeat(11 * 1024 * 1024));
    await expect(connected().execute('guest-info')).rejects.toMatchObject({ data: { code: 'agent-unresponsive' } });
  });
});
