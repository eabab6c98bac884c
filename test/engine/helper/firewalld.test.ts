import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { internetAddress } from '../network/lab.ts';
import { BusLab, until, users, whatIsMissing } from './bus-lab.ts';

const zoneFile = join(import.meta.dirname, '../../../assets/linux/firewalld/zones/vivarium.xml');
const missing = whatIsMissing() ?? (existsSync('/usr/sbin/firewalld') ? undefined : 'firewalld is not installed');

const nat = `<network><name>lab</name><forward mode='nat'/><bridge name='virbr9' stp='off'/>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp><host mac='52:54:00:00:00:01' ip='192.168.77.5'/></dhcp>
  </ip></network>`;

describe.skipIf(missing !== undefined)("an ordinary user's network beside firewalld", () => {
  let lab: BusLab;

  beforeEach(async () => {
    lab = await BusLab.open();
    await lab.lab.sh(
      `
      cp -a /usr/lib/firewalld /run/firewalld-lib && cp ${zoneFile} /run/firewalld-lib/zones/
      mount --bind /run/firewalld-lib /usr/lib/firewalld
      printf 'DefaultZone=public\\nFirewallBackend=nftables\\n' >/etc/firewalld/firewalld.conf
      mkdir -p /run/firewalld
      firewalld --nofork --nopid >/run/firewalld.log 2>&1 &
      for n in $(seq 200); do firewall-cmd --state >/dev/null 2>&1 && exit; sleep 0.1; done; cat /run/firewalld.log; false`,
      { timeoutMs: 40_000 },
    );
  });
  afterEach(async () => {
    await (lab as BusLab | undefined)?.close();
  });

  const isInAZone = async (): Promise<boolean> =>
    (await lab.lab.run(['firewall-cmd', '--get-active-zones'])).includes('virbr9');

  it('is put into the zone by the helper, again when firewalld forgets, and taken out', async () => {
    const caller = await lab.caller(users.allowed);
    const home = await lab.home(users.allowed);
    await caller.ask('networks', home, 'attach');
    const { uuid } = (await caller.ask('networks', home, 'define', nat)) as { uuid: string };
    await caller.ask('networks', home, 'start', uuid);
    expect(await isInAZone()).toBe(true);
    await lab.lab.guest('one', 'virbr9', '52:54:00:00:00:01');
    expect((await lab.lab.lease('one'))['ip']).toBe('192.168.77.5');
    expect(await lab.lab.reaches('one', internetAddress)).toBe(true);

    await lab.lab.run(['firewall-cmd', '--reload']);
    await until('the bridge is in its zone again', isInAZone);
    await lab.lab.unplug('one');
    await caller.ask('networks', home, 'destroy', uuid);
    expect(await isInAZone()).toBe(false);
    expect(await lab.recorded()).toEqual([]);
  });
});
