/** SR-IOV without such hardware: a fake tree of the kernel's files, as upstream's own tests have. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardAsHostdev } from '../../../../../src-main/drivers/qemu/devices/hostdev.ts';
import { parseDevice } from '../../../../../src-main/engine/device-edit.ts';
import type { CableCard, HostDevices } from '../../../../../src-main/network/ports/card.ts';
import { connectCard, liveCard } from '../../../../../src-main/network/ports/connect.ts';
import { planPort } from '../../../../../src-main/network/ports/plan-port.ts';
import type { Port } from '../../../../../src-main/network/ports/port.ts';
import { formatPci, functionAt, functionsOf, parsePci } from '../../../../../src-main/network/sriov/functions.ts';
import { bindPci, checkVfio, functionCommand, readSettings } from '../../../../../src-main/network/sriov/perform.ts';
import { parseNetwork } from '../../../../../src-shared/model/network.ts';

let fake: string;
const sys = (): string => join(fake, 'sys');
const addresses = ['0000:03:10.0', '0000:03:10.2', '0000:03:10.4'];

beforeAll(() => {
  fake = mkdtempSync(join(tmpdir(), 'vvsys-'));
  const devices = join(sys(), 'bus/pci/devices');
  const parent = join(devices, '0000:03:00.0');
  const drivers = join(sys(), 'bus/pci/drivers');
  for (const folder of [join(parent, 'net/eth3'), join(drivers, 'igbvf'), join(sys(), 'class/net/eth3')]) {
    mkdirSync(folder, { recursive: true });
  }
  symlinkSync(parent, join(sys(), 'class/net/eth3/device'));
  addresses.forEach((address, index) => {
    const device = join(devices, address);
    mkdirSync(device);
    symlinkSync(parent, join(device, 'physfn'));
    symlinkSync(device, join(parent, `virtfn${index}`));
    if (index < 2) symlinkSync(join(sys(), `kernel/iommu_groups/${20 + index}`), join(device, 'iommu_group'));
    if (index > 0) return;
    mkdirSync(join(device, 'net/eth3v0'), { recursive: true });
    symlinkSync(join(drivers, 'igbvf'), join(device, 'driver'));
  });
  for (const group of ['20', '21']) mkdirSync(join(sys(), 'kernel/iommu_groups', group), { recursive: true });
});
afterAll(() => {
  rmSync(fake, { recursive: true });
});

const hostWith = (...taken: readonly string[]): HostDevices => ({
  find: () => ({ mtu: 1500 }),
  users: () => 0,
  functionsOf: (parent) => functionsOf(parent, sys()),
  functionAt: (address) => functionAt(address, sys()),
  isTaken: (address) => taken.includes(address),
});
const uuid = 'd0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e';
const pool = (inner: string, rest = '') => {
  const active = parseNetwork(`<network><name>sriov</name><forward mode='hostdev' managed='yes'>${inner}</forward>
    ${rest}</network>`);
  return () => ({ uuid, name: 'sriov', active });
};
const card = (rest = ''): CableCard =>
  parseDevice(`<interface type='network'><mac address='52:54:00:00:00:01'/><source network='sriov'/>
    <model type='virtio'/>${rest}</interface>`).device as CableCard;
const byParent = "<pf dev='eth3'/>";

describe('the virtual functions of a card', () => {
  it('are found in their order, with who has them', () => {
    expect(functionsOf('eth3', sys())).toEqual([
      { address: addresses[0], parent: 'eth3', index: 0, netdev: 'eth3v0', driver: 'igbvf', iommuGroup: '20' },
      { address: addresses[1], parent: 'eth3', index: 1, iommuGroup: '21' },
      { address: addresses[2], parent: 'eth3', index: 2 },
    ]);
    expect(functionAt('0000:03:10.2', sys())).toMatchObject({ parent: 'eth3', index: 1 });
    expect(functionAt('0000:03:00.0', sys())).toBeUndefined();
    expect(functionsOf('eth9', sys())).toEqual([]);
    for (const address of addresses) expect(formatPci(parsePci(address))).toBe(address);
  });

  it("tell their settings in the program's words", () => {
    const json = JSON.stringify([
      { ifname: 'eth3', vfinfo_list: [{ vf: 0 }, { vf: 1, address: '52:54:00:00:00:09', vlan_list: [{ vlan: 7 }] }] },
    ]);
    expect(readSettings(json, 1)).toEqual({ mac: '52:54:00:00:00:09', vlan: 7 });
    expect(readSettings(json, 0)).toEqual({ mac: '00:00:00:00:00:00', vlan: 0 });
    expect(functionCommand('eth3', 1, { mac: '52:54:00:00:00:01', vlan: 42 }).join(' ')).toBe(
      'ip link set dev eth3 vf 1 mac 52:54:00:00:00:01 vlan 42',
    );
  });

  it('are taken from their driver and given back', () => {
    const file = (name: string): string => readFileSync(join(sys(), 'bus/pci', name), 'utf8');
    bindPci('0000:03:10.0', 'vfio-pci', sys());
    expect(file('devices/0000:03:10.0/driver_override')).toBe('vfio-pci\n');
    expect(file('drivers/igbvf/unbind')).toBe('0000:03:10.0');
    expect(file('drivers_probe')).toBe('0000:03:10.0');
    bindPci('0000:03:10.0', undefined, sys());
    expect(file('devices/0000:03:10.0/driver_override')).toBe('\n');
  });
});

describe('a card on a network of virtual functions', () => {
  it('gets the first that is free, until there is none', () => {
    const end = (...taken: readonly string[]) => connectCard(card(), pool(byParent), hostWith(...taken)).end;
    expect(end()).toEqual({ kind: 'function', parent: 'eth3', index: 0, address: addresses[0], managed: true });
    expect(end(...addresses.slice(0, 1))).toMatchObject({ index: 1 });
    expect(() => end(...addresses)).toThrow('requires exclusive access');
    const listed = "<address type='pci' domain='0' bus='3' slot='0x10' function='4'/>";
    expect(connectCard(card(), pool(listed), hostWith()).end).toMatchObject({ index: 2 });
    expect(() => connectCard(card(), pool(listed.replace('0x10', '0x11')), hostWith())).toThrow('no virtual function');
    expect(() => connectCard(card(), pool("<pf dev='eth9'/>"), hostWith())).toThrow("No usable Vf's present");
  });

  it('is not plugged in with less than it asks for', () => {
    for (const [rest, what] of [
      ["<bandwidth><inbound average='1'/></bandwidth>", '<bandwidth>'],
      ["<filterref filter='clean-traffic'/>", '<filterref>'],
      ["<port isolated='yes'/>", '<port isolated>'],
      ["<vlan trunk='yes'><tag id='1'/><tag id='2'/></vlan>", 'trunk'],
      ["<virtualport type='802.1Qbh'><parameters profileid='a'/></virtualport>", '<virtualport>'],
    ] as const) {
      expect(() => connectCard(card(rest), pool(byParent), hostWith())).toThrow(what);
    }
    expect(() => connectCard(card(), pool(`<driver name='kvm'/>${byParent}`), hostWith())).toThrow("name='kvm'");
  });

  it('gets its address and VLAN first, then the guest, and everything back', async () => {
    const vlan = "<portgroup name='a' default='yes'><vlan><tag id='42'/></vlan></portgroup>";
    const { end, rest } = connectCard(card(), pool(byParent, vlan), hostWith());
    if (end.kind !== 'function') throw new Error('it is none');
    const former = { mac: '00:16:3e:00:00:01', vlan: 0 };
    const port: Port = {
      ...{ id: '5d744f21-ba4a-4d6e-bdb2-30a35ff3207d', owner: { driver: 'qemu', uuid, name: 'web' } },
      ...{ mac: '52:54:00:00:00:01', link: end.address, end: { ...end, former }, ...rest },
    };
    const steps = await planPort(port, 0);
    expect(steps.map(({ action }) => action)).toEqual([
      { verb: 'function-set', link: 'eth3', index: 0, mac: '52:54:00:00:00:01', vlan: 42 },
      { verb: 'pci-bind', address: addresses[0], driver: 'vfio-pci' },
    ]);
    expect(steps.map(({ inverse }) => inverse?.action)).toEqual([
      { verb: 'function-set', link: 'eth3', index: 0, ...former },
      { verb: 'pci-bind', address: addresses[0] },
    ]);
    const live = liveCard(card(), port);
    if (live.type !== 'hostdev') throw new Error('it is no device of the host');
    expect(live).toMatchObject({ managed: true, mac: { address: '52:54:00:00:00:01' }, vlan: { tag: [{ id: 42 }] } });
    expect(cardAsHostdev(live)).toMatchObject({ type: 'pci', source: { address: parsePci(end.address) } });
  });

  it('is refused where no IOMMU or no VFIO is, by name and with what to do', () => {
    const [first, , third] = functionsOf('eth3', sys());
    if (first === undefined || third === undefined) throw new Error('the fake tree is not there');
    const problem = (work: () => void): unknown => {
      try {
        work();
        return undefined;
      } catch (thrown) {
        return thrown;
      }
    };
    expect(problem(() => checkVfio(third, true, fake))).toMatchObject({
      data: { code: 'config-unsupported', cause: expect.stringContaining('IOMMU') as string },
    });
    expect(problem(() => checkVfio(first, true, fake))).toMatchObject({ data: { fix: 'Load it: modprobe vfio-pci.' } });
    mkdirSync(join(fake, 'dev/vfio'), { recursive: true });
    mkdirSync(join(sys(), 'bus/pci/drivers/vfio-pci'), { recursive: true });
    writeFileSync(join(fake, 'dev/vfio/vfio'), '');
    expect(existsSync(join(fake, 'dev/vfio/vfio'))).toBe(true);
    expect(problem(() => checkVfio(first, true, fake))).toBeUndefined();
    expect(problem(() => checkVfio(first, false, fake))).toMatchObject({
      data: { cause: expect.stringContaining('igbvf') as string },
    });
  });
});
