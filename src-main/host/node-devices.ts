/**
 * Devices of this host as libvirt's udev driver names and describes them, read from sysfs: the computer itself, PCI and
 * USB devices, network cards, SCSI and disks. Nothing is kept: what was plugged in is there when it is asked for.
 */
import { access, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { VirError } from '../../src-shared/errors.ts';
import { formatNodeDevice, type NodeDevice, type NodeDeviceCapability } from '../../src-shared/model/node-device.ts';
import type { NodeDeviceSummary } from '../../src-shared/model/node-device-summary.ts';
import { deviceNames, type DeviceNames } from './device-names.ts';
import { absent, decimal, linkName, members, number, pciAddress, text } from './sysfs.ts';

const computer = 'computer';
const sectorBytes = 512;

interface Found {
  readonly name: string;
  /** The device's own folder in sysfs. */
  readonly path: string;
  readonly capability: NodeDeviceCapability;
  readonly devnode?: string;
}

export class NodeDevices {
  readonly #root: string;
  readonly #names: DeviceNames;

  constructor(root = '/sys', names: DeviceNames = deviceNames) {
    this.#root = root;
    this.#names = names;
  }

  async list(): Promise<readonly NodeDeviceSummary[]> {
    return (await this.#devices()).map(summary);
  }

  async lookupByName(name: string): Promise<NodeDeviceSummary> {
    return summary(await this.#device(name));
  }

  async xml(name: string): Promise<string> {
    return formatNodeDevice(await this.#device(name));
  }

  async #device(name: string): Promise<NodeDevice> {
    const found = (await this.#devices()).find((device) => device.name === name);
    if (found !== undefined) return found;
    const message = `no node device with matching name '${name}'`;
    throw new VirError({ code: 'no-node-device', domain: 'nodedev', message });
  }

  async #devices(): Promise<readonly NodeDevice[]> {
    const kinds = await Promise.all([
      this.#each('bus/pci/devices', async (path) => await this.#pci(path)),
      this.#each('bus/usb/devices', async (path) => await this.#usb(path)),
      this.#each('class/net', card),
      this.#each('class/scsi_host', scsiHost),
      this.#each('bus/scsi/devices', scsi),
      this.#each('block', disk),
    ]);
    const found = kinds.flat();
    const byPath = new Map(found.map(({ path, name }) => [path, name]));
    const devices = await Promise.all(
      found.map(async ({ name, path, capability, devnode }): Promise<NodeDevice> => {
        const driver = await linkName(join(path, 'driver'));
        return {
          name,
          path: `/sys${path.slice((await realpath(this.#root)).length)}`,
          parent: parentOf(path, byPath),
          devnode: devnode === undefined ? [] : [{ type: 'dev', value: devnode }],
          ...(driver === undefined ? {} : { driver: { name: driver } }),
          capability: [capability],
        };
      }),
    );
    return [{ name: computer, devnode: [], capability: [await this.#system()] }, ...devices];
  }

  /** Everything in a folder of links to devices; what went away meanwhile is none. */
  async #each(folder: string, read: (path: string) => Promise<Found | undefined>): Promise<readonly Found[]> {
    const names = await readdir(join(this.#root, folder)).catch(absent);
    const found = await Promise.all(
      (names ?? []).sort().map(async (name) => {
        const path = await realpath(join(this.#root, folder, name)).catch(absent);
        return path === undefined ? undefined : await read(path);
      }),
    );
    return found.filter((device) => device !== undefined);
  }

  async #system(): Promise<NodeDeviceCapability> {
    const dmi = async (file: string): Promise<string | undefined> => await text(join(this.#root, 'class/dmi/id', file));
    const [product, vendor, version, serial, uuid] = await Promise.all(
      ['product_name', 'sys_vendor', 'product_version', 'product_serial', 'product_uuid'].map(dmi),
    );
    const [maker, release, date] = await Promise.all(['bios_vendor', 'bios_version', 'bios_date'].map(dmi));
    return {
      type: 'system',
      ...given({ product }),
      hardware: given({ vendor, version, serial, uuid: uuid?.toLowerCase() }),
      firmware: given({ vendor: maker, version: release, release_date: date }),
    };
  }

  async #pci(path: string): Promise<Found | undefined> {
    const address = pciAddress(basename(path));
    const [vendor, product, deviceClass] = await Promise.all([
      number(path, 'vendor'),
      number(path, 'device'),
      number(path, 'class'),
    ]);
    if (address === undefined || vendor === undefined || product === undefined) return undefined;
    const words = await this.#names.pci(vendor, product);
    const node = await number(path, 'numa_node');
    const group = await linkName(join(path, 'iommu_group'));
    return {
      name: `pci_${clean(basename(path))}`,
      path,
      capability: {
        type: 'pci',
        ...given({ class: deviceClass }),
        ...address,
        product: { id: product, ...given({ value: words.product }) },
        vendor: { id: vendor, ...given({ value: words.vendor }) },
        capability: await functions(path),
        ...(group === undefined
          ? {}
          : { iommuGroup: { number: Number(group), address: await members(join(path, 'iommu_group/devices')) } }),
        ...(node === undefined || node < 0 ? {} : { numa: { node } }),
      },
    };
  }

  /** Devices have a number on their bus; their interfaces have a class. */
  async #usb(path: string): Promise<Found | undefined> {
    const name = `usb_${clean(basename(path))}`;
    const bus = await decimal(path, 'busnum');
    const device = await decimal(path, 'devnum');
    if (bus !== undefined && device !== undefined) {
      const [vendor, product] = await Promise.all([number(path, 'idVendor', 16), number(path, 'idProduct', 16)]);
      const words = await this.#names.usb(vendor ?? 0, product ?? 0);
      const [maker, model] = await Promise.all([text(join(path, 'manufacturer')), text(join(path, 'product'))]);
      return {
        name,
        path,
        devnode: `/dev/bus/usb/${String(bus).padStart(3, '0')}/${String(device).padStart(3, '0')}`,
        capability: {
          type: 'usb_device',
          bus,
          device,
          ...given({ port: /^\d+-(.+)$/.exec(basename(path))?.[1] }),
          product: { ...given({ id: product, value: words.product ?? model }) },
          vendor: { ...given({ id: vendor, value: words.vendor ?? maker }) },
        },
      };
    }
    const [deviceClass, subclass, protocol, interfaceNumber] = await Promise.all(
      ['bInterfaceClass', 'bInterfaceSubClass', 'bInterfaceProtocol', 'bInterfaceNumber'].map((file) =>
        number(path, file, 16),
      ),
    );
    if (deviceClass === undefined || interfaceNumber === undefined) return undefined;
    return {
      name,
      path,
      capability: {
        type: 'usb',
        number: interfaceNumber,
        class: deviceClass,
        subclass: subclass ?? 0,
        protocol: protocol ?? 0,
      },
    };
  }
}

async function card(path: string): Promise<Found | undefined> {
  const name = basename(path);
  const address = await text(join(path, 'address'));
  if (address === undefined) return undefined;
  const [state, speed, isWireless] = await Promise.all([
    text(join(path, 'operstate')),
    decimal(path, 'speed'),
    access(join(path, 'phy80211')).then(
      () => true,
      () => false,
    ),
  ]);
  const known = linkStates.find((each) => each === state);
  return {
    name: `net_${clean(name)}_${clean(address)}`,
    path,
    capability: {
      type: 'net',
      interface: name,
      address,
      link: { ...(known === 'up' && speed !== undefined && speed > 0 ? { speed } : {}), ...given({ state: known }) },
      feature: [],
      capability: [{ type: isWireless ? '80211' : '80203' }],
    },
  };
}

const linkStates = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'] as const;

async function scsiHost(path: string): Promise<Found> {
  // The class's own folder lies in the host's.
  const host = dirname(dirname(path));
  const unique = await decimal(path, 'unique_id');
  return {
    name: `scsi_${clean(basename(path))}`,
    path: host,
    capability: {
      type: 'scsi_host',
      host: Number(basename(path).slice('host'.length)),
      ...given({ unique_id: unique }),
      capability: [],
    },
  };
}

/** `SCSI device types` of the standard, as libvirt words them. */
const scsiTypes: Readonly<Record<number, string>> = {
  0: 'disk',
  1: 'tape',
  4: 'worm',
  5: 'cdrom',
  7: 'mod',
  8: 'changer',
  12: 'raid',
};

async function scsi(path: string): Promise<Found | undefined> {
  const own = basename(path);
  if (/^target\d/.test(own)) {
    return { name: `scsi_${clean(own)}`, path, capability: { type: 'scsi_target', target: own, capability: [] } };
  }
  const [, host, bus, target, lun] = (/^(\d+):(\d+):(\d+):(\d+)$/.exec(own) ?? []).map(Number);
  if (host === undefined || bus === undefined || target === undefined || lun === undefined) return undefined;
  const type = await decimal(path, 'type');
  return {
    name: `scsi_${clean(own)}`,
    path,
    capability: {
      type: 'scsi',
      ...{ host, bus, target, lun },
      ...given({ scsiType: type === undefined ? undefined : scsiTypes[type] }),
    },
  };
}

/** Disks with a device behind them: no loop devices and nothing that is made of other disks. */
async function disk(path: string): Promise<Found | undefined> {
  const device = await realpath(join(path, 'device')).catch(absent);
  const sectors = await decimal(path, 'size');
  if (device === undefined || sectors === undefined) return undefined;
  const own = basename(path);
  const read = async (file: string): Promise<string | undefined> => await text(join(path, file));
  const [removable, block, vendor, model, ownSerial, type] = await Promise.all([
    decimal(path, 'removable'),
    decimal(path, 'queue/logical_block_size'),
    read('device/vendor'),
    read('device/model'),
    read('serial'),
    decimal(device, 'type'),
  ]);
  const serial = ownSerial ?? (await read('device/serial'));
  const size = sectors * sectorBytes;
  const media = { size, logical_block_size: block ?? sectorBytes, num_blocks: size / (block ?? sectorBytes) };
  const driveType = type === undefined ? 'disk' : (scsiTypes[type] ?? 'disk');
  // A number of virtio's vendor is no name.
  const maker = vendor?.startsWith('0x') === true ? undefined : vendor;
  return {
    name: `block_${clean(own)}${serial === undefined || serial === '' ? '' : `_${clean(serial)}`}`,
    path,
    devnode: `/dev/${own}`,
    capability: {
      type: 'storage',
      block: `/dev/${own}`,
      drive_type: driveType,
      ...given({ model, vendor: maker, serial: serial === '' ? undefined : serial }),
      ...(removable === 1
        ? {
            capability: [
              {
                type: 'removable',
                media_available: size > 0 ? 1 : 0,
                media_size: size,
                logical_block_size: media.logical_block_size,
                num_blocks: media.num_blocks,
              },
            ],
          }
        : { capability: [], ...media }),
    },
  };
}

/** The real function of a virtual one, and the virtual ones of a real one. */
async function functions(path: string): Promise<Extract<NodeDeviceCapability, { type: 'pci' }>['capability']> {
  const real = pciAddress((await linkName(join(path, 'physfn'))) ?? '');
  const maxCount = await decimal(path, 'sriov_totalvfs');
  if (real !== undefined) return [{ type: 'phys_function', address: [real] }];
  if (maxCount === undefined) return [];
  const links = (await readdir(path)).filter((name) => /^virtfn\d+$/.test(name));
  links.sort((a, b) => Number(a.slice(6)) - Number(b.slice(6)));
  const addresses = await Promise.all(links.map(async (name) => pciAddress((await linkName(join(path, name))) ?? '')));
  return [{ type: 'virt_functions', maxCount, address: addresses.filter((address) => address !== undefined) }];
}

/** The nearest folder above that is a device too. */
function parentOf(path: string, byPath: ReadonlyMap<string, string>): string {
  for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
    const found = byPath.get(above);
    if (found !== undefined) return found;
  }
  return computer;
}

const summary = ({ name = '', parent, capability }: NodeDevice): NodeDeviceSummary => ({
  name,
  ...given({ parent }),
  capabilities: capability.map(({ type }) => type),
});

const clean = (word: string): string => word.replaceAll(/[^A-Za-z0-9]/g, '_');

/** The entries that have a value. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
