/** `<capabilities>`: this host, and the kinds of guests its emulators run. */
import {
  type Capabilities,
  formatCapabilities,
  type GuestCapabilities,
  type HostCapabilities,
} from '../../../../src-shared/model/capabilities.ts';
import { parseUuid } from '../../../../src-shared/uuid.ts';
import type { NodeInfo } from '../../../engine/driver.ts';
import { readIfThere } from '../../../host/files.ts';
import { hostArchitecture } from './emulators.ts';
import type { ProbedQemu } from './qemu-capabilities.ts';

export interface EmulatorCapabilities {
  /** Of the guest: an x86_64 emulator runs i686 guests too. */
  readonly architecture: string;
  readonly capabilities: ProbedQemu;
}

export function hostCapabilitiesXml(node: NodeInfo, emulators: readonly EmulatorCapabilities[]): string {
  const capabilities: Capabilities = { host: hostPart(node), guest: emulators.map(guestPart) };
  return formatCapabilities(capabilities);
}

function hostPart(node: NodeInfo): HostCapabilities {
  const uuid = hostUuid();
  return {
    ...(uuid === undefined ? {} : { uuid }),
    cpu: {
      arch: hostArchitecture(),
      ...processorPart(),
      counter: [],
      topology: { sockets: node.sockets, dies: 1, cores: node.cores, threads: node.threads },
      feature: [],
      pages: [{ unit: 'KiB', size: 4 }],
    },
    migration_features: { live: true, uri_transports: { uri_transport: ['tcp'] } },
    topology: {
      cells: {
        num: 1,
        cell: [
          {
            id: 0,
            memory: { KiB: node.memoryKiB },
            pages: [{ unit: 'KiB', size: 4, value: Math.floor(node.memoryKiB / 4) }],
            cache: [],
            cpus: { num: node.cpus, cpu: Array.from({ length: node.cpus }, (_, id) => hostCpu(id)) },
          },
        ],
      },
    },
    secmodel: [],
  };
}

/** The board's own, else the installation's. */
function hostUuid(): string | undefined {
  for (const file of ['/sys/class/dmi/id/product_uuid', '/etc/machine-id']) {
    try {
      const uuid = parseUuid(readIfThere(file)?.trim() ?? '');
      if (uuid !== undefined) return uuid;
    } catch {
      // Only root may read the board's.
    }
  }
  return undefined;
}

function processorPart(): {
  model?: string;
  vendor?: string;
  signature?: { family: number; model: number; stepping: number };
} {
  const text = readIfThere('/proc/cpuinfo') ?? '';
  const field = (name: string): string | undefined => new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(text)?.[1];
  const vendor = { AuthenticAMD: 'AMD', GenuineIntel: 'Intel', HygonGenuine: 'Hygon' }[field('vendor_id') ?? ''];
  const [family, model, stepping] = [field('cpu family'), field('model'), field('stepping')].map(Number);
  return {
    ...(vendor === undefined ? {} : { vendor }),
    ...(family === undefined || model === undefined || stepping === undefined || Number.isNaN(family + model + stepping)
      ? {}
      : { signature: { family, model, stepping } }),
  };
}

function hostCpu(id: number): { id: number; socket_id: number; die_id: number; core_id: number; siblings: number[] } {
  const folder = `/sys/devices/system/cpu/cpu${id}/topology`;
  const read = (name: string): number => Number(readIfThere(`${folder}/${name}`)?.trim() ?? '0');
  const siblings = readIfThere(`${folder}/thread_siblings_list`)?.trim() ?? String(id);
  return {
    id,
    socket_id: read('physical_package_id'),
    die_id: Math.max(0, read('die_id')),
    core_id: read('core_id'),
    siblings: siblings.split(',').flatMap(range),
  };
}

/** `0-3` is 0, 1, 2, 3. */
function range(text: string): number[] {
  const [first = 0, last = first] = text.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
}

function guestPart({ architecture, capabilities }: EmulatorCapabilities): GuestCapabilities {
  const { accelerators, machines, binary } = capabilities;
  const works = (name: string): boolean => accelerators.some((item) => item.name === name && item.works);
  const isX86 = architecture === 'x86_64' || architecture === 'i686';
  return {
    os_type: 'hvm',
    arch: {
      name: architecture,
      wordsize: /64|s390x/.test(architecture) ? 64 : 32,
      emulator: binary,
      machine: machines.flatMap(({ name, alias, maxCpus, deprecated }) => {
        const rest = { maxCpus, ...(deprecated ? { deprecated: true as const } : {}) };
        const own = { ...rest, value: name };
        return alias === undefined ? [own] : [{ canonical: name, ...rest, value: alias }, own];
      }),
      domain: [{ type: 'qemu', machine: [] }, ...(works('kvm') ? [{ type: 'kvm', machine: [] }] : [])],
    },
    features: {
      ...(isX86 ? { acpi: { default: true, toggle: true }, apic: { default: true, toggle: false } } : {}),
      ...(architecture === 'i686' ? { pae: true as const, nonpae: true as const } : {}),
      cpuselection: true,
      deviceboot: true,
      disksnapshot: { default: true, toggle: false },
      externalSnapshot: true,
    },
  };
}
