/** The control plane: starting, stopping, defining, figures, coming back; beside a private libvirtd on the same QEMU. */
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { VirError } from '../../src-shared/errors.ts';
import { corpusDir } from '../support/corpus.ts';
import { startPrivateLibvirtd } from '../support/private-libvirtd.ts';
import { makeDirectories, openQemu, type QemuEngine } from '../support/qemu-engine.ts';
import { deskXml } from './desk.ts';
import { median, type Row, type Section, timeMs } from './report.ts';

const rounds = 9;
const guests = 30;
const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What each of upstream's definitions took, in ms; null where it was refused. */
type Took = Readonly<Record<string, number | null>>;

interface Figures {
  readonly start: number;
  readonly destroy: number;
  readonly tenStarts: number;
  readonly stats: number;
  readonly statsQemuCpu: number;
  readonly reattach: number;
}

export async function controlSection(): Promise<Section> {
  const peer = await measurePeer();
  const ours = await measureOurs();
  const { qemuAlone } = ours;
  const native = compare(ours.corpus.native, peer.corpus.native);
  const define = compare(ours.corpus.define, peer.corpus.define);
  const row = (measure: string, unit: string, key: keyof Figures, goal: number, atLeast = false): Row => ({
    measure,
    unit,
    ours: ours[key],
    peer: peer[key],
    goal,
    ...(atLeast ? { atLeast } : {}),
  });
  return {
    title: `Control plane; the peer is libvirtd 9.0.0 through its Python binding; ours is the engine's own interface`,
    rows: [
      { measure: 'start, against QEMU alone', unit: 'ms', ours: ours.start, peer: qemuAlone, goal: 2 },
      row('start', 'ms', 'start', 0.3),
      row('ten starts at once', 'ms', 'tenStarts', 0.35),
      { measure: 'destroy', unit: 'ms', ours: ours.destroy, goal: 15 },
      row('destroy', 'ms', 'destroy', 0.2),
      row(`re-attach of ${guests}, every monitor answers`, 'ms', 'reattach', 0.6),
      row(`statistics of ${guests}`, 'ms', 'stats', 0.25),
      row(`CPU in the ${guests} QEMUs for them`, 'ms', 'statsQemuCpu', 0.3),
      { ...define.perSecond, measure: `define + dumpxml + undefine, ${define.of}, fsync kept`, goal: 2 },
      { ...define.median, measure: 'the same, the median definition' },
      { ...native.perSecond, measure: `XML → QEMU command line, ${native.of}`, goal: 3 },
      { ...native.median, measure: 'the same, the median definition' },
    ],
  };
}

/** Over the definitions that neither side refuses. */
function compare(ours: Took, peer: Took): Record<'perSecond' | 'median', Omit<Row, 'measure'>> & { of: string } {
  const both = Object.entries(ours).flatMap(([name, ms]) => {
    const other = peer[name];
    return ms === null || other === null || other === undefined ? [] : [[ms, other] as const];
  });
  const of = (side: 0 | 1): number[] => both.map((pair) => pair[side]);
  const rate = (side: 0 | 1): number => (both.length * 1000) / of(side).reduce((sum, ms) => sum + ms, 0);
  return {
    of: `${both.length} of upstream's definitions`,
    perSecond: { unit: '/s', ours: rate(0), peer: rate(1), atLeast: true },
    median: { unit: 'ms', ours: median(of(0)), peer: median(of(1)) },
  };
}

interface Corpus {
  readonly native: Took;
  readonly define: Took;
}

