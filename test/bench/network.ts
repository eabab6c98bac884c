/**
 * Virtual networks against libvirtd's, each in a host of namespaces of its own, in turns: starting and destroying one and
 * fifty, and what comes through from a guest to the host and to the outside.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { internetAddress, Lab, type LabEngine } from '../engine/network/lab.ts';
import { median, type Section, timeMs } from './report.ts';

const turns = 5;
const roundsOfTurn = 3;
const many = 50;

const template = `<network><name>bench-NUMBER</name><forward mode='nat'/><bridge name='vbr-NUMBER'/>
  <ip address='10.77.NUMBER.1' netmask='255.255.255.0'>
    <dhcp><range start='10.77.NUMBER.2' end='10.77.NUMBER.254'/></dhcp>
  </ip></network>`;
const networkXml = (number: number): string => template.replaceAll('NUMBER', String(number));

interface Figures {
  readonly starts: readonly number[];
  readonly destroys: readonly number[];
  readonly startMany?: number;
  readonly destroyMany?: number;
  readonly startTogether?: number;
  readonly destroyTogether?: number;
}

async function ours({ networks }: LabEngine): Promise<Figures> {
  const { uuid } = await networks.define(networkXml(1));
  const starts: number[] = [];
  const destroys: number[] = [];
  for (let round = 0; round < roundsOfTurn; round += 1) {
    starts.push(await timeMs(() => networks.start(uuid)));
    destroys.push(await timeMs(() => networks.destroy(uuid)));
  }
  await networks.undefine(uuid);
  return { starts, destroys };
}

async function oursMany(engine: LabEngine): Promise<Figures> {
  const { networks } = engine;
  const uuids: string[] = [];
  for (let number = 1; number <= many; number += 1) uuids.push((await networks.define(networkXml(number))).uuid);
  const oneByOne = async (method: 'start' | 'destroy'): Promise<number> =>
    await timeMs(async () => {
      for (const uuid of uuids) await networks[method](uuid);
    });
  const together = async (method: 'start' | 'destroy'): Promise<number> =>
    await timeMs(async () => await engine.together(uuids.map((uuid) => [method, uuid])));
  const figures = {
    ...{ starts: [], destroys: [] },
    ...{ startMany: await oneByOne('start'), destroyMany: await oneByOne('destroy') },
    ...{ startTogether: await together('start'), destroyTogether: await together('destroy') },
  };
  for (const uuid of uuids) await networks.undefine(uuid);
  return figures;
}

async function peer(lab: Lab, rounds: number, number: number): Promise<Figures> {
  const script = join(import.meta.dirname, 'peer/libvirt_networks.py');
  const options = { input: template, timeoutMs: 300_000 };
  return JSON.parse(await lab.run(['/usr/bin/python3', script, String(rounds), String(number)], options)) as Figures;
}

const megabytes = 2000;

const receiver = `import socket, sys
listener = socket.create_server(("", 5001))
print("ready", flush=True)
connection, _ = listener.accept()
buffer, got = bytearray(1 << 20), 0
while (count := connection.recv_into(buffer)) > 0: got += count
assert got == ${megabytes} << 20, got`;
const sender = (address: string): string => `import socket, time
connection = socket.create_connection(("${address}", 5001))
piece, begun = bytes(1 << 20), time.monotonic()
for _ in range(${megabytes}): connection.sendall(piece)
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
print(${megabytes} / (time.monotonic() - begun))`;

/** MB/s of one connection from a guest in a namespace, until everything has arrived. */
async function throughput(lab: Lab, to: 'host' | 'outside'): Promise<number> {
  const address = to === 'host' ? '10.77.1.1' : internetAddress;
  const place = to === 'host' ? '' : 'ip netns exec internet ';
  const printed = await lab.sh(
    `
    ${place}python3 -c '${receiver}' >/dev/null & receiver=$!
    while ! ${place}ss -Hltn sport = :5001 | grep -q .; do sleep 0.01; done
    ip netns exec bench python3 -c '${sender(address)}'
    wait $receiver`,
    { timeoutMs: 60_000 },
  );
  return Number(printed);
}

async function plugIn(lab: Lab): Promise<void> {
  await lab.guest('bench', 'vbr-1', '52:54:00:00:00:01');
  await lab.lease('bench');
}

/** Pairs taken at once after each other: what else the machine does then meets both. */
async function throughputs(
  own: Lab,
  other: Lab,
): Promise<Record<'host' | 'outside', { us: number[]; them: number[] }>> {
  const found = { host: { us: [], them: [] }, outside: { us: [], them: [] } } as Awaited<
    ReturnType<typeof throughputs>
  >;
  for (let turn = 0; turn < turns; turn += 1) {
    for (const to of ['host', 'outside'] as const) {
      found[to].us.push(await throughput(own, to));
      found[to].them.push(await throughput(other, to));
    }
  }
  return found;
}

async function measure(own: Lab, other: Lab): Promise<Section> {
  await other.libvirtd();
  const engine = await own.engine();
  // Its start is not what is measured.
  await engine.networks.list();
  const pairs: { us: Figures; them: Figures }[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    pairs.push({ us: await ours(engine), them: await peer(other, roundsOfTurn, 0) });
  }
  const us = await oursMany(engine);
  const them = await peer(other, 0, many);

  const { uuid } = await engine.networks.define(networkXml(1));
  await engine.networks.start(uuid);
  const file = join(other.folder, 'network.xml');
  await other.sh(`cat >${file} && virsh -q -c network:///system net-create ${file}`, { input: networkXml(1) });
  await plugIn(own);
  await plugIn(other);
  const through = await throughputs(own, other);
  await engine.leave();

  const all = (side: 'us' | 'them', figure: 'starts' | 'destroys'): number =>
    median(pairs.flatMap((pair) => pair[side][figure]));
  const row = (measure: string, figure: Exclude<keyof Figures, 'starts' | 'destroys'>): Section['rows'][number] => ({
    ...{ measure, unit: 'ms', ours: us[figure] ?? Number.NaN, peer: them[figure] ?? Number.NaN, goal: 0.5 },
  });
  const cores = readFileSync('/proc/cpuinfo', 'utf8').split('processor\t').length - 1;
  return {
    title: `Virtual networks with NAT and DHCP, against libvirtd in namespaces of its own, in turns (${cores} cores)`,
    rows: [
      { measure: 'start', unit: 'ms', ours: all('us', 'starts'), peer: all('them', 'starts'), goal: 0.5 },
      { measure: 'destroy', unit: 'ms', ours: all('us', 'destroys'), peer: all('them', 'destroys'), goal: 0.5 },
      row(`start of ${many}, one after another`, 'startMany'),
      row(`destroy of ${many}, one after another`, 'destroyMany'),
      row(`start of ${many} at once`, 'startTogether'),
      row(`destroy of ${many} at once`, 'destroyTogether'),
      ...(['host', 'outside'] as const).map((to) => ({
        ...{ measure: `guest to ${to === 'host' ? 'host' : 'outside, translated'}`, unit: 'MB/s' },
        ...{ ours: median(through[to].us), peer: median(through[to].them), goal: 0.95, atLeast: true },
      })),
    ],
  };
}

export async function networkSection(): Promise<Section> {
  const own = await Lab.open();
  try {
    const other = await Lab.open();
    try {
      return await measure(own, other);
    } finally {
      await other.close();
    }
  } finally {
    await own.close();
  }
}
