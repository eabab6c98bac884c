/** SR-IOV's virtual functions as the kernel shows them below /sys. */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';

/** `0000:03:10.2` */
export const pciAddressSchema = z.string().regex(/^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]$/);

export interface VirtualFunction {
  readonly address: string;
  /** The physical function's network device, and which of its functions this is. */
  readonly parent: string;
  readonly index: number;
  /** Its own network device, while a driver of the host has it. */
  readonly netdev?: string;
  readonly driver?: string;
  /** Absent where no IOMMU keeps it apart. */
  readonly iommuGroup?: string;
}

/** Where the kernel's files are; another place in tests. */
const kernelFiles = '/sys';

/** The functions of a network device, in their order; none when it has none, or is not there. */
export function functionsOf(parent: string, root = kernelFiles): readonly VirtualFunction[] {
  const device = join(root, 'class/net', parent, 'device');
  if (!existsSync(device)) return [];
  return readdirSync(device)
    .flatMap((name) => /^virtfn(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other)
    .map((index) => functionIn(join(device, `virtfn${index}`), parent, index));
}

/** The function at an address; undefined when there is none, or the device is a whole one. */
export function functionAt(address: string, root = kernelFiles): VirtualFunction | undefined {
  const nets = join(root, 'bus/pci/devices', address, 'physfn/net');
  const [parent] = existsSync(nets) ? readdirSync(nets) : [];
  if (parent === undefined) return undefined;
  return functionsOf(parent, root).find((item) => item.address === address);
}

function functionIn(link: string, parent: string, index: number): VirtualFunction {
  const target = (name: string): string | undefined => {
    const path = join(link, name);
    return existsSync(path) ? basename(readlinkSync(path)) : undefined;
  };
  const nets = join(link, 'net');
  const [netdev] = existsSync(nets) ? readdirSync(nets) : [];
  const driver = target('driver');
  const iommuGroup = target('iommu_group');
  return {
    ...{ address: basename(readlinkSync(link)), parent, index },
    ...(netdev === undefined ? {} : { netdev }),
    ...(driver === undefined ? {} : { driver }),
    ...(iommuGroup === undefined ? {} : { iommuGroup }),
  };
}

/** libvirt's numbers of a PCI address, as text and back. */
export function formatPci({ domain = 0, bus = 0, slot = 0, function: fn = 0 }: PciNumbers): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`;
}

export interface PciNumbers {
  readonly domain?: number;
  readonly bus?: number;
  readonly slot?: number;
  readonly function?: number;
}

export function parsePci(address: string): Required<PciNumbers> {
  const [domain = 0, bus = 0, slot = 0, fn = 0] = address.split(/[:.]/).map((part) => Number.parseInt(part, 16));
  return { domain, bus, slot, function: fn };
}
