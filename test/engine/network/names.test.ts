// The host finds guests by their names, with a real systemd-resolved on a bus of the lab's own.
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostNames } from '../../../src-shared/model/network-host-names.ts';
import { findResolved } from '../../support/resolved.ts';
import { Lab, type LabEngine } from './lab.ts';
import { overlayHost, startResolved } from './real-resolved.ts';

const found = findResolved();
const missing = typeof found === 'string' ? found : undefined;

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.open();
  if (typeof found === 'string') return;
  await overlayHost(lab);
  await lab.sh('mkdir -p /run/dbus && dbus-daemon --system --fork');
  await startResolved(lab, found);
});
afterEach(async () => {
  await lab.close();
});

const xml = (domain: string): string => `<network>
  <name>lab</name>
  <uuid>d0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e</uuid>
  <forward mode='nat'/>
  <bridge name='virbr9' stp='off'/>
  ${domain}
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.77.10' end='192.168.77.99'/>
      <host mac='52:54:00:00:00:02' name='two' ip='192.168.77.222'/>
    </dhcp>
  </ip>
  <ip family='ipv6' address='fd00:77::1' prefix='64'/>
</network>`;
const uuid = 'd0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e';

/** What the host's own programs are told. */
const ask = async (name: string): Promise<string> =>
  (await lab.run(['getent', 'ahostsv4', name], { acceptCodes: [0, 2] })).split(/\s/)[0] ?? '';

const dns = async (): Promise<string> => {
  if (typeof found === 'string') throw new Error(found);
  const told = await lab.run([found.resolvectl, 'status', '--no-pager'], { env: { SYSTEMD_PAGER: '' } });
  return /Link \d+ \(virbr9\)[^]*?(?=\nLink|$)/.exec(told)?.[0] ?? '';
};

/** A server that started just now answers a moment later. */
async function resolved(engine: LabEngine): Promise<HostNames> {
  for (let tries = 0; tries < 20; tries += 1) {
    const told = await engine.networks.hostNames(uuid);
    if (told.names.every(({ resolves }) => resolves)) return told;
    await delay(200);
  }
  return await engine.networks.hostNames(uuid);
}

describe.skipIf(missing !== undefined)(
  `a host with systemd-resolved${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    it('finds guests by their names while the network runs, and asks elsewhere about everything else', async () => {
      const engine = await lab.engine();
      const before = await lab.state();
      await engine.networks.define(xml("<domain name='vm.test' localOnly='yes'/>"));
      const { steps } = await engine.networks.plan(uuid);
      expect(steps.at(-1)).toMatchObject({
        sentence: 'Have the host ask the server on virbr9 for names in vm.test (systemd-resolved).',
        undo: 'Have the host ask the server on virbr9 no more.',
      });
      expect(await ask('two.vm.test')).toBe('');
      await engine.networks.start(uuid);
      await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
      const { ip = '' } = await lab.lease('one');

      const told = await resolved(engine);
      expect(told).toMatchObject({ domain: 'vm.test', wanted: true });
      expect(told.reason).toBeUndefined();
      expect(told.names).toEqual([{ name: 'one.vm.test', address: ip, found: [ip], resolves: true }]);
      expect(await ask('one.vm.test')).toBe(ip);
      // By its reservation, the name that the guest itself did not tell.
      await lab.guest('other', 'virbr9', '52:54:00:00:00:02');
      await lab.lease('other');
      expect((await resolved(engine)).names).toContainEqual({
        ...{ name: 'two.vm.test', address: '192.168.77.222', found: ['192.168.77.222'], resolves: true },
      });
      expect(await ask('three.vm.test')).toBe('');
      const status = await dns();
      expect(status).toContain('DNS Servers: 192.168.77.1 fd00:77::1');
      expect(status).toContain('DNS Domain: ~vm.test');
      expect(status).toContain('-DefaultRoute');

      // Left alone when it is told so, at once.
      await engine.networks.setHostNames(uuid, false, { live: true, config: true });
      expect(await engine.networks.xml(uuid)).toContain("register='no'");
      expect(await dns()).not.toContain('vm.test');
      expect(await engine.networks.hostNames(uuid)).toMatchObject({
        wanted: false,
        reason: { sentence: "The network 'lab' says that the host is to be left as it is." },
      });
      await engine.networks.setHostNames(uuid, true, { live: true, config: true });
      expect(await dns()).toContain('~vm.test');

      await lab.unplug('one');
      await lab.unplug('other');
      await engine.networks.destroy(uuid);
      expect(await dns()).toBe('');
      expect(await ask('two.vm.test')).toBe('');
      expect(await lab.state()).toEqual(before);
    });

    it('goes on where it was after a crash, and undoes it with the rest', async () => {
      const first = await lab.engine();
      await first.networks.define(xml("<domain name='vm.test' localOnly='yes'/>"));
      await first.networks.start(uuid);
      await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
      await lab.lease('one');
      await resolved(first);
      first.kill();
      const engine = await lab.engine();
      expect((await resolved(engine)).names).toMatchObject([{ name: 'one.vm.test', resolves: true }]);
      expect(await engine.networks.undoChanges()).toEqual([]);
      expect(await dns()).toBe('');
    });

    it.each([
      ['', 'has no domain'],
      ["<domain name='example.com' localOnly='yes'/>", 'may be somebody’s in the Internet'],
      ["<domain name='vm.test'/>", 'which would ask it again'],
      ["<domain name='vm.test' localOnly='yes' register='no'/>", 'is to be left as it is'],
    ])('is left as it is with %j, and it is said why', async (domain, reason) => {
      const engine = await lab.engine();
      await engine.networks.define(xml(domain));
      await engine.networks.start(uuid);
      expect(await dns()).not.toContain('192.168.77.1');
      const told = await engine.networks.hostNames(uuid);
      expect(JSON.stringify(told.reason)).toContain(reason);
      await engine.networks.destroy(uuid);
    });
  },
);

it('a host without systemd-resolved says that it is missing, and networks run all the same', async () => {
  const engine = await lab.engine();
  await lab.sh(
    'for p in /proc/[0-9]*; do case $(readlink $p/exe) in */systemd-resolved) kill ${p#/proc/};; esac; done',
  );
  await engine.networks.define(xml("<domain name='vm.test' localOnly='yes'/>"));
  for (let tries = 0; tries < 50; tries += 1) {
    const { reason } = await engine.networks.hostNames(uuid);
    if (JSON.stringify(reason).includes('systemd-resolved does not run')) break;
    await delay(100);
  }
  await engine.networks.start(uuid);
  expect(JSON.stringify(await engine.networks.hostNames(uuid))).toContain('systemd-resolved does not run');
  await engine.networks.destroy(uuid);
});
