/**
 * The definition of a new machine. Its hardware is what virt-manager gives one for the same operating system; addresses,
 * aliases and defaults are left to the driver, as with any definition.
 */
import type { Creation } from '../../src-shared/contract/create.ts';
import { withOrganisation, withOsId } from '../../src-shared/model/domain-metadata.ts';
import type { Clock, Cpu, Devices, Domain, Features, Os } from '../../src-shared/model/domain/index.ts';
import { devices, type PlannedDisk } from './devices.ts';
import type { CreationFacts } from './facts.ts';

export function newDomain(spec: Creation, facts: CreationFacts, disks: readonly PlannedDisk[]): Domain {
  const { abilities, os } = facts;
  const isWindows = os?.family === 'winnt' || os?.family === 'win9x' || os?.family === 'win16';
  const metadata = withOrganisation(
    withOsId(undefined, os?.id),
    spec.folder === undefined ? { tags: [] } : { folder: spec.folder, tags: [] },
  );
  return {
    type: abilities.virtType,
    name: spec.name,
    uuid: facts.uuid,
    ...(spec.title === undefined ? {} : { title: spec.title }),
    ...(metadata === undefined ? {} : { metadata }),
    memory: { KiB: spec.memoryKiB },
    currentMemory: { KiB: spec.memoryKiB },
    vcpu: { placement: 'static', value: spec.vcpus },
    sysinfo: [],
    os: osElement(spec, facts),
    features: features(spec, facts, isWindows),
    cpu: cpu(spec, facts),
    clock: clock(facts, isWindows),
    on_poweroff: 'destroy',
    on_reboot: 'restart',
    on_crash: 'destroy',
    // A guest that sleeps cannot be woken by the window's buttons on every firmware.
    pm: { suspendToMem: { enabled: false }, suspendToDisk: { enabled: false } },
    devices: devices(spec, facts, disks) satisfies Devices,
    seclabel: [],
  };
}

function osElement(spec: Creation, { abilities }: CreationFacts): Os {
  const secure = spec.firmware === 'efi-secure';
  const feature = (name: 'secure-boot' | 'enrolled-keys') => ({ enabled: secure, name });
  return {
    ...(spec.firmware === 'bios' ? {} : { firmware: 'efi' as const }),
    type: { arch: abilities.architecture, machine: spec.machine, value: 'hvm' },
    // Keys must be enrolled, or secure boot verifies nothing.
    ...(spec.firmware === 'bios'
      ? {}
      : { firmwareFeatures: { feature: [feature('enrolled-keys'), feature('secure-boot')] } }),
    initarg: [],
    initenv: [],
    boot: [],
  };
}

function features(spec: Creation, { abilities }: CreationFacts, isWindows: boolean): Features {
  return {
    acpi: true,
    apic: {},
    // Enlightenments are KVM's.
    ...(isWindows && abilities.virtType === 'kvm'
      ? {
          hyperv: {
            mode: 'custom' as const,
            relaxed: { state: true },
            vapic: { state: true },
            spinlocks: { state: true, retries: 8191 },
          },
        }
      : {}),
    vmport: { state: false },
    ...(spec.firmware === 'efi-secure' ? { smm: { state: true } } : {}),
  };
}

/** The host's own processor under KVM, everything QEMU can emulate otherwise. Cores before sockets. */
function cpu({ vcpus }: Creation, { abilities }: CreationFacts): Cpu {
  return {
    mode: abilities.virtType === 'kvm' ? 'host-passthrough' : 'maximum',
    check: 'none',
    migratable: true,
    ...(vcpus > 1 ? { topology: { sockets: 1, cores: vcpus, threads: 1 } } : {}),
    feature: [],
  };
}

function clock({ abilities }: CreationFacts, isWindows: boolean): Clock {
  return {
    offset: isWindows ? 'localtime' : 'utc',
    timer: [
      { name: 'rtc', tickpolicy: 'catchup' },
      { name: 'pit', tickpolicy: 'delay' },
      { name: 'hpet', present: false },
      ...(isWindows && abilities.virtType === 'kvm' ? [{ name: 'hypervclock' as const, present: true }] : []),
    ],
  };
}
