/**
 * What libvirt makes of any definition, whichever driver takes it: values that follow from others, older spellings
 * rewritten, devices that imply each other. What depends on the hypervisor (the board, default models, PCI addresses)
 * is the driver's business.
 */
import { XmlError } from '../../xml/issue.ts';
import { parseElement } from '../../xml/parse.ts';
import { makeElement } from '../../xml/tree.ts';
import { type Devices, devicesSchema } from './devices.ts';
import type { Domain } from './domain.ts';
import { normaliseDevices } from './normalise-devices.ts';
import { normaliseTuning } from './normalise-tuning.ts';

export interface NormaliseContext {
  /** The architecture of a guest that names none. */
  readonly hostArchitecture: string;
  /** Some drivers name files after domains; others allow `/` in names. */
  readonly allowSlashInName?: boolean;
}

type Pass = (domain: Domain, context: NormaliseContext) => Domain;

/** A domain's `<devices>` without any device. */
export const emptyDevices = (): Devices => parseElement(devicesSchema, makeElement('devices'));

const sections: Pass = (domain, { hostArchitecture }) => {
  const { os, vcpu } = domain;
  return {
    ...domain,
    vcpu: { value: 1, ...vcpu, placement: vcpu?.placement ?? 'static' },
    ...(os === undefined ? {} : { os: { ...os, type: { ...os.type, arch: os.type.arch ?? hostArchitecture } } }),
    on_poweroff: domain.on_poweroff ?? 'destroy',
    on_reboot: domain.on_reboot ?? 'restart',
    on_crash: domain.on_crash ?? 'destroy',
    devices: domain.devices ?? emptyDevices(),
  };
};

/** A clock that is some seconds off UTC or local time is a `variable` one. */
const clock: Pass = (domain) => {
  const given = domain.clock ?? { offset: 'utc', timer: [] };
  if (given.offset === 'variable') {
    return { ...domain, clock: { ...given, adjustment: given.adjustment ?? 0, basis: given.basis ?? 'utc' } };
  }
  const isFixed = given.offset === 'utc' || given.offset === 'localtime';
  if (!isFixed || given.adjustment === undefined || !/^[+-]?\d+$/.test(given.adjustment)) {
    return { ...domain, clock: given };
  }
  const { offset, adjustment, ...rest } = given;
  return { ...domain, clock: { ...rest, offset: 'variable', adjustment: Number(adjustment), basis: offset } };
};

/** Memory follows from NUMA cells when it is not given; what the guest starts with is at most all of it. */
const memory: Pass = (domain) => {
  const cells = domain.cpu?.numa?.cell ?? [];
  const modules = domain.devices?.memory ?? [];
  const sum = [...cells.map((cell) => cell.memory), ...modules.map((module) => module.target.size.KiB)];
  const total = domain.memory ?? (cells.length === 0 ? undefined : { KiB: sum.reduce((left, right) => left + right) });
  if (total === undefined) return domain;
  const current = domain.currentMemory?.KiB ?? 0;
  const KiB = current === 0 || current > total.KiB ? total.KiB : current;
  return { ...domain, memory: total, currentMemory: { ...domain.currentMemory, KiB } };
};

const cpu: Pass = (domain) => {
  const given = domain.cpu;
  if (given === undefined) return domain;
  const { model, topology, numa } = given;
  const mode = given.mode ?? 'custom';
  const named = model?.value !== undefined;
  // A processor that only has a topology or NUMA cells says nothing about its model.
  const kind = mode === 'custom' && !named ? {} : { mode };
  const match = mode === 'custom' && named ? { match: given.match ?? ('exact' as const) } : {};
  const { mode: _mode, match: _match, ...rest } = given;
  return {
    ...domain,
    cpu: {
      ...kind,
      ...match,
      ...rest,
      feature: given.feature.map((feature) => ({ ...feature, policy: feature.policy ?? 'require' })),
      ...(model === undefined || !named ? {} : { model: { ...model, fallback: model.fallback ?? 'allow' } }),
      ...(topology === undefined ? {} : { topology: { ...topology, dies: topology.dies ?? 1 } }),
      ...(numa === undefined
        ? {}
        : { numa: { ...numa, cell: numa.cell.map((cell, index) => ({ ...cell, id: cell.id ?? index })) } }),
    },
  };
};

/** Firmware with enrolled keys has secure boot; a loader is a ROM unless it says otherwise. */
const firmware: Pass = (domain) => {
  const { os } = domain;
  if (os === undefined) return domain;
  const features = os.firmwareFeatures;
  const enrolled = features?.feature.some(({ name, enabled }) => name === 'enrolled-keys' && enabled) === true;
  const secure = features?.feature.some(({ name }) => name === 'secure-boot') === true;
  return {
    ...domain,
    os: {
      ...os,
      ...(features === undefined || !enrolled || secure
        ? {}
        : {
            firmwareFeatures: { ...features, feature: [...features.feature, { enabled: true, name: 'secure-boot' }] },
          }),
      ...(os.loader?.value === undefined ? {} : { loader: { ...os.loader, type: os.loader.type ?? 'rom' } }),
    },
  };
};

/** A machine that names nothing to boot from boots its first disk. */
const bootOrder: Pass = (domain) => {
  const { os, devices } = domain;
  if (os === undefined || os.type.value !== 'hvm' || os.boot.length > 0 || domain.bootloader !== undefined)
    return domain;
  const bootable: readonly { readonly boot?: { readonly order: number } }[] = [
    ...(devices?.disk ?? []),
    ...(devices?.interface ?? []),
    ...(devices?.hostdev ?? []),
    ...(devices?.redirdev ?? []),
    ...(devices?.filesystem ?? []),
  ];
  if (bootable.some(({ boot }) => boot !== undefined)) return domain;
  return { ...domain, os: { ...os, boot: [{ dev: 'hd' }] } };
};

const securityLabels: Pass = (domain) => ({
  ...domain,
  seclabel: domain.seclabel.map((label) => {
    const type = label.type ?? 'dynamic';
    const { relabel, ...rest } = label;
    if (type === 'none') return { ...rest, type };
    return { ...rest, type, relabel: relabel ?? type === 'dynamic' };
  }),
});

const devices: Pass = (domain) =>
  domain.devices === undefined ? domain : { ...domain, devices: normaliseDevices(domain, domain.devices) };

const passes: readonly Pass[] = [
  sections,
  clock,
  cpu,
  memory,
  firmware,
  normaliseTuning,
  devices,
  bootOrder,
  securityLabels,
];

/**
 * The definition as libvirt would show it back. Pure: `domain` is left as it is.
 * @throws XmlError when its name can't be used.
 */
export function normaliseDomain(domain: Domain, context: NormaliseContext): Domain {
  if (domain.name.includes('/') && context.allowSlashInName !== true) {
    const message = `'${domain.name}' can't be a domain's name: it has a '/' in it.`;
    throw new XmlError([{ path: '/domain/name', line: 0, column: 0, message }]);
  }
  return passes.reduce((current, pass) => pass(current, context), domain);
}