async function measurePeer(): Promise<Figures & { readonly corpus: Corpus }> {
  const libvirtd = await startPrivateLibvirtd();
  try {
    writeFileSync(join(libvirtd.folder, 'desk.xml'), deskXml('desk'));
    const text = await libvirtd.run(
      ['/usr/bin/python3', beside('peer/libvirt_peer.py'), libvirtd.folder, String(rounds), String(guests)],
      { timeoutMs: 300_000 },
    );
    const corpus = await libvirtd.run(
      ['/usr/bin/python3', beside('peer/libvirt_corpus.py'), corpusFolder(), JSON.stringify(corpusNames()), '2'],
      { timeoutMs: 300_000 },
    );
    await libvirtd.endDaemon();
    const began = Date.now();
    libvirtd.startDaemon();
    const there = await libvirtd.run(['/usr/bin/python3', beside('peer/libvirt_restart.py'), String(guests)]);
    return {
      ...(JSON.parse(text) as Omit<Figures, 'reattach'>),
      corpus: JSON.parse(corpus) as Corpus,
      reattach: Number(there) * 1000 - began,
    };
  } finally {
    await libvirtd.stop();
  }
}

async function measureOurs(): Promise<Figures & { readonly qemuAlone: number; readonly corpus: Corpus }> {
  const directories = makeDirectories();
  let engine = await openQemu(directories);
  try {
    const first = await engine.domains.define(deskXml('desk0'));
    const starts: number[] = [];
    const destroys: number[] = [];
    let argv: readonly string[] = [];
    // What the run leaves for QEMU (its key) goes with the run, and is wanted once more without an engine.
    const kept = join(directories.state, 'bench-run');
    for (let round = 0; round < rounds; round += 1) {
      starts.push(await timeMs(() => engine.domains.start(first.uuid)));
      argv = commandLineOf(engine, 'desk0');
      if (round === 0)
        cpSync(runFolderOf(argv), kept, { recursive: true, filter: (path) => !statSync(path).isSocket() });
      destroys.push(await timeMs(() => engine.domains.destroy(first.uuid)));
    }
    const alone: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      cpSync(kept, runFolderOf(argv), { recursive: true });
      alone.push(await qemuAloneMs(argv));
    }
    rmSync(runFolderOf(argv), { recursive: true, force: true });
    rmSync(kept, { recursive: true, force: true });
    await engine.domains.undefine(first.uuid);

    const corpus = await corpusOf(engine);

    const uuids: string[] = [];
    for (let index = 0; index < guests; index += 1) {
      uuids.push((await engine.domains.define(deskXml(`desk${index}`))).uuid);
    }
    const tenStarts = await timeMs(() => Promise.all(uuids.slice(0, 10).map((uuid) => engine.domains.start(uuid))));
    for (const uuid of uuids.slice(10)) await engine.domains.start(uuid);

    await engine.domains.stats();
    const pids = uuids.map((_, index) => pidOf(engine, `desk${index}`));
    const before = cpuMs(pids);
    const samples: number[] = [];
    for (let sample = 0; sample < 20; sample += 1) samples.push(await timeMs(() => engine.domains.stats()));
    const statsQemuCpu = (cpuMs(pids) - before) / samples.length;

    await engine.leave();
    await bundleReattach(directories);
    // The first start keeps what it compiled, as an installed one has.
    await reattachMs(directories);
    const reattach = await reattachMs(directories);
    engine = await openQemu(directories);
    return {
      start: median(starts),
      destroy: median(destroys),
      qemuAlone: median(alone),
      corpus,
      tenStarts,
      stats: median(samples),
      statsQemuCpu,
      reattach,
    };
  } finally {
    await engine.close();
  }
}

const corpusFolder = (): string => join(corpusDir(), 'qemuxml2argvdata');

/** libvirtd 9.0.0 crashes on definitions of those names. */
const corpusNames = (): string[] =>
  readdirSync(corpusFolder()).filter((name) => name.endsWith('.xml') && !/net-hostdev|teaming/.test(name));

/** What each definition of the corpus took the second time, as the peer is measured. */
async function corpusOf({ connection, domains }: QemuEngine): Promise<Corpus> {
  const texts = corpusNames().map((name) => [name, readFileSync(join(corpusFolder(), name), 'utf8')] as const);
  const each = async (work: (xml: string) => Promise<unknown>): Promise<Took> => {
    const took: Record<string, number | null> = {};
    for (const [name, xml] of texts) {
      took[name] = await timeMs(() => work(xml)).catch((thrown: unknown) => {
        if (thrown instanceof VirError) return null;
        throw thrown;
      });
    }
    return took;
  };
  const convert = async (xml: string): Promise<unknown> => connection.domainXmlToNative?.('qemu-argv', xml);
  const cycle = async (xml: string): Promise<void> => {
    const { uuid } = await domains.define(xml);
    await domains.xml(uuid);
    await domains.undefine(uuid, { nvram: 'keep' });
  };
  await each(convert);
  const native = await each(convert);
  await each(cycle);
  return { native, define: await each(cycle) };
}

