/**
 * Edits of a definition: each takes a domain and returns another, everything a form does not know untouched. What the
 * engine fills in (addresses, controllers, MACs) is left out of what is new and chosen when the edit is applied.
 */
import type { Devices, Domain } from '../../../../src-shared/model/domain/index.ts';

/** Changes a copy. */
export function edited(domain: Domain, change: (draft: Domain) => void): Domain {
  const draft = structuredClone(domain);
  change(draft);
  return draft;
}

export function devicesOf(draft: Domain): Devices {
  if (draft.devices === undefined) throw new TypeError('the domain has no devices');
  return draft.devices;
}

/** The kinds of device of which a machine has any number. */
export type DeviceList = {
  [K in keyof Devices]-?: NonNullable<Devices[K]> extends readonly unknown[] ? K : never;
}[keyof Devices];

export type DeviceOf<K extends DeviceList> = Devices[K][number];

const listOf = <K extends DeviceList>(draft: Domain, kind: K): DeviceOf<K>[] => devicesOf(draft)[kind];

export function devicesOfKind<K extends DeviceList>(domain: Domain, kind: K): readonly DeviceOf<K>[] {
  return domain.devices?.[kind] ?? [];
}

export function removeDevice(domain: Domain, kind: DeviceList, index: number): Domain {
  return edited(domain, (draft) => {
    listOf(draft, kind).splice(index, 1);
  });
}

export function addDevice<K extends DeviceList>(domain: Domain, kind: K, device: DeviceOf<K>): Domain {
  return edited(domain, (draft) => {
    listOf(draft, kind).push(device);
  });
}

/** Puts what `change` makes of a device in its place. */
export function replaceDevice<K extends DeviceList>(
  domain: Domain,
  kind: K,
  index: number,
  change: (device: DeviceOf<K>) => DeviceOf<K>,
): Domain {
  return edited(domain, (draft) => {
    const list = listOf(draft, kind);
    const device = list[index];
    if (device !== undefined) list[index] = change(device);
  });
}

/** An object with some properties set, and those that are undefined gone: absence is absence in the XML too. */
export function having<T extends object>(object: T, change: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const entries = Object.entries({ ...object, ...change }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}
