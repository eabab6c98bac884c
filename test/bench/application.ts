/**
 * The application as built beside virt-manager and remote-viewer, one at a time on the same display: until its list is
 * drawn, its memory, what it takes while nothing happens, until a console's first pixels. Drawn is what the X server's
 * frame buffer has; a picture counts when it is the one that stays.
 */
import { chownSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from '../support/ask.ts';
import setUpStage from '../support/e2e-setup.ts';
import { launchApp } from '../support/electron.ts';
import { screenGuestXml, writeScreenGuest } from '../support/screen-guest.ts';
import { appUser } from '../support/stage.ts';
import { type Contender, ourselves, startProgram, virtManager } from './contenders.ts';
import { cpuMs, pssMB } from './process-tree.ts';
import { median, type Row, type Section } from './report.ts';
import { type Picture, Screen } from './screen.ts';

const rounds = 5;
const idleMs = 20_000;
/** Until an application has done what it does once; until the small graphs of the list, two minutes long, are full. */
const settledMs = 15_000;
const graphsFullMs = 125_000;
const guests = 30;
/** Machines defined, and how much of virt-manager's time the list may take. */
const sizes = [
  { count: 0, goal: 1.15 },
  { count: 100, goal: 1 },
  { count: 1000, goal: 0.15 },
];
const uri = 'qemu:///session';

export async function applicationSection(): Promise<Section> {
  const tearDown = await setUpStage();
  const screen = await Screen.start();
  try {
    return {
      title:
        'Application; the peer is virt-manager 4.1 with a private libvirtd, pixels are those of the X frame buffer',
      rows: [...(await defined(screen)), ...(await running(screen)), ...(await consoles(screen))],
    };
  } finally {
    await screen.stop();
    await tearDown();
  }
}

async function withBoth<T>(work: (ours: Contender, peer: Contender) => Promise<T>): Promise<T> {
  const ours = ourselves();
  try {
    const peer = await virtManager();
    try {
      return await work(ours, peer);
    } finally {
      await peer.dispose();
    }
  } finally {
    await ours.dispose();
  }
}

/** Machines that are off: time to the list, memory, and processor time while nothing happens. */
async function defined(screen: Screen): Promise<Row[]> {
  return await withBoth(async (ours, peer) => {
    const times: Row[] = [];
    const rest: Row[] = [];
    for (const { count, goal } of sizes) {
      const both = [ours, peer];
      for (const each of both) await each.define(count);
      const finished: Picture[] = [];
      for (const each of both) finished.push(await finishedPicture(screen, each));
      const took: number[][] = [[], []];
      const used: number[][] = [[], []];
      for (let round = 0; round < rounds; round += 1) {
        for (const [index, each] of both.entries()) {
          const picture = finished[index];
          if (picture === undefined) continue;
          const start = await startUntilList(screen, each, picture);
          took[index]?.push(start.ms);
          used[index]?.push(start.cpuMs);
        }
      }
      const [mine = [], theirs = []] = took;
      log(`list of ${count}: ours ${words(mine)} ms; peer ${words(theirs)} ms`);
      log(`processor time until then: ours ${words(used[0] ?? [])} ms; peer ${words(used[1] ?? [])} ms`);
      times.push({
        measure: `exec to the list drawn, ${count} defined`,
        unit: 'ms',
        ours: median(mine),
        peer: median(theirs),
        goal,
      });
      if (count === 100) continue;
      const [mineIdle, theirsIdle] = [await idle(screen, ours), await idle(screen, peer)];
      const memory = { measure: `memory of the process tree, ${count} defined`, unit: 'MB PSS', ours: mineIdle.pss };
      rest.push({ ...memory, goal: 330 });
      rest.push({ ...memory, peer: theirsIdle.pss, goal: count === 0 ? 3.2 : 0.9, against: 'virt-manager + libvirtd' });
      if (count === 0) continue;
      const cpu = { measure: `CPU while nothing happens, ${count} defined`, unit: '% of a core', ours: mineIdle.cpu };
      rest.push({ ...cpu, goal: 2 }, { ...cpu, peer: theirsIdle.cpu, goal: 0.02 });
    }
    return [...times, ...rest];
  });
}

/** Machines that run, their firmware having found nothing to start; one application's after the other's. */
async function running(screen: Screen): Promise<Row[]> {
  const measure = async (contender: Contender, afterMs: readonly number[]): Promise<readonly number[]> => {
    try {
      await contender.define(guests);
      await contender.startMachines();
      const cpu: number[] = [];
      for (const ms of afterMs) cpu.push((await idle(screen, contender, ms)).cpu);
      return cpu;
    } finally {
      await contender.dispose();
    }
  };
  const [early = NaN, late = NaN] = await measure(ourselves(), [settledMs, graphsFullMs]);
  const [peer = NaN] = await measure(await virtManager(), [settledMs]);
  const row = (when: string, ours: number): Row => ({
    measure: `CPU while nothing happens, ${guests} running${when}`,
    unit: '% of a core',
    ours,
  });
  return [
    { ...row(', while its graphs grow', early), peer, goal: 0.5 },
    { ...row('', late), goal: 1 },
    { ...row('', late), peer, goal: 0.5 },
  ];
}

/** What is on the display once the application has come up and nothing changes any more. */
async function finishedPicture(screen: Screen, contender: Contender): Promise<Picture> {
  // Twice: the first start fills caches, and its picture may have things that are shown once.
  for (const keep of [false, true]) {
    const application = await contender.start(screen.display);
    await delay(2_000);
    const picture = await screen.settled(3_000);
    await application.end();
    if (keep) return picture;
  }
  throw new Error('there is no picture');
}

async function startUntilList(
  screen: Screen,
  contender: Contender,
  picture: Picture,
): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  await delay(500);
  if (screen.share(picture) > 0.5) throw new Error('the display still shows what was there before');
  const application = await contender.start(screen.display);
  const at = await screen.drawn(picture);
  const used = cpuMs(application.pid);
  await application.end();
  return { ms: at - application.startedAt, cpuMs: used };
}

