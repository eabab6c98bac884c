import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallGuest } from '../../support/guest.ts';
import { internetAddress } from '../network/lab.ts';
import { cardXml, Machine, machineXml } from '../network/machine.ts';
import { bridge, BusLab, nat, users, whatIsMissing } from './bus-lab.ts';

const missing = whatIsMissing();
if (missing !== undefined) console.warn(`machines by the helper are not tested: ${missing}`);

const cable = {
  verb: 'tap-add',
  link: 'vnet5',
  mac: 'fe:54:00:00:00:05',
  bridge: 'virbr7',
  multiQueue: false,
  isolated: false,
};

describe.skipIf(missing !== undefined)('cables by the privileged helper', () => {
  let lab: BusLab;

  beforeEach(async () => {
    lab = await BusLab.open();
    // As distributions have it: everybody opens it, and reaches by it what was made for them.
    await lab.lab.sh('mknod /run/tun c 10 200 && chmod 666 /run/tun && mount --bind /run/tun /dev/net/tun');
  });
  afterEach(async () => {
    await (lab as BusLab | undefined)?.close();
  });

  it("plug an ordinary user's machine into a network of theirs", async () => {
    const uid = users.allowed;
    const caller = await lab.caller(uid);
    const home = await lab.home(uid);
    const before = await lab.links();
    const network = (await caller.ask('networks', home, 'define', nat)) as { uuid: string };
    await caller.ask('networks', home, 'start', network.uuid);

    const folder = join(lab.lab.folder, 'guest');
    await lab.lab.sh(`install -d -o ${uid} -m 755 ${folder}`);
    const { kernel, initrd } = smallGuest();
    copyFileSync(kernel, join(folder, 'kernel'));
    copyFileSync(initrd, join(folder, 'initrd'));
    const files = { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') };
    const xml = machineXml(folder, 'one', cardXml('52:54:00:00:00:01', "<source network='lab'/>"), files);
    const { uuid } = (await caller.ask('domains', home, 'define', xml)) as { uuid: string };
    await caller.ask('domains', home, 'start', uuid);
    expect(await lab.recorded()).toContain(`u${uid}-tap-vnet0`);
    const one = Machine.listen(folder, uuid, 'one');
    await one.lease();
    await one.ready();
    expect(await one.reaches(internetAddress)).toBe(true);
    one.close();

    await caller.ask('domains', home, 'destroy', uuid);
    expect(await lab.links()).not.toContain('vnet0');
    await caller.ask('networks', home, 'destroy', network.uuid);
    expect(await lab.links()).toBe(before);
    expect(await lab.recorded()).toEqual([]);
  });

  it('are for whoever asks, in bridges of theirs or that the administrator lists, and removed without a question', async () => {
    const [one, two, denied] = [
      await lab.caller(users.allowed),
      await lab.caller(users.other),
      await lab.caller(users.denied),
    ];
    await one.ask('perform', bridge);
    const own = { ...cable, uid: users.allowed };
    const refused = { code: 'access-denied' };
    await expect(one.ask('perform', { ...own, uid: 0 })).rejects.toMatchObject(refused);
    await expect(one.ask('perform', { ...own, uid: users.other })).rejects.toMatchObject(refused);
    await expect(two.ask('perform', { ...cable, uid: users.other })).rejects.toMatchObject(refused);
    await expect(one.ask('perform', { ...own, link: 'wan0' })).rejects.toMatchObject(refused);
    await expect(one.ask('perform', { ...own, mac: 'ff:54:00:00:00:05' })).rejects.toMatchObject(refused);
    await lab.lab.sh('ip link add br0 type bridge && ip link add br1 type bridge && ip link add vvclosed type bridge');
    await expect(one.ask('perform', { ...own, bridge: 'br0' })).rejects.toMatchObject({
      data: { fix: "The administrator can add the line 'allow br0' to /etc/qemu/bridge.conf." },
    });
    await lab.lab.sh("mkdir -p /etc/qemu && printf 'deny br1\\nallow br0\\nallow vvclosed\\n' >/etc/qemu/bridge.conf");
    await expect(one.ask('perform', { ...own, bridge: 'br1' })).rejects.toMatchObject(refused);
    await expect(one.ask('perform', { ...own, bridge: 'vvclosed' })).rejects.toMatchObject({ code: 'auth-cancelled' });
    await expect(denied.ask('perform', { ...cable, bridge: 'br0', uid: users.denied })).rejects.toMatchObject({
      code: 'auth-cancelled',
    });
    expect(await lab.links()).not.toContain('vnet5');

    await one.ask('perform', { ...own, bridge: 'br0' });
    await one.ask('perform', { verb: 'link-up', link: 'vnet5' });
    expect(await lab.lab.sh('ip -d link show vnet5')).toMatch(/master br0(?:.|\n)*user 4001|user vvallowed/);
    // Moved, to a bridge of theirs.
    await one.ask('perform', own);
    expect(await lab.lab.sh('ip link show vnet5')).toContain('master virbr7');
    await expect(two.ask('perform', { ...cable, bridge: 'br0', uid: users.other })).rejects.toMatchObject(refused);
    await expect(two.ask('perform', { verb: 'link-up', link: 'vnet5' })).rejects.toMatchObject(refused);
    await two.ask('perform', { verb: 'tap-delete', link: 'vnet5', mac: cable.mac });
    expect(await lab.links()).toContain('vnet5');
    await one.ask('perform', { verb: 'tap-delete', link: 'vnet5', mac: cable.mac });
    expect(await lab.links()).not.toContain('vnet5');
    await one.ask('raw', 'Undo');
    expect(await lab.recorded()).toEqual([]);
  });
});
