/** libvirt's own clients in front of our engine, and in front of a private libvirtd on the same QEMU. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../../src-main/host/process.ts';
import { startPrivateLibvirtd } from '../support/private-libvirtd.ts';
import { scriptPath } from '../support/script.ts';
import { deskXml } from './desk.ts';
import { pssMB } from './process-tree.ts';
import type { Row, Section } from './report.ts';

const rounds = 9;
const many = 1000;
const guests = 30;
const loadCalls = 100_000;
const payloadBytes = 256 * 1024 * 1024;
const limitMs = 20 * 60_000;
const python = '/usr/bin/python3';
const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

interface Figures {
  readonly virshListNone: number;
  readonly virshListSome: number;
  readonly virshListMany: number;
  readonly bare: number;
  readonly info: number;
  readonly xml: number;
  readonly listMany: number;
  readonly defineUndefine: number;
  readonly virshStart: number;
  readonly virshDestroy: number;
  readonly virshDomstats: number;
  readonly allStats: number;
  readonly event: number;
  readonly upload: number;
}

interface Measured {
  readonly figures: Figures;
  /** Of the server's process, with everything defined. */
  readonly pss: number;
}

/** What 200 clients saw, of which some were killed at random. */
interface Load {
  readonly calls: number;
  readonly killed: number;
  /** Events there were, and those that a client heard which lived through it. */
  readonly changes: number;
  readonly told: number;
  readonly seconds: number;
}

export async function rpcSection(): Promise<Section> {
  const peer = await measureLibvirtd();
  const ours = await measureOurs();
  const row = (measure: string, unit: string, key: keyof Figures, goal?: number, atLeast = false): Row => ({
    measure,
    unit,
    ours: ours.figures[key],
    peer: peer.figures[key],
    ...(goal === undefined ? {} : { goal }),
    ...(atLeast ? { atLeast } : {}),
  });
  return {
    title: "The wire protocol: virsh and libvirt's Python binding in front of our engine and of libvirtd 9.0.0",
    rows: [
      row('bare call (isPersistent)', 'µs', 'bare', 1),
      row('info', 'µs', 'info'),
      row('XMLDesc', 'µs', 'xml', 0.7),
      row('defineXML + undefine', 'µs', 'defineUndefine', 0.5),
      row(`listAllDomains of ${many}`, 'ms', 'listMany', 0.8),
      row('virsh list --all of none', 'ms', 'virshListNone'),
      row(`virsh list --all of ${many / 10}`, 'ms', 'virshListSome'),
      row(`virsh list --all of ${many}`, 'ms', 'virshListMany', 0.9),
      row('virsh start', 'ms', 'virshStart', 0.3),
      row('virsh destroy', 'ms', 'virshDestroy', 0.2),
      row(`virsh domstats of ${guests}`, 'ms', 'virshDomstats', 0.25),
      row(`getAllDomainStats of ${guests}`, 'ms', 'allStats'),
      row('from a change to its event', 'ms', 'event'),
      row('virsh vol-upload', 'MB/s', 'upload'),
      { measure: `the engine's memory, ${many} defined`, unit: 'MB PSS', ours: ours.pss, goal: 80 },
      { measure: 'the same, beside libvirtd', unit: 'MB PSS', ours: ours.pss, peer: peer.pss },
      {
        measure: `memory in later rounds of ${ours.load.calls} calls by 200 clients, ${ours.load.killed} killed, to the first`,
        unit: 'ratio',
        ours: ours.growth,
        goal: 1.1,
      },
      { measure: 'calls of all of them', unit: '/s', ours: ours.load.calls / ours.load.seconds },
      { measure: 'events the survivor missed', unit: '', ours: ours.load.changes - ours.load.told, goal: 0 },
    ],
  };
}

/** What a server holds once the work is done and it had a moment to clear up. */
async function pssAtRest(pid: number): Promise<number> {
  await delay(5_000);
  return pssMB(pid);
}

/** What both sides define and upload. */
function layOut(folder: string): void {
  mkdirSync(join(folder, 'pool'), { recursive: true });
  writeFileSync(join(folder, 'desk.xml'), deskXml('desk'));
  writeFileSync(join(folder, 'payload'), Buffer.alloc(payloadBytes, 'vivarium'));
  for (const script of ['rpc_client.py', 'measure.py']) cpSync(beside(`peer/${script}`), join(folder, script));
}

const argvFor = (uri: string, folder: string): string[] => [
  python,
  join(folder, 'rpc_client.py'),
  uri,
  folder,
  String(rounds),
  String(many),
  String(guests),
];

async function measureLibvirtd(): Promise<Measured> {
  const libvirtd = await startPrivateLibvirtd();
  try {
    const folder = join(libvirtd.folder, 'bench');
    layOut(folder);
    const said = await libvirtd.run(argvFor('qemu:///system', folder), { timeoutMs: limitMs });
    return { figures: JSON.parse(said) as Figures, pss: await pssAtRest(await libvirtd.pid()) };
  } finally {
    await libvirtd.stop();
  }
}

async function measureOurs(): Promise<Measured & { readonly load: Load; readonly growth: number }> {
  const home = mkdtempSync(join(tmpdir(), 'rpc-'));
  const folder = join(home, 'bench');
  layOut(folder);
  // As shipped.
  execFileSync(process.execPath, [scriptPath('setup/build.mjs')], { stdio: 'inherit' });
  const script = beside('../../out/main/cli.cjs');
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const env = {
    ...process.env,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
  const engine = spawn(process.execPath, [script, 'daemon'], { stdio: ['ignore', 'pipe', 'inherit'], env });
  try {
    await once(engine.stdout, 'data');
    const uri = `qemu+unix:///session?socket=${join(runtime, 'vivarium/libvirt-sock')}`;
    const { stdout } = await run(argvFor(uri, folder), { timeoutMs: limitMs });
    const pss = await pssAtRest(engine.pid ?? 0);
    const loadArgv = [python, beside('peer/rpc_load.py'), uri, String(loadCalls)];
    // Garbage comes and goes: what counts is whether later rounds need more than the first.
    const rounds: { readonly load: Load; readonly pss: number }[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { stdout: said } = await run(loadArgv, { timeoutMs: limitMs });
      rounds.push({ load: JSON.parse(said) as Load, pss: await pssAtRest(engine.pid ?? 0) });
    }
    const [first, ...later] = rounds;
    const load = later.at(-1)?.load;
    if (first === undefined || load === undefined) throw new Error('there were no rounds');
    const growth = Math.max(...later.map((round) => round.pss)) / first.pss;
    return { figures: JSON.parse(stdout) as Figures, pss, load, growth };
  } finally {
    const ended = once(engine, 'exit');
    engine.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}