/** From the start of a new process to the moment every monitor has answered it, as the peer is measured. */
async function reattachMs(directories: ReturnType<typeof makeDirectories>): Promise<number> {
  const began = Date.now();
  const child = spawn(
    process.execPath,
    [join(directories.state, 'start.cjs'), JSON.stringify(directories), String(guests)],
    // As a desktop starts it: certificates that Node would read first are this machine's own matter.
    { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } },
  );
  let said = '';
  for await (const chunk of child.stdout) said += String(chunk);
  return Number(said) - began;
}

/** As shipped: bundled, and what was compiled at the first start is kept for the next. */
async function bundleReattach({ state, cache }: ReturnType<typeof makeDirectories>): Promise<void> {
  const start = `import { keepCompiled } from ${JSON.stringify(beside('../../src-main/host/compile-cache.ts'))};
keepCompiled(__dirname, ${JSON.stringify(join(cache, 'code'))});
require(__dirname + '/reattach.cjs');`;
  const common = { bundle: true, minifyWhitespace: true, platform: 'node', format: 'cjs', logLevel: 'error' } as const;
  await build({ ...common, entryPoints: [beside('reattach.ts')], outfile: join(state, 'reattach.cjs') });
  await build({ ...common, stdin: { contents: start, resolveDir: state }, outfile: join(state, 'start.cjs') });
}

function commandLineOf(engine: QemuEngine, name: string): readonly string[] {
  return readFileSync(`/proc/${pidOf(engine, name)}/cmdline`, 'utf8')
    .split('\0')
    .slice(0, -1);
}

/** Found in /proc, as anybody would: the engine does not tell. */
function pidOf(engine: QemuEngine, name: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const words = cmdline(entry);
    const ours =
      words.some((word) => word.startsWith(`guest=${name},`)) &&
      words.some((word) => word.includes(engine.directories.runtime));
    if (ours) return Number(entry);
  }
  throw new Error(`no QEMU runs for '${name}'`);
}

function cmdline(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    // It has just ended.
    return [];
  }
}

function cpuMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const words = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(words[11]) + Number(words[12])) * 10;
  }, 0);
}

function monitorOf(argv: readonly string[]): string {
  const path = /path=([^,]+)/.exec(argv.find((word) => word.includes('id=charmonitor')) ?? '')?.[1];
  if (path === undefined) throw new Error('the monitor is not on a named socket');
  return path;
}

const runFolderOf = (argv: readonly string[]): string => dirname(monitorOf(argv));

/** The same command line without an engine: exec to the answer of `cont`. */
async function qemuAloneMs(argv: readonly string[]): Promise<number> {
  const [binary = '', ...rest] = argv;
  const monitor = monitorOf(argv);
  rmSync(monitor, { force: true });
  const start = performance.now();
  const child = spawn(binary, rest, { stdio: ['ignore', 'ignore', 'ignore'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const socket = await connected(monitor);
  let said = '';
  const answer = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if ((said.match(/"return"|"QMP"/g)?.length ?? 0) >= count) resolve();
        else socket.once('data', look);
      };
      look();
    });
  socket.on('data', (chunk) => (said += chunk.toString()));
  await answer(1);
  socket.write('{"execute":"qmp_capabilities"}\n');
  await answer(2);
  socket.write('{"execute":"cont"}\n');
  await answer(3);
  const elapsed = performance.now() - start;
  socket.destroy();
  child.kill('SIGKILL');
  await exited;
  return elapsed;
}

async function connected(path: string): Promise<Socket> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; ) {
    const socket = connect(path);
    const ok = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (ok) return socket;
    await delay(1);
  }
  throw new Error('QEMU alone did not come up');
}
