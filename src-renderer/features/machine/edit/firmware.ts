/** Edits of board, firmware and boot order. Pure. */
import type { Disk, Domain } from '../../../../src-shared/model/domain/index.ts';
import { devicesOf, edited } from './domain-edit.ts';

export const firmwareChoices = ['bios', 'efi', 'efi-secure'] as const;
export type FirmwareChoice = (typeof firmwareChoices)[number];

export function firmwareOf({ os }: Domain): FirmwareChoice {
  const features = os?.firmwareFeatures?.feature ?? [];
  const secure =
    os?.loader?.secure === true || features.some((feature) => feature.name === 'secure-boot' && feature.enabled);
  if (os?.firmware === 'efi' || os?.loader?.type === 'pflash') return secure ? 'efi-secure' : 'efi';
  return 'bios';
}

/** Lets the engine choose the firmware files anew: loader and variables of the old kind go. */
export function setFirmware(domain: Domain, choice: FirmwareChoice): Domain {
  if (firmwareOf(domain) === choice) return domain;
  return edited(domain, (draft) => {
    if (draft.os === undefined) return;
    const { firmware: _firmware, firmwareFeatures: _features, loader: _loader, nvram: _nvram, ...rest } = draft.os;
    if (choice === 'bios') {
      draft.os = rest;
      return;
    }
    const secure = choice === 'efi-secure';
    draft.os = {
      ...rest,
      firmware: 'efi',
      firmwareFeatures: {
        feature: [
          { enabled: secure, name: 'enrolled-keys' },
          { enabled: secure, name: 'secure-boot' },
        ],
      },
    };
    if (secure) draft.features = { ...draft.features, smm: { ...draft.features?.smm, state: true } };
  });
}

export const isQ35 = ({ os }: Domain): boolean => os?.type.machine?.includes('q35') === true;

/**
 * Another board has other buses: places on them, and the controllers that make them, are chosen anew. What was asked
 * for on purpose (SCSI and virtio-serial controllers) stays.
 */
export function setMachine(domain: Domain, machine: string): Domain {
  if (domain.os?.type.machine === machine) return domain;
  const wasQ35 = isQ35(domain);
  return edited(domain, (draft) => {
    if (draft.os === undefined) return;
    draft.os.type = { ...draft.os.type, machine };
    const { devices } = draft;
    if (devices === undefined || wasQ35 === isQ35(draft)) return;
    devices.controller = devices.controller.filter(({ type }) => type === 'scsi' || type === 'virtio-serial');
    for (const value of Object.values(devices)) {
      const list: readonly unknown[] = Array.isArray(value) ? value : [value];
      for (const device of list) forgetPlace(device);
    }
    const [from, to] = wasQ35 ? (['sata', 'ide'] as const) : (['ide', 'sata'] as const);
    for (const disk of devices.disk) {
      if (disk.target.bus !== from) continue;
      disk.target = { ...disk.target, bus: to };
      delete disk.address;
    }
  });
}

function forgetPlace(device: unknown): void {
  if (typeof device !== 'object' || device === null || !('address' in device)) return;
  const { address } = device as { address?: { readonly type: string } };
  if (address?.type === 'pci' || address?.type === 'usb') delete (device as { address?: unknown }).address;
}

/** The devices that can be started from, in their order. */
export interface BootEntry {
  readonly kind: 'disk' | 'interface';
  readonly index: number;
  /** Absent: not started from. */
  readonly order?: number;
}

const bootClass = (disk: Disk): 'cdrom' | 'fd' | 'hd' =>
  disk.device === 'cdrom' ? 'cdrom' : disk.device === 'floppy' ? 'fd' : 'hd';

/** By the devices' own order, or by `<boot dev>` where the definition has that. */
export function bootEntries(domain: Domain): readonly BootEntry[] {
  const classes = domain.os?.boot.map(({ dev }) => dev) ?? [];
  const order = (own: number | undefined, kind: (typeof classes)[number]): { order?: number } => {
    if (own !== undefined) return { order: own };
    const place = classes.indexOf(kind);
    return place < 0 ? {} : { order: place + 1 };
  };
  const disks = (domain.devices?.disk ?? []).map(
    (disk, index): BootEntry => ({ kind: 'disk', index, ...order(disk.boot?.order, bootClass(disk)) }),
  );
  const cards = (domain.devices?.interface ?? []).map(
    (card, index): BootEntry => ({ kind: 'interface', index, ...order(card.boot?.order, 'network') }),
  );
  return [...disks, ...cards].sort((a, b) => (a.order ?? Infinity) - (b.order ?? Infinity));
}

/** Starts from these, in this order; `<boot dev>` gives way to the devices' own order. */
export function setBootOrder(domain: Domain, order: readonly Pick<BootEntry, 'kind' | 'index'>[]): Domain {
  return edited(domain, (draft) => {
    if (draft.os !== undefined) draft.os.boot = [];
    for (const kind of ['disk', 'interface'] as const) {
      for (const [index, device] of devicesOf(draft)[kind].entries()) {
        const place = order.findIndex((entry) => entry.kind === kind && entry.index === index);
        if (place < 0) delete device.boot;
        else device.boot = { ...device.boot, order: place + 1 };
      }
    }
  });
}

export function bootMenuOf({ os }: Domain): boolean {
  return os?.bootmenu?.enable === true;
}

export function setBootMenu(domain: Domain, on: boolean): Domain {
  return edited(domain, (draft) => {
    if (draft.os === undefined) return;
    if (on) draft.os.bootmenu = { ...draft.os.bootmenu, enable: true };
    else delete draft.os.bootmenu;
  });
}
