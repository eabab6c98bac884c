/** The two applications that are measured beside each other, each with machines of its own, started as users start them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { xdgDirectories } from '../../src-main/host/xdg.ts';
import { createHome } from '../support/app-home.ts';
import { ask } from '../support/ask.ts';
import { launchApp } from '../support/electron.ts';
import { startPrivateLibvirtd } from '../support/private-libvirtd.ts';
import { openQemu } from '../support/qemu-engine.ts';
import { appUser, currentStage } from '../support/stage.ts';
import { deskXml } from './desk.ts';

const uri = 'qemu:///session';
const endTimeoutMs = 20_000;
const peerScript = fileURLToPath(new URL('peer/libvirt_machines.py', import.meta.url));

/** A running application. */
export interface Running {
  readonly pid: number;
  /** `performance.now()` just before it was started. */
  readonly startedAt: number;
  /** Ends it; machines go on. */
  end(): Promise<void>;
}

export interface Contender {
  /** Sees to it that machines up to this number are defined. */
  define(count: number): Promise<void>;
  /** Starts all that are defined. */
  startMachines(): Promise<void>;
  start(display: string): Promise<Running>;
  /** What belongs to it without being started by it. */
  daemon(): Promise<number | undefined>;
  dispose(): Promise<void>;
}

const nameOf = (index: number): string => `desk${index}`;

/** The application as built, from a folder of its own, as a user that is not root. */
export function ourselves(): Contender {
  const home = createHome();
  const directories = xdgDirectories({ env: home.env, home: home.folder });
  let defined: string[] = [];
  return {
    async define(count) {
      giveTo(home.folder, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
      const engine = await openQemu({ ...directories });
      for (let index = defined.length; index < count; index += 1) {
        defined = [...defined, (await engine.domains.define(deskXml(nameOf(index)))).uuid];
      }
      await engine.leave();
      if (appUser !== undefined) giveTo(home.folder, appUser.uid, appUser.gid);
    },
    async startMachines() {
      const launched = await launchApp({ home });
      await launched.window.getByRole('navigation').first().waitFor();
      for (const uuid of defined) await ask(launched.window, 'domains.start', { uri, uuid });
      await launched.close();
    },
    start: async (display) => {
      const { electron, app } = currentStage();
      return await startProgram([electron, app], home.folder, { ...home.env, DISPLAY: display });
    },
    daemon: () => Promise.resolve(undefined),
    dispose: () => {
      home.dispose();
      return Promise.resolve();
    },
  };
}

/** virt-manager with a private libvirtd. It opens its window only after the list is there. */
export async function virtManager(): Promise<Contender> {
  const libvirtd = await startPrivateLibvirtd();
  const home = mkdtempSync(join(tmpdir(), 'vivarium-peer-'));
  writeFileSync(join(libvirtd.folder, 'desk.xml'), deskXml('desk'));
  let defined = 0;
  const script = (verb: string, from: number, to: number): Promise<string> =>
    libvirtd.run(['/usr/bin/python3', peerScript, libvirtd.folder, verb, String(from), String(to)], {
      timeoutMs: 300_000,
    });
  return {
    async define(count) {
      await script('define', defined, count);
      defined = count;
    },
    async startMachines() {
      await script('start', 0, defined);
    },
    start: async (display) => {
      const enter = ['nsenter', '-t', String(await libvirtd.pid()), '-m', '--'];
      return await startProgram(
        [...enter, '/usr/bin/virt-manager', '--no-fork', '--connect', 'qemu:///system'],
        home,
        // Settings of its own, and no accessibility bus, for which it would wait.
        { HOME: home, XDG_RUNTIME_DIR: home, GSETTINGS_BACKEND: 'memory', NO_AT_BRIDGE: '1', DISPLAY: display },
      );
    },
    daemon: () => libvirtd.pid(),
    dispose: async () => {
      await libvirtd.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Starts a program with little more in its environment than what is given. */
export async function startProgram(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Running> {
  const startedAt = performance.now();
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    cwd,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8', ...env },
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error(`${argv[0]} has no process`);
  return { pid: child.pid, startedAt, end: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
  await exited;
  clearTimeout(timer);
}

function giveTo(folder: string, uid: number, gid: number): void {
  chownSync(folder, uid, gid);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!lstatSync(join(folder, name)).isSymbolicLink()) chownSync(join(folder, name), uid, gid);
  }
}
