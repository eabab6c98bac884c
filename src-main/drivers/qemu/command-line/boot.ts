import type { Disk } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { CompleteDomain } from '../passes/types.ts';
import { unsupported } from '../passes/errors.ts';
import { escapeComma } from './json.ts';
import type { Section } from './types.ts';

/** Boot menu, kernel and ACPI tables. The order of devices stands with the devices. */
export const boot: Section = (options, { domain }) => {
  const { os } = domain;
  const parts: string[] = [];
  if (os.bootmenu?.enable !== undefined) parts.push(`menu=${os.bootmenu.enable ? 'on' : 'off'}`);
  if (os.bios?.rebootTimeout !== undefined) parts.push(`reboot-timeout=${os.bios.rebootTimeout}`);
  if (os.bootmenu?.enable === true && os.bootmenu.timeout !== undefined) {
    parts.push(`splash-time=${os.bootmenu.timeout}`);
  }
  options.add('-boot', [...parts, 'strict=on'].join(','));
  if (os.kernel !== undefined) options.add('-kernel', os.kernel);
  if (os.initrd !== undefined) options.add('-initrd', os.initrd);
  if (os.cmdline !== undefined) options.add('-append', os.cmdline);
  if (os.dtb !== undefined) options.add('-dtb', os.dtb);
  for (const table of os.acpi?.table ?? []) {
    if (table.type !== 'slic') throw unsupported(say`An ACPI table of type '${table.type}' is not supported.`);
    options.add('-acpitable', `sig=SLIC,file=${escapeComma(table.value)}`);
  }
};

const kindOf = (disk: Disk): 'cdrom' | 'fd' | 'hd' =>
  disk.device === 'cdrom' ? 'cdrom' : disk.device === 'floppy' ? 'fd' : 'hd';

/** Each device's place in the boot order: its own, or the one its kind has in `<os>`, for the first of the kind. */
export function bootIndexes({ os, devices }: CompleteDomain): (device: object) => number {
  const indexes = new Map<object, number>();
  const kinds = new Map<string, number>();
  os.boot.forEach(({ dev }, place) => kinds.set(dev, place + 1));
  if (kinds.size > 0) {
    for (const disk of devices.disk) {
      const kind = kindOf(disk);
      indexes.set(disk, kinds.get(kind) ?? 0);
      kinds.delete(kind);
    }
    const [card] = devices.interface;
    if (card !== undefined) indexes.set(card, kinds.get('network') ?? 0);
    return (device) => indexes.get(device) ?? 0;
  }
  return (device) => (device as { readonly boot?: { readonly order: number } }).boot?.order ?? 0;
}
