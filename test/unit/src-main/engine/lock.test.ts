import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockState } from '../../../../src-main/engine/lock.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function contender(...args: readonly string[]): { readonly child: ChildProcess; readonly lines: Promise<string[]> } {
  const script = fileURLToPath(new URL('lock-contender.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, lines: once(child, 'close').then(() => text.trim().split('\n')) };
}

describe('the state folder', () => {
  it('is owned by one, and the error names its pid and socket', async () => {
    const lock = await lockState(folder, { socket: '/run/engine.sock' });
    await expect(lockState(folder)).rejects.toMatchObject({
      data: { code: 'resource-busy', cause: `It is process ${process.pid}, which listens on /run/engine.sock.` },
    });
    lock.release();
    (await lockState(folder)).release();
    expect(readdirSync(join(folder, 'lock'))).toEqual([]);
  });

  it('never has two owners, however many processes compete, and is not lost between them', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => contender('compete', '1500').lines));
    const words = all.flat();
    expect(words.filter((word) => word !== 'won' && word !== 'lost')).toEqual([]);
    expect(words.filter((word) => word === 'won').length).toBeGreaterThan(10);
    expect(words.filter((word) => word === 'lost').length).toBeGreaterThan(10);
  }, 30_000);

  it('is taken over from a process that was killed', async () => {
    const { child } = contender('hold', '60000');
    await once(child.stdout ?? child, 'data');
    await expect(lockState(folder)).rejects.toThrow(`It is process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    (await lockState(folder)).release();
  }, 20_000);

  it('is not taken from an engine on another host', async () => {
    mkdirSync(join(folder, 'lock'));
    const claim = { pid: 1, startTime: 1, bootId: 'ffffffff-0000', hostname: `not-${hostname()}` };
    writeFileSync(join(folder, 'lock', 'ffffffff-1-1.claim'), JSON.stringify(claim));
    await expect(lockState(folder)).rejects.toThrow(`process 1 on not-${hostname()}`);
  }, 10_000);

  it('is free after the host was started again, whoever has the pid now', async () => {
    mkdirSync(join(folder, 'lock'));
    const claim = { pid: process.pid, startTime: 1, bootId: 'ffffffff-0000', hostname: hostname() };
    writeFileSync(join(folder, 'lock', `ffffffff-${process.pid}-1.claim`), JSON.stringify(claim));
    (await lockState(folder)).release();
  });
});
