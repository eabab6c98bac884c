/** Files and links of sysfs, of which any may be gone, or be refused, at any time. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Files of devices that went, that may not be read (serial numbers), or that the device refuses to tell. */
export function absent(thrown: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'EACCES', 'EINVAL', 'EIO', 'ENODEV'].includes(thrown.code ?? '')) return undefined;
  throw thrown;
}

export async function text(path: string): Promise<string | undefined> {
  return (await readFile(path, 'utf8').catch(absent))?.trim();
}

export async function number(path: string, file: string, radix?: number): Promise<number | undefined> {
  const value = await text(join(path, file));
  if (value === undefined || value === '') return undefined;
  const found = radix === undefined ? Number(value) : Number.parseInt(value, radix);
  return Number.isNaN(found) ? undefined : found;
}

export const decimal = async (path: string, file: string): Promise<number | undefined> => await number(path, file, 10);

export const linkName = async (path: string): Promise<string | undefined> => {
  const target = await readlink(path).catch(absent);
  return target === undefined ? undefined : basename(target);
};

interface PciAddress {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

/** `0000:02:1f.3` */
export function pciAddress(name: string): PciAddress | undefined {
  const parts = /^([\da-f]+):([\da-f]{2}):([\da-f]{2})\.([0-7])$/i.exec(name)?.slice(1);
  const [domain, bus, slot, own] = (parts ?? []).map((part) => Number.parseInt(part, 16));
  if (domain === undefined || bus === undefined || slot === undefined || own === undefined) return undefined;
  return { domain, bus, slot, function: own };
}

/** The PCI functions that a folder has links to. */
export async function members(folder: string): Promise<PciAddress[]> {
  const names = (await readdir(folder).catch(absent)) ?? [];
  return names.sort().flatMap((name) => pciAddress(name) ?? []);
}
