import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeDevices } from '../../../../src-main/host/node-devices.ts';
import { parseNodeDevice } from '../../../../src-shared/model/node-device.ts';

let root: string;
let devices: NodeDevices;

const words = {
  pci: () => Promise.resolve({ vendor: 'Some Maker', product: 'Some Card' }),
  usb: () => Promise.resolve({}),
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sysfs-'));
  devices = new NodeDevices(root, words);
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A device's folder with its files, and where else it is linked from. */
function device(path: string, files: Readonly<Record<string, string>>, ...links: readonly string[]): void {
  mkdirSync(join(root, path), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path, name)), { recursive: true });
    writeFileSync(join(root, path, name), `${content}\n`);
  }
  for (const link of links) linkTo(path, link);
}

function linkTo(path: string, link: string): void {
  mkdirSync(dirname(join(root, link)), { recursive: true });
  symlinkSync(join(root, path), join(root, link));
}

const pci = (address: string, files: Readonly<Record<string, string>> = {}): string => {
  const path = `devices/pci0000:00/${address}`;
  const all = { vendor: '0x8086', device: '0x10c9', class: '0x020000', numa_node: '-1', ...files };
  device(path, all, `bus/pci/devices/${address}`);
  return path;
};

describe("the host's devices", () => {
  it('are the computer alone where there is nothing', async () => {
    expect(await devices.list()).toEqual([{ name: 'computer', capabilities: ['system'] }]);
    await expect(devices.xml('pci_0000_00_00_0')).rejects.toMatchObject({ code: 'no-node-device' });
  });

  it('tell what the computer is', async () => {
    device('class/dmi/id', { product_name: 'A Box', sys_vendor: 'Its Maker', bios_version: '7' });
    expect(parseNodeDevice(await devices.xml('computer')).capability).toEqual([
      { type: 'system', product: 'A Box', hardware: { vendor: 'Its Maker' }, firmware: { version: '7' } },
    ]);
  });

  it('name a network card by its address, below the PCI function it is of', async () => {
    const path = pci('0000:02:1f.3');
    device('bus/pci/drivers/igb', {});
    linkTo('bus/pci/drivers/igb', `${path}/driver`);
    const files = { address: '52:54:00:ab:cd:ef', operstate: 'up', speed: '1000' };
    device(`${path}/virtio0/net/eth0`, files, 'class/net/eth0');

    expect(await devices.lookupByName('net_eth0_52_54_00_ab_cd_ef')).toEqual({
      name: 'net_eth0_52_54_00_ab_cd_ef',
      parent: 'pci_0000_02_1f_3',
      capabilities: ['net'],
    });
    expect(parseNodeDevice(await devices.xml('net_eth0_52_54_00_ab_cd_ef')).capability).toEqual([
      expect.objectContaining({
        interface: 'eth0',
        link: { state: 'up', speed: 1000 },
        capability: [{ type: '80203' }],
      }),
    ]);
    expect(parseNodeDevice(await devices.xml('pci_0000_02_1f_3'))).toMatchObject({
      path: '/sys/devices/pci0000:00/0000:02:1f.3',
      parent: 'computer',
      driver: { name: 'igb' },
      capability: [
        {
          ...{ type: 'pci', class: 0x02_0000, domain: 0, bus: 2, slot: 0x1f, function: 3 },
          vendor: { id: 0x8086, value: 'Some Maker' },
          product: { id: 0x10c9, value: 'Some Card' },
        },
      ],
    });
  });

  it('tell the functions that a card can be cut into, in their order', async () => {
    const real = pci('0000:01:00.0', { sriov_totalvfs: '12' });
    for (const [index, address] of ['0000:01:10.0', '0000:01:10.2'].entries()) {
      const virtual = pci(address);
      linkTo(real, `${virtual}/physfn`);
      linkTo(virtual, `${real}/virtfn${index}`);
    }
    expect(parseNodeDevice(await devices.xml('pci_0000_01_00_0')).capability[0]).toMatchObject({
      capability: [
        {
          type: 'virt_functions',
          maxCount: 12,
          address: [
            { bus: 1, slot: 0x10, function: 0 },
            { bus: 1, slot: 0x10, function: 2 },
          ],
        },
      ],
    });
    expect(parseNodeDevice(await devices.xml('pci_0000_01_10_2')).capability[0]).toMatchObject({
      capability: [{ type: 'phys_function', address: [{ bus: 1, slot: 0, function: 0 }] }],
    });
  });

  it('tell USB devices from their interfaces', async () => {
    const stick = 'devices/pci0000:00/usb1/1-2';
    const files = { busnum: '1', devnum: '4', idVendor: '0951', idProduct: '1666', product: 'DataTraveler' };
    device(stick, files, 'bus/usb/devices/1-2');
    const numbers = {
      bInterfaceNumber: '00',
      bInterfaceClass: '08',
      bInterfaceSubClass: '06',
      bInterfaceProtocol: '50',
    };
    device(`${stick}/1-2:1.0`, numbers, 'bus/usb/devices/1-2:1.0');

    expect(await devices.list()).toEqual([
      { name: 'computer', capabilities: ['system'] },
      { name: 'usb_1_2', parent: 'computer', capabilities: ['usb_device'] },
      { name: 'usb_1_2_1_0', parent: 'usb_1_2', capabilities: ['usb'] },
    ]);
    expect(parseNodeDevice(await devices.xml('usb_1_2'))).toMatchObject({
      devnode: [{ type: 'dev', value: '/dev/bus/usb/001/004' }],
      capability: [
        { bus: 1, device: 4, port: '2', vendor: { id: 0x0951 }, product: { id: 0x1666, value: 'DataTraveler' } },
      ],
    });
    expect(parseNodeDevice(await devices.xml('usb_1_2_1_0')).capability).toEqual([
      { type: 'usb', number: 0, class: 8, subclass: 6, protocol: 0x50 },
    ]);
  });

  it('follow a disc from its host adapter to its drive; what is made of files is none', async () => {
    const host = 'devices/pci0000:00/ata1/host3';
    device(`${host}/scsi_host/host3`, { unique_id: '1' }, 'class/scsi_host/host3');
    device(`${host}/target3:0:0`, {}, 'bus/scsi/devices/target3:0:0');
    const drive = `${host}/target3:0:0/3:0:0:0`;
    device(drive, { type: '5', vendor: 'QEMU', model: 'DVD-ROM' }, 'bus/scsi/devices/3:0:0:0');
    const files = { size: '2048', removable: '1', 'queue/logical_block_size': '2048' };
    device(`${drive}/block/sr0`, files, 'block/sr0');
    linkTo(drive, `${drive}/block/sr0/device`);
    device('devices/virtual/block/loop0', { size: '16' }, 'block/loop0');

    const parents = new Map((await devices.list()).map(({ name, parent }) => [name, parent]));
    expect(Object.fromEntries(parents)).toEqual({
      computer: undefined,
      scsi_host3: 'computer',
      scsi_target3_0_0: 'scsi_host3',
      scsi_3_0_0_0: 'scsi_target3_0_0',
      block_sr0: 'scsi_3_0_0_0',
    });
    expect(parseNodeDevice(await devices.xml('scsi_3_0_0_0')).capability[0]).toMatchObject({ scsiType: 'cdrom' });
    expect(parseNodeDevice(await devices.xml('block_sr0')).capability[0]).toMatchObject({
      ...{ block: '/dev/sr0', drive_type: 'cdrom', vendor: 'QEMU', model: 'DVD-ROM' },
      capability: [{ type: 'removable', media_available: 1, media_size: 1_048_576, num_blocks: 512 }],
    });
  });
});
