/** `<domainCapabilities>`: what one emulator offers on one machine, as libvirt words it, and only what is really there. */
import { VirError } from '../../../../src-shared/errors.ts';
import {
  type CapabilityEnum,
  type DomainCapabilities,
  formatDomainCapabilities,
} from '../../../../src-shared/model/domain-capabilities.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import type { FirmwareDescriptor } from '../firmware/descriptor.ts';
import type { ProbedQemu } from './qemu-capabilities.ts';
import type { QemuCpuModel, QemuMachine } from './types.ts';

export interface DomainCapabilitiesRequest {
  readonly virtType: 'kvm' | 'qemu';
  /** A name or alias; the emulator's usual one when absent. */
  readonly machine?: string;
  /** As `<arch>` names it; a 64-bit x86 emulator runs 32-bit guests too. */
  readonly architecture?: string;
}

/** What the host has besides the emulator. */
export interface CapabilitiesHost {
  readonly firmwares: readonly FirmwareDescriptor[];
  readonly hasVfio: boolean;
  readonly hasSwtpm: boolean;
  /** This driver starts the program that serves folders over virtiofs. */
  readonly hasVirtiofsd: boolean;
}

export function domainCapabilitiesXml(
  capabilities: ProbedQemu,
  request: DomainCapabilitiesRequest,
  host: CapabilitiesHost,
): string {
  return formatDomainCapabilities(domainCapabilities(capabilities, request, host));
}

/** @throws VirError `invalid-arg` for a machine or kind of virtualisation the emulator does not have. */
export function domainCapabilities(
  capabilities: ProbedQemu,
  request: DomainCapabilitiesRequest,
  host: CapabilitiesHost,
): DomainCapabilities {
  const accelerator = request.virtType === 'kvm' ? 'kvm' : 'tcg';
  const found = capabilities.accelerators.find(({ name }) => name === accelerator);
  if (found?.works !== true) {
    throw invalid(
      say`the emulator '${capabilities.binary}' does not support virt type '${request.virtType}'`,
      found?.reason,
    );
  }
  const machine = findMachine(capabilities, request.machine);
  const architecture = request.architecture ?? capabilities.architecture;
  return {
    path: capabilities.binary,
    domain: request.virtType,
    machine: machine.name,
    arch: architecture,
    vcpu: { max: machine.maxCpus },
    iothreads: plain(capabilities.hasType('iothread')),
    os: osPart(architecture, machine, host.firmwares),
    cpu: { mode: cpuModes(capabilities, accelerator) },
    memoryBacking: {
      supported: true,
      enum: [
        words('sourceType', {
          file: true,
          anonymous: true,
          memfd: capabilities.hasType('memory-backend-memfd'),
        }),
      ],
    },
    devices: devicesPart(capabilities, machine, host),
    features: {
      gic: plain(false),
      vmcoreinfo: plain(capabilities.hasType('vmcoreinfo')),
      genid: plain(capabilities.hasType('vmgenid')),
      backingStoreInput: plain(true),
      sev: { supported: false, enum: [] },
      sgx: { supported: false, enum: [] },
    },
  };
}

/** The machine of a name or alias, or the one libvirt takes when none is said. */
export function findMachine(capabilities: ProbedQemu, wanted: string | undefined): QemuMachine {
  const { machines } = capabilities;
  const found =
    wanted === undefined
      ? (machines.find(({ alias, name }) => alias === 'pc' || name === 'pc') ??
        machines.find(({ isDefault }) => isDefault) ??
        machines[0])
      : (machines.find(({ name }) => name === wanted) ?? machines.find(({ alias }) => alias === wanted));
  if (found === undefined) {
    throw invalid(say`the machine '${wanted ?? ''}' is not supported by emulator '${capabilities.binary}'`);
  }
  return found;
}

function osPart(
  architecture: string,
  machine: QemuMachine,
  all: readonly FirmwareDescriptor[],
): NonNullable<DomainCapabilities['os']> {
  const firmwares = all.filter(({ targets }) =>
    targets.some(
      (target) => target.architecture === architecture && target.machines.some((glob) => matches(glob, machine.name)),
    ),
  );
  const has = (kind: string): boolean => firmwares.some(({ interfaces }) => interfaces.includes(kind));
  const flashes = firmwares.filter(({ mapping }) => mapping.device === 'flash');
  const isSecure = flashes.some(({ features }) => features.has('requires-smm'));
  const paths = flashes.flatMap(({ mapping }) => (mapping.device === 'flash' ? [mapping.executable.filename] : []));
  return {
    supported: true,
    enum: [words('firmware', { bios: has('bios'), efi: has('uefi') })],
    loader: {
      supported: true,
      value: [...new Set(paths)],
      enum: [
        words('type', { rom: true, pflash: true }),
        words('readonly', { yes: true, no: true }),
        words('secure', { yes: isSecure, no: true }),
      ],
    },
  };
}

const versioned = /-v\d+$/;
/** Models that stand for "as much as there is", or for nothing. */
const notNamed = new Set(['host', 'max', 'base']);