async function idle(
  screen: Screen,
  contender: Contender,
  afterMs = settledMs,
): Promise<{ readonly pss: number; readonly cpu: number }> {
  const application = await contender.start(screen.display);
  const daemon = await contender.daemon();
  const all = daemon === undefined ? [application.pid] : [application.pid, daemon];
  const sum = (of: (pid: number) => number): number => all.reduce((total, pid) => total + of(pid), 0);
  await delay(afterMs);
  const pss = sum(pssMB);
  const [before, from] = [sum(cpuMs), performance.now()];
  await delay(idleMs);
  const cpu = ((sum(cpuMs) - before) / (performance.now() - from)) * 100;
  log(`idle: ${pss.toFixed(0)} MB, ${cpu.toFixed(2)} % of a core`);
  await application.end();
  return { pss, cpu };
}

/** From opening a machine's console to its pixels: a page of ours, a program of the peer's. */
async function consoles(screen: Screen): Promise<Row[]> {
  const launched = await launchApp({ env: { DISPLAY: screen.display } });
  try {
    const { window: page, home } = launched;
    await page.getByRole('navigation').first().waitFor();
    const disk = join(home.folder, 'screen.img');
    const serialLog = join(home.folder, 'screen.log');
    writeScreenGuest(disk);
    writeFileSync(serialLog, '');
    if (appUser !== undefined) for (const file of [disk, serialLog]) chownSync(file, appUser.uid, appUser.gid);
    const xml = screenGuestXml({ name: 'screen', disk, graphics: 'vnc', serialLog });
    const { uuid } = await ask(page, 'domains.define', { uri, xml });
    await ask(page, 'domains.start', { uri, uuid });
    await delay(3_000);
    const { socketPath } = await ask(page, 'domains.open-console', { uri, uuid, kind: 'vnc' });
    const go = (hash: string): Promise<void> =>
      page.evaluate((place) => {
        window.location.hash = place;
      }, hash);
    const place = `/console?${new URLSearchParams({ uri, uuid }).toString()}`;

    // remote-viewer does not take a VNC server on a unix socket.
    const relay = createServer((client) => {
      const server = connect(socketPath);
      client.pipe(server).pipe(client);
      client.on('error', () => server.destroy());
      server.on('error', () => client.destroy());
    });
    const port = await new Promise<number>((resolve) => {
      relay.listen(0, '127.0.0.1', () => {
        const address = relay.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const viewer = (): ReturnType<typeof startProgram> =>
      startProgram(['/usr/bin/remote-viewer', `vnc://127.0.0.1:${port}`], home.folder, {
        HOME: home.folder,
        XDG_RUNTIME_DIR: home.folder,
        GSETTINGS_BACKEND: 'memory',
        NO_AT_BRIDGE: '1',
        DISPLAY: screen.display,
      });
    await go(place);
    const { colour } = await screen.settled();
    await go('/machines');
    const first = await viewer();
    await delay(3_000);
    const theirColour = (await screen.settled()).colour;
    await first.end();

    const mine: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // Long enough for QEMU to look at the guest's screen but seldom.
      await delay(1_500);
      const begun = performance.now();
      await go(place);
      mine.push((await screen.coloured(colour)) - begun);
      await go('/machines');
      await page.getByRole('application').waitFor({ state: 'detached' });
      await delay(1_500);
      const program = await viewer();
      theirs.push((await screen.coloured(theirColour)) - program.startedAt);
      await program.end();
    }
    relay.close();
    await ask(page, 'domains.destroy', { uri, uuid });
    log(`console: ours ${words(mine)}; peer ${words(theirs)}`);
    const against = 'remote-viewer, from exec';
    return [
      {
        measure: 'console: open to first pixels',
        unit: 'ms',
        ours: median(mine),
        peer: median(theirs),
        goal: 0.3,
        against,
      },
    ];
  } finally {
    await launched.close();
  }
}

const words = (values: readonly number[]): string => values.map((value) => value.toFixed(0)).join(' ');
const log = (line: string): void => void process.stderr.write(`  ${line}\n`);
