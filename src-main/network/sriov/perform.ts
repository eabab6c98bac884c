/** Gives virtual functions their addresses and VLANs, and hands them to VFIO and back. */
import { existsSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { ProcessError, run } from '../../host/process.ts';
import type { VirtualFunction } from './functions.ts';

/** What a card's firmware is told of one of its functions. */
export interface FunctionSettings {
  readonly mac: string;
  /** 0 is none. */
  readonly vlan: number;
}

const timeoutMs = 10_000;
const nobody = '00:00:00:00:00:00';
/** Some drivers refuse an address of zeros; this one is nobody's either. */
const otherNobody = '02:00:00:00:00:00';

export const functionCommand = (parent: string, index: number, { mac, vlan }: FunctionSettings): string[] => [
  ...['ip', 'link', 'set', 'dev', parent, 'vf', String(index), 'mac', mac, 'vlan', String(vlan)],
];

export async function setFunction(
  parent: string,
  index: number,
  settings: FunctionSettings,
  signal?: AbortSignal,
): Promise<void> {
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  try {
    await run(functionCommand(parent, index, settings), options);
  } catch (thrown) {
    if (settings.mac !== nobody || !(thrown instanceof ProcessError)) throw thrown;
    await run(functionCommand(parent, index, { ...settings, mac: otherNobody }), options);
  }
}

interface ListedLink {
  readonly vfinfo_list?: readonly {
    readonly vf?: number;
    readonly address?: string;
    readonly vlan_list?: readonly { readonly vlan?: number }[];
  }[];
}

/** From what `ip -json link show` prints of the physical function. */
export function readSettings(json: string, index: number): FunctionSettings {
  const [link] = JSON.parse(json) as readonly ListedLink[];
  const found = link?.vfinfo_list?.find(({ vf }) => vf === index);
  return { mac: found?.address ?? nobody, vlan: found?.vlan_list?.[0]?.vlan ?? 0 };
}

export async function settingsOf({ parent, index }: VirtualFunction): Promise<FunctionSettings> {
  const { stdout } = await run(['ip', '-json', 'link', 'show', 'dev', parent], { timeoutMs });
  return readSettings(stdout, index);
}

/**
 * Has a driver take a PCI device from the one that has it; without a name, the one that is made for it.
 * @param root where the kernel's files are; another place in tests
 */
export function bindPci(address: string, driver: string | undefined, root = '/sys'): void {
  const device = join(root, 'bus/pci/devices', address);
  const link = join(device, 'driver');
  const now = existsSync(link) ? basename(readlinkSync(link)) : undefined;
  writeFileSync(join(device, 'driver_override'), `${driver ?? ''}\n`);
  if (driver !== undefined && now === driver) return;
  if (now !== undefined) writeFileSync(join(link, 'unbind'), address);
  writeFileSync(join(root, 'bus/pci/drivers_probe'), address);
}

const vfio = 'vfio-pci';

/**
 * @param managed whether the function is taken from the host's driver for the time
 * @throws VirError when this host can't give it to a guest, with the reason
 */
export function checkVfio({ address, iommuGroup, driver }: VirtualFunction, managed: boolean, root = ''): void {
  if (iommuGroup === undefined) {
    throw impossible(
      address,
      say`No IOMMU keeps it apart from the host's memory.`,
      say`Switch it on in the firmware (VT-d, AMD-Vi) and in the kernel (intel_iommu=on).`,
    );
  }
  if (!existsSync(`${root}/dev/vfio/vfio`) || !existsSync(`${root}/sys/bus/pci/drivers/${vfio}`)) {
    throw impossible(
      address,
      say`The host's kernel has no VFIO, or it is not loaded.`,
      say`Load it: modprobe vfio-pci.`,
    );
  }
  if (managed || driver === vfio) return;
  throw impossible(
    address,
    say`The driver '${driver ?? ''}' of the host has it, and the network leaves it there (managed='no').`,
    say`Give it to vfio-pci first, or write managed='yes' at <forward>.`,
  );
}

const impossible = (address: string, cause: ReturnType<typeof say>, fix: ReturnType<typeof say>): VirError =>
  new VirError({
    code: 'config-unsupported',
    domain: 'network',
    message: say`The host can't give the PCI device ${address} to a guest.`,
    ...{ cause, fix },
  });