function cpuModes(
  capabilities: ProbedQemu,
  accelerator: 'kvm' | 'tcg',
): NonNullable<DomainCapabilities['cpu']>['mode'] {
  const models = capabilities
    .cpuModels(accelerator)
    .filter(({ name }) => !versioned.test(name) && !notNamed.has(name))
    .map(modelOf)
    .sort((a, b) => (a.value < b.value ? 1 : -1));
  const migratable = (name: string): CapabilityEnum[] => [words(name, { on: true, off: true })];
  const hasHost = accelerator === 'kvm';
  const hasMax = capabilities.cpuModels(accelerator).some(({ name }) => name === 'max');
  return [
    {
      name: 'host-passthrough',
      supported: hasHost,
      enum: hasHost ? migratable('hostPassthroughMigratable') : [],
      model: [],
      feature: [],
    },
    { name: 'maximum', supported: hasMax, enum: hasMax ? migratable('maximumMigratable') : [], model: [], feature: [] },
    {
      name: 'host-model',
      supported: capabilities.largestCpu(accelerator) !== undefined,
      enum: [],
      model: [],
      feature: [],
    },
    { name: 'custom', supported: models.length > 0, enum: [], model: models, feature: [] },
  ];
}

const modelOf = (model: QemuCpuModel): { usable: 'yes' | 'no'; deprecated?: true; value: string } => ({
  usable: model.usable ? 'yes' : 'no',
  ...(model.deprecated ? { deprecated: true as const } : {}),
  value: model.name,
});

function devicesPart(
  capabilities: ProbedQemu,
  machine: QemuMachine,
  host: CapabilitiesHost,
): NonNullable<DomainCapabilities['devices']> {
  const has = (type: string): boolean => capabilities.hasType(type);
  const isI440fx = /^pc(-i440fx-.*|-[01]\..*)?$/.test(machine.name);
  const hasSpice = capabilities.hasOption('spice');
  const transitional = { virtio: true, 'virtio-transitional': true, 'virtio-non-transitional': true };
  const tpmModels = words('model', {
    'tpm-tis': hasTpm(capabilities, 'tpm-tis'),
    'tpm-crb': hasTpm(capabilities, 'tpm-crb'),
  });
  const hasEmulator = capabilities.tpmTypes.includes('emulator');
  const hasTpms = tpmModels.value.length > 0;
  return {
    disk: yes(
      words('diskDevice', { disk: true, cdrom: true, floppy: true, lun: true }),
      words('bus', {
        ide: isI440fx,
        fdc: has('isa-fdc') || has('floppy'),
        scsi: true,
        virtio: true,
        usb: has('usb-storage'),
        sata: has('ich9-ahci'),
      }),
      words('model', transitional),
    ),
    graphics: yes(
      words('type', {
        sdl: capabilities.schemaHas('query-display-options/ret-type/+sdl'),
        vnc: capabilities.hasCommand('query-vnc'),
        spice: hasSpice,
        'egl-headless': capabilities.schemaHas('query-display-options/ret-type/+egl-headless'),
        dbus: capabilities.schemaHas('query-display-options/ret-type/+dbus'),
      }),
    ),
    video: yes(
      words('modelType', {
        vga: has('VGA'),
        cirrus: has('cirrus-vga'),
        vmvga: has('vmware-svga'),
        qxl: has('qxl'),
        virtio: has('virtio-gpu-pci'),
        none: true,
        bochs: has('bochs-display'),
        ramfb: has('ramfb'),
      }),
    ),
    hostdev: yes(
      words('mode', { subsystem: true }),
      words('startupPolicy', { default: true, mandatory: true, requisite: true, optional: true }),
      words('subsysType', { usb: has('usb-host'), pci: has('vfio-pci'), scsi: has('scsi-generic') }),
      { name: 'capsType', value: [] },
      words('pciBackend', { default: host.hasVfio, vfio: host.hasVfio }),
    ),
    rng: yes(
      words('model', has('virtio-rng-pci') ? transitional : {}),
      words('backendModel', { random: has('rng-random'), egd: has('rng-egd'), builtin: has('rng-builtin') }),
    ),
    filesystem: yes(
      words('driverType', { path: true, handle: true, virtiofs: host.hasVirtiofsd && has('vhost-user-fs-device') }),
    ),
    tpm: hasTpms
      ? yes(
          tpmModels,
          words('backendModel', {
            passthrough: capabilities.tpmTypes.includes('passthrough'),
            emulator: hasEmulator && host.hasSwtpm,
            external: hasEmulator,
          }),
          words('backendVersion', { '2.0': hasEmulator && host.hasSwtpm }),
        )
      : { supported: false, enum: [] },
    redirdev: has('usb-redir') ? yes(words('bus', { usb: true })) : { supported: false, enum: [] },
    channel: yes(words('type', { pty: true, unix: true, spicevmc: hasSpice })),
  };
}

const hasTpm = (capabilities: ProbedQemu, model: string): boolean =>
  capabilities.hasType(model) || capabilities.tpmModels.includes(model);

const plain = (supported: boolean): { supported: boolean; enum: CapabilityEnum[] } => ({ supported, enum: [] });

const yes = (...list: CapabilityEnum[]): { supported: true; enum: CapabilityEnum[] } => ({
  supported: true,
  enum: list,
});

/** The words that are there, in the order given. */
function words(name: string, given: Readonly<Record<string, boolean>>): CapabilityEnum {
  return { name, value: Object.keys(given).filter((word) => given[word] === true) };
}

/** `pc-q35-*`, as firmware descriptions write machines. */
function matches(glob: string, name: string): boolean {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}

const invalid = (message: Sentence, cause?: Sentence): VirError =>
  new VirError({ code: 'invalid-arg', domain: 'qemu', message, ...(cause === undefined ? {} : { cause }) });
