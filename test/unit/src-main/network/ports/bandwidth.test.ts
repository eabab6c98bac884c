import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bandwidthCommands,
  bandwidthSteps,
  clearCommands,
  limitsOf,
} from '../../../../../src-main/network/ports/bandwidth.ts';
import { bandwidthSchema } from '../../../../../src-shared/model/network-common.ts';
import { parseXml } from '../../../../../src-shared/xml/parse.ts';

const commands = (xml: string, isNetwork = false): string[] => {
  const limits = limitsOf(parseXml(bandwidthSchema, xml));
  if (limits === undefined) return [];
  return [...clearCommands('eth0'), ...bandwidthCommands('eth0', limits, isNetwork).map(({ argv }) => argv)].map(
    (argv) => argv.join(' '),
  );
};

const clear = ['tc qdisc del dev eth0 root', 'tc qdisc del dev eth0 ingress'];

describe('limits of a device', () => {
  it('are what upstream expects of tc', () => {
    expect(commands('<bandwidth/>')).toEqual([]);
    expect(commands("<bandwidth><inbound average='1024'/></bandwidth>")).toEqual([
      ...clear,
      'tc qdisc add dev eth0 root handle 1: htb default 1',
      'tc class add dev eth0 parent 1: classid 1:1 htb rate 1024kbps quantum 87',
      'tc qdisc add dev eth0 parent 1:1 handle 2: sfq perturb 10',
      'tc filter add dev eth0 parent 1:0 protocol all prio 1 handle 1 fw flowid 1',
    ]);
    const police = 'tc filter add dev eth0 parent ffff: protocol all u32 match u32 0 0 police rate';
    expect(commands("<bandwidth><outbound average='1024'/></bandwidth>")).toEqual([
      ...clear,
      'tc qdisc add dev eth0 ingress',
      `${police} 1024kbps burst 1024kb mtu 64kb drop flowid :1`,
    ]);
    const both =
      "<bandwidth><inbound average='1' peak='2' burst='4'/><outbound average='5' peak='6' burst='7'/></bandwidth>";
    expect(commands(both)).toContain(
      'tc class add dev eth0 parent 1: classid 1:1 htb rate 1kbps ceil 2kbps burst 4kb quantum 1',
    );
    expect(commands(both)).toContain(`${police} 5kbps burst 7kb mtu 64kb drop flowid :1`);
    const most = 4_294_967_295;
    const large = commands(`<bandwidth><inbound average='${most}'/><outbound average='${most}'/></bandwidth>`);
    expect(large).toContain('tc class add dev eth0 parent 1: classid 1:1 htb rate 4294967295kbps quantum 366503875');
    expect(large).toContain(`${police} 4294967295kbps burst 4194303kb mtu 64kb drop flowid :1`);
  });

  it('of a whole network leave room for classes of single cards below', () => {
    expect(commands("<bandwidth><inbound average='100'/></bandwidth>", true)).toEqual([
      ...clear,
      'tc qdisc add dev eth0 root handle 1: htb default 2',
      'tc class add dev eth0 parent 1: classid 1:1 htb rate 100kbps ceil 100kbps quantum 8',
      'tc class add dev eth0 parent 1:1 classid 1:2 htb rate 100kbps quantum 8',
      'tc qdisc add dev eth0 parent 1:2 handle 2: sfq perturb 10',
      'tc filter add dev eth0 parent 1:0 protocol all prio 1 handle 1 fw flowid 1',
    ]);
  });

  it('are told to people in their language, and lifted again', () => {
    const [step] = bandwidthSteps('vnet0', { inbound: { average: 9 }, outbound: { average: 3 } }, false);
    expect(step?.sentence).toBe('Limit the traffic of vnet0: 9 KiB/s to guests, 3 KiB/s from guests.');
    const german = join(import.meta.dirname, '../../../../../src-renderer/locales/de/host.json');
    expect(JSON.parse(readFileSync(german, 'utf8'))).toHaveProperty(step?.words?.key ?? 'none');
    expect(step?.inverse?.action).toEqual({ verb: 'bandwidth-clear', link: 'vnet0' });
  });
});
