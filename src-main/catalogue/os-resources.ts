/**
 * What an operating system wants of a machine: libosinfo's recommendations, and the best devices it has drivers for.
 */
import type { OsInfo, OsResources } from '../../src-shared/contract/create.ts';
import type { OsDatabase } from './osinfo/database.ts';
import type { Amounts, OsEntry } from './osinfo/entry.ts';

export interface HostAmounts {
  readonly memoryKiB: number;
  readonly cpus: number;
  /** libvirt's name; `x86_64` unless told. */
  readonly arch?: string;
}

const mib = 1024;
const gib = 2 ** 30;
const defaults = { memoryKiB: 2048 * mib, vcpus: 2, diskBytes: 20 * gib };

/** Device ids of libosinfo's database. */
const pci = (id: string): string => `http://pcisig.com/pci/${id}`;
const ids = {
  virtioBlock: [pci('1af4/1001'), pci('1af4/1042')],
  virtioScsi: [pci('1af4/1004'), pci('1af4/1048')],
  virtioNet: [pci('1af4/1000'), pci('1af4/1041')],
  virtio1Net: [pci('1af4/1041')],
  virtioSerial: [pci('1af4/1003'), pci('1af4/1043')],
  virtioRng: [pci('1af4/1005'), pci('1af4/1044')],
  virtioBalloon: [pci('1af4/1002'), pci('1af4/1045')],
  virtioGpu: [pci('1af4/1050')],
  qxl: [pci('1b36/0100')],
  q35: ['http://qemu.org/chipset/x86/q35'],
  tablet: ['http://usb.org/usb/80ee/0021', 'http://usb.org/usb/0627/0001'],
};

/** QEMU's network cards, the best first, and sound cards. */
const netModels = [
  { model: 'virtio', ids: ids.virtioNet },
  { model: 'e1000e', ids: [pci('8086/10d3')] },
  { model: 'e1000', ids: [pci('8086/100e')] },
  { model: 'rtl8139', ids: [pci('10ec/8139')] },
  { model: 'pcnet', ids: [pci('1022/2000')] },
  { model: 'ne2k_pci', ids: [pci('10ec/8029')] },
];
const soundModels = [
  { model: 'ich9', ids: [pci('8086/293e')] },
  { model: 'ich6', ids: [pci('8086/2668')] },
  { model: 'ac97', ids: [pci('8086/2415')] },
  { model: 'es1370', ids: [pci('1274/5000')] },
];

export const unknownOs: OsInfo = { id: '', shortId: 'unknown', name: 'Unknown', family: 'linux' };

/** Without a system: what a Linux of recent years wants, which is what most unknown media are. */
export function osResources(database: OsDatabase, os: OsEntry | undefined, host: HostAmounts): OsResources {
  const devices = os === undefined ? undefined : knownDevices(database, os);
  const has = (wanted: readonly string[]): boolean => devices === undefined || wanted.some((id) => devices.has(id));
  const arch = host.arch ?? 'x86_64';
  const { minimum, recommended } = os === undefined ? { minimum: {}, recommended: {} } : amountsOf(database, os, arch);
  const firmware = os === undefined ? 'bios' : firmwareOf(os, arch);
  // A q35 board needs drivers for virtio 1.0, where it has virtio at all: its slots are PCI Express.
  const modern = !has(ids.virtioNet) || has(ids.virtio1Net);
  const machine = (has(ids.q35) && modern) || firmware !== 'bios' ? 'q35' : 'pc';
  const sound = devices === undefined ? 'ich9' : best(soundModels, devices);
  const minimumMemoryKiB = minimum.ramBytes === undefined ? undefined : Math.ceil(minimum.ramBytes / 1024);
  return {
    os: os === undefined ? unknownOs : osInfo(os),
    memoryKiB: memoryOf(minimum, recommended, host),
    ...(minimumMemoryKiB === undefined ? {} : { minimumMemoryKiB }),
    vcpus: Math.max(1, Math.min(host.cpus, Math.max(defaults.vcpus, recommended.cpus ?? minimum.cpus ?? 0))),
    diskBytes: recommended.storageBytes ?? Math.max(defaults.diskBytes, minimum.storageBytes ?? 0),
    diskBus: has(ids.virtioBlock) ? 'virtio' : has(ids.virtioScsi) ? 'scsi' : machine === 'q35' ? 'sata' : 'ide',
    netModel: devices === undefined ? 'virtio' : (best(netModels, devices) ?? fallbackNet(machine)),
    video: has(ids.virtioGpu) ? 'virtio' : has(ids.qxl) ? 'qxl' : 'vga',
    ...(sound === undefined ? {} : { sound }),
    firmware,
    tpm: firmware === 'efi-secure',
    machine,
    agentChannel: has(ids.virtioSerial),
    rng: has(ids.virtioRng),
    balloon: has(ids.virtioBalloon),
    usbTablet: has(ids.tablet),
  };
}

