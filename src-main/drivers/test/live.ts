/** What a definition gets when it runs: names for its devices. */
import type { Devices, Domain } from '../../../src-shared/model/domain/index.ts';

/** libvirt's aliases where they are not the element's name. */
const stems: Readonly<Record<string, string>> = { interface: 'net', memballoon: 'balloon', memory: 'dimm' };

/** Every device that has no alias gets one: `net0`, `serial0`, `virtio-disk0` … */
export function withAliases(domain: Domain): Domain {
  if (domain.devices === undefined) return domain;
  const devices = Object.fromEntries(
    Object.entries(domain.devices).map(([kind, value]: [string, unknown]) => {
      if (Array.isArray(value)) return [kind, named(kind, value as object[])];
      return [kind, typeof value === 'object' && value !== null && kind !== '_extra' ? named(kind, [value])[0] : value];
    }),
  ) as unknown as Devices;
  return { ...domain, devices };
}

function named(kind: string, list: readonly object[]): object[] {
  const taken = new Set(list.map((device) => (device as { alias?: { name: string } }).alias?.name));
  const stem = stems[kind] ?? kind;
  let next = 0;
  return list.map((device) => {
    if ('alias' in device) return device;
    while (taken.has(`${stem}${next}`)) next += 1;
    const alias = { name: `${stem}${next}` };
    next += 1;
    return { ...device, alias };
  });
}
