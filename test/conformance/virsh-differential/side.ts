/** One of the two that are compared: its folder of files and how virsh reaches it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../../src-main/host/process.ts';
import { smallGuest } from '../../support/guest.ts';
import { readScript, type Step } from './script.ts';

export interface Side {
  readonly folder: string;
  readonly uri: string;
}

/** What virsh answered. */
export interface Answer {
  /** With `@DIR@` for the folder. */
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

const commandTimeoutMs = 60_000;
const MiB = 1024 * 1024;

/** Definitions and images that the script names, in a folder that another user may read and write. */
export async function layOut(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const data = join(import.meta.dirname, 'data');
  const guest = smallGuest();
  copyFileSync(guest.kernel, join(folder, 'vmlinuz'));
  copyFileSync(guest.initrd, join(folder, 'initrd.gz'));
  for (const name of readdirSync(data)) {
    const text = readFileSync(join(data, name), 'utf8')
      .replaceAll('@DIR@', folder)
      .replaceAll('@KERNEL@', join(folder, 'vmlinuz'))
      .replaceAll('@INITRD@', join(folder, 'initrd.gz'));
    writeFileSync(join(folder, name), text);
  }
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', join(folder, 'web.qcow2'), '32M']);
  writeFileSync(join(folder, 'extra.img'), Buffer.alloc(2 * MiB, 'vivarium'));
  writeFileSync(join(folder, 'one.iso'), Buffer.alloc(MiB, 1));
  writeFileSync(join(folder, 'two.iso'), Buffer.alloc(MiB, 2));
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o666);
  chmodSync(folder, 0o777);
  cpSync(join(folder, 'web.qcow2'), join(folder, 'web.qcow2.fresh'));
}

/** Asks everything, one command after the other. */
export async function ask(side: Side, only?: RegExp): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let listening: Listening | undefined;
  for (const step of readScript(side.folder)) {
    switch (step.kind) {
      case 'event':
        listening = await listen(side, step.argv);
        break;
      case 'told':
        if (listening !== undefined) answers.push(await listening.end());
        listening = undefined;
        break;
      case 'until':
      case 'file':
        await wait(side, step);
        break;
      case 'virsh':
        if (only === undefined || only.test(step.argv.join(' '))) answers.push(await virsh(side, step.argv));
    }
  }
  return answers;
}

async function virsh(side: Side, argv: readonly string[]): Promise<Answer> {
  const started = performance.now();
  const { stdout, stderr, exitCode } = await run(['virsh', '-c', side.uri, ...argv], {
    timeoutMs: commandTimeoutMs,
    env: { LC_ALL: 'C' },
    acceptCodes: [0, 1],
  });
  return { command: commandOf(side, argv), exitCode, stdout, stderr, tookMs: performance.now() - started };
}

async function wait(side: Side, step: Extract<Step, { kind: 'until' | 'file' }>): Promise<void> {
  const look = async (): Promise<string> => {
    if (step.kind === 'until') return (await virsh(side, step.argv)).stdout;
    return existsSync(step.path) ? readFileSync(step.path, 'utf8') : '';
  };
  for (const deadline = Date.now() + step.seconds * 1000; Date.now() < deadline; await delay(250)) {
    if (step.pattern.test(await look())) return;
  }
  // The commands that follow tell what did not happen.
}

interface Listening {
  end(): Promise<Answer>;
}

async function listen(side: Side, argv: readonly string[]): Promise<Listening> {
  const child: ChildProcess = spawn('virsh', ['-c', side.uri, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const exit = once(child, 'exit');
  // It says nothing once it listens.
  await delay(1_000);
  const command = commandOf(side, argv);
  return {
    async end() {
      await delay(500);
      child.kill('SIGINT');
      const [code] = (await exit) as [number | null];
      return { command, exitCode: code ?? -1, stdout, stderr, tookMs: 0 };
    },
  };
}

const commandOf = (side: Side, argv: readonly string[]): string => argv.join(' ').replaceAll(side.folder, '@DIR@');
