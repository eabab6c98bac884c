/** Virtual networks against libvirtd's, both in one host of namespaces: starting and destroying one, and fifty. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from '../engine/network/lab.ts';
import { median, type Section, timeMs } from './report.ts';

const rounds = 15;
const many = 50;

const template = `<network><name>bench-NUMBER</name><forward mode='nat'/><bridge name='vbr-NUMBER'/>
  <ip address='10.77.NUMBER.1' netmask='255.255.255.0'>
    <dhcp><range start='10.77.NUMBER.2' end='10.77.NUMBER.254'/></dhcp>
  </ip></network>`;
const networkXml = (number: number): string => template.replaceAll('NUMBER', String(number));

interface Figures {
  readonly starts: readonly number[];
  readonly destroys: readonly number[];
  readonly startMany: number;
  readonly destroyMany: number;
}

async function ours(lab: Lab): Promise<Figures> {
  const { networks, leave } = await openEngine(lab);
  const { uuid } = await networks.define(networkXml(1));
  const starts: number[] = [];
  const destroys: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    starts.push(await timeMs(() => networks.start(uuid)));
    destroys.push(await timeMs(() => networks.destroy(uuid)));
  }
  await networks.undefine(uuid);
  const uuids: string[] = [];
  for (let number = 1; number <= many; number += 1) uuids.push((await networks.define(networkXml(number))).uuid);
  const startMany = await timeMs(async () => {
    for (const each of uuids) await networks.start(each);
  });
  const destroyMany = await timeMs(async () => {
    for (const each of uuids) await networks.destroy(each);
  });
  await leave();
  return { starts, destroys, startMany, destroyMany };
}

async function openEngine(
  lab: Lab,
): Promise<{ networks: Awaited<ReturnType<Lab['engine']>>['networks']; leave(): Promise<void> }> {
  const engine = await lab.engine();
  // Its start is not what is measured.
  await engine.networks.list();
  return { networks: engine.networks, leave: () => engine.leave() };
}

async function peer(lab: Lab): Promise<Figures> {
  await lab.libvirtd();
  const script = join(import.meta.dirname, 'peer/libvirt_networks.py');
  const options = { input: template, timeoutMs: 300_000 };
  const printed = await lab.run(['/usr/bin/python3', script, String(rounds), String(many)], options);
  return JSON.parse(printed) as Figures;
}

export async function networkSection(): Promise<Section> {
  const measured: Figures[] = [];
  for (const measure of [ours, peer]) {
    const lab = await Lab.open();
    try {
      measured.push(await measure(lab));
    } finally {
      await lab.close();
    }
  }
  const [us, them] = measured;
  if (us === undefined || them === undefined) throw new Error('nothing was measured');
  const cores = readFileSync('/proc/cpuinfo', 'utf8').split('processor\t').length - 1;
  return {
    title: `Virtual networks with NAT and DHCP, against libvirtd in the same namespaces (${cores} cores)`,
    rows: [
      { measure: 'start', unit: 'ms', ours: median(us.starts), peer: median(them.starts), goal: 0.5 },
      { measure: 'destroy', unit: 'ms', ours: median(us.destroys), peer: median(them.destroys), goal: 0.5 },
      { measure: `start of ${many}, one after another`, unit: 'ms', ours: us.startMany, peer: them.startMany },
      { measure: `destroy of ${many}`, unit: 'ms', ours: us.destroyMany, peer: them.destroyMany },
    ],
  };
}
