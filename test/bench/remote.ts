/** A host elsewhere: on the LAN, and behind a cable that delays and loses packets; beside virsh over the same ssh. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../src-main/host/process.ts';
import { machineXml, makeDirectories, until } from '../support/qemu-engine.ts';
import { clientFolder, openRemoteClient } from '../support/remote-client.ts';
import { type RemoteHost, startRemoteHost } from '../support/remote-host.ts';
import { median, type Row, type Section, timeMs } from './report.ts';

const machines = 100;
const running = 3;
const rounds = 3;
const oneWayMs = 100;
const lossPercent = 1;

interface Figures {
  /** What ssh alone takes until a command there has run. */
  readonly login: number;
  readonly list: number;
  readonly filled: number;
  readonly again: number;
  readonly start: number;
  readonly console: number;
  /** From a new engine to the list it remembers, the host being away. */
  readonly remembered: number;
  readonly virshList: number;
  readonly virshStart: number;
}

export async function remoteSection(): Promise<Section> {
  const near = await measure(await startRemoteHost());
  const far = await measure(await startRemoteHost({ slow: { delayMs: oneWayMs, lossPercent } }));
  const rows = (where: string, figures: Figures, trips: boolean): readonly Row[] => {
    const row = (measure: string, ours: number, peer?: number): Row => ({
      measure: `${where}: ${measure}`,
      unit: 'ms',
      ours,
      ...(peer === undefined ? {} : { peer }),
    });
    const count = (measure: string, ms: number): Row => ({
      measure: `${where}: round trips to ${measure}`,
      unit: '',
      ours: Math.round(ms / (2 * oneWayMs)),
    });
    return [
      row('ssh alone', figures.login),
      row(`connect to the first list of ${machines}`, figures.list, figures.virshList),
      row(`connect to all of ${machines} filled`, figures.filled),
      row('the list once more', figures.again),
      row('start, and know it', figures.start, figures.virshStart),
      row('console to its first bytes', figures.console),
      { ...row('a new engine to the remembered list, host away', figures.remembered), goal: 1_000 },
      ...(trips
        ? [
            count('the first list, after ssh', figures.list - figures.login),
            count('a filled list, after ssh', figures.filled - figures.login),
            // What the server itself does takes as long near and far.
            count('a start', figures.start - near.start),
            count('a console', figures.console - near.console),
          ]
        : []),
    ];
  };
  return {
    title:
      `Another host over SSH, ${machines} machines, ${running} of them running; ` +
      `far: ${2 * oneWayMs} ms there and back, ${lossPercent} % of packets lost, by a cable of our own ` +
      '(the kernel has no sch_netem); the peer is virsh over the same ssh',
    rows: [...rows('near', near, false), ...rows('far', far, true)],
  };
}

async function measure(host: RemoteHost): Promise<Figures> {
  const place = clientFolder();
  try {
    const parameters = { known_hosts: place.knownHosts, keyfile: host.keyFile, no_verify: '1' };
    await defineMachines(host);
    return await measureClient(host, host.uri(parameters));
  } finally {
    await host.stop();
    place.remove();
  }
}

async function defineMachines({ daemon }: RemoteHost): Promise<void> {
  for (let number = 0; number < machines; number += 1) {
    const devices = "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/><serial type='pty'/>";
    const xml = machineXml({ name: `m${number}`, devices });
    const file = join(daemon.folder, 'machine.xml');
    writeFileSync(file, xml);
    await daemon.run(['virsh', 'define', file]);
    if (number < running) await daemon.run(['virsh', 'start', `m${number}`]);
  }
}

async function measureClient(host: RemoteHost, text: string): Promise<Figures> {
  const directories = makeDirectories();
  const taken: { login: number; list: number; filled: number; again: number; start: number; console: number }[] = [];
  const virsh: { list: number; start: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const words = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-i', host.keyFile];
    const login = await timeMs(async () => await run(['ssh', ...words, `${host.user}@${host.address}`, 'true']));
    const far = await openRemoteClient(host, makeDirectories());
    try {
      const uri = await far.client.call('connections.add', { uri: text });
      const beganMs = performance.now();
      await far.client.call('connections.open', { uri });
      const list = performance.now() - beganMs;
      const { domains } = await far.hosted.engine.open(uri);
      await until(
        'all are filled',
        () => (domains.known?.() ?? []).every(({ maxMemoryKiB }) => maxMemoryKiB > 0),
        120_000,
      );
      const filled = performance.now() - beganMs;
      const again = await timeMs(async () => await far.client.call('domains.list', { uri }));
      const { uuid } = await far.client.call('domains.lookup', { uri, text: `m${running}` });
      const start = await timeMs(async () => await far.client.call('domains.start', { uri, uuid }));
      const console = await timeMs(async () => {
        const { socketPath } = await far.client.call('domains.open-console', { uri, uuid, kind: 'vnc' });
        const socket = connect(socketPath);
        await once(socket, 'data');
        socket.destroy();
      });
      await far.client.call('domains.destroy', { uri, uuid });
      taken.push({ login, list, filled, again, start, console });
    } finally {
      await far.close();
    }
    virsh.push({
      list: await timeMs(async () => await run(['virsh', '-c', text, 'list', '--all'], { timeoutMs: 120_000 })),
      start: await timeMs(async () => await run(['virsh', '-c', text, 'start', `m${running}`], { timeoutMs: 120_000 })),
    });
    await host.daemon.run(['virsh', 'destroy', `m${running}`]);
  }
  const middle = <K extends string>(list: readonly Readonly<Record<K, number>>[], key: K): number =>
    median(list.map((each) => each[key]));
  return {
    login: middle(taken, 'login'),
    list: middle(taken, 'list'),
    filled: middle(taken, 'filled'),
    again: middle(taken, 'again'),
    start: middle(taken, 'start'),
    console: middle(taken, 'console'),
    remembered: await rememberedMs(host, text, directories),
    virshList: middle(virsh, 'list'),
    virshStart: middle(virsh, 'start'),
  };
}

/** What a window that starts while the host is away waits for its list. */
async function rememberedMs(
  host: RemoteHost,
  text: string,
  directories: ReturnType<typeof makeDirectories>,
): Promise<number> {
  const before = await openRemoteClient(host, directories);
  const uri = await before.client.call('connections.add', { uri: text });
  await before.client.call('connections.open', { uri });
  await delay(3_000);
  await before.close();
  await host.setLink('down');
  const beganMs = performance.now();
  const far = await openRemoteClient(host, directories);
  const list = await far.client.call('connections.remembered', { uri });
  const took = performance.now() - beganMs;
  await far.close();
  if (list.length !== machines) throw new Error(`${list.length} machines are remembered`);
  return took;
}