export function osInfo(os: OsEntry): OsInfo {
  const { id, name, family, distro, version, releaseDate, eolDate } = os;
  return {
    ...{ id, name, shortId: os.shortIds[0] ?? id },
    ...(family === undefined ? {} : { family }),
    ...(distro === undefined ? {} : { distro }),
    ...(version === undefined ? {} : { version }),
    ...(releaseDate === undefined ? {} : { releaseDate }),
    ...(eolDate === undefined ? {} : { endOfLife: eolDate }),
  };
}

/** Undefined when the database says nothing about devices: that is not knowing, not having none. */
function knownDevices(database: OsDatabase, os: OsEntry): ReadonlySet<string> | undefined {
  const devices = database.devices(os);
  return devices.size === 0 && os.family === 'linux' ? undefined : devices;
}

const best = (
  models: readonly { readonly model: string; readonly ids: readonly string[] }[],
  devices: ReadonlySet<string>,
): string | undefined => models.find((entry) => entry.ids.some((id) => devices.has(id)))?.model;

/** Cards that nearly everything of their time can drive. */
const fallbackNet = (machine: 'q35' | 'pc'): string => (machine === 'q35' ? 'e1000e' : 'rtl8139');

/**
 * The recommendation, or twice the minimum, as virt-manager has it; but never more than half of what the host has unless
 * the minimum asks for it.
 */
function memoryOf(minimum: Amounts, recommended: Amounts, host: HostAmounts): number {
  const least = Math.ceil((minimum.ramBytes ?? 0) / 1024);
  const wanted =
    recommended.ramBytes === undefined
      ? least === 0
        ? defaults.memoryKiB
        : least * 2
      : Math.ceil(recommended.ramBytes / 1024);
  const limit = Math.floor(host.memoryKiB / 2 / mib) * mib;
  return Math.max(least, 16 * mib, Math.min(wanted, Math.max(limit, 256 * mib)));
}

function firmwareOf(os: OsEntry, arch: string): OsResources['firmware'] {
  const supports = (type: string, otherwise: boolean): boolean =>
    os.firmware.find((entry) => entry.type === type && entry.arch === arch)?.supported ?? otherwise;
  const needsEfi = supports('efi', false) && !supports('bios', true);
  // The database does not say so: these refuse to install without secure boot and a TPM.
  if (os.distro === 'win' && needsEfi) return 'efi-secure';
  return needsEfi ? 'efi' : 'bios';
}

/** The system's own figures for the architecture, else for all of them; what it inherits is looked up above it. */
function amountsOf(
  database: OsDatabase,
  os: OsEntry,
  arch: string,
  depth = 0,
): { readonly minimum: Amounts; readonly recommended: Amounts } {
  const own = [
    ...os.resources.filter((entry) => entry.arch === arch),
    ...os.resources.filter((entry) => entry.arch === 'all'),
  ];
  let minimum: Amounts = {};
  let recommended: Amounts = {};
  for (const entry of own) {
    minimum = { ...entry.minimum, ...minimum };
    recommended = { ...entry.recommended, ...recommended };
  }
  if (depth > 32 || !own.some((entry) => entry.inherit)) return { minimum, recommended };
  for (const parent of database.parents(os)) {
    const above = amountsOf(database, parent, arch, depth + 1);
    minimum = { ...above.minimum, ...minimum };
    recommended = { ...above.recommended, ...recommended };
  }
  return { minimum, recommended };
}
