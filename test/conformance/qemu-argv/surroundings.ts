/** The host that libvirt's tests pretend to run on: its paths, descriptors, folders and firmware. */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { QemuCapabilities, QemuMachine } from '../../../src-main/drivers/qemu/capabilities/types.ts';
import type { Launch } from '../../../src-main/drivers/qemu/command-line/types.ts';
import {
  type FirmwareDescriptor,
  parseFirmwareDescriptor,
} from '../../../src-main/drivers/qemu/firmware/descriptor.ts';
import type { DefinitionEnvironment } from '../../../src-main/drivers/qemu/passes/index.ts';
import type { RunContext } from '../../../src-main/drivers/qemu/passes/start/index.ts';
import { corpusDir } from '../../support/corpus.ts';

/** The tests know machines by their aliases only. */
export function withoutAliases(capabilities: QemuCapabilities): QemuCapabilities {
  const machines = capabilities.machines.map((machine): QemuMachine => {
    const { alias, ...rest } = machine;
    return alias === undefined ? machine : { ...rest, name: alias };
  });
  return Object.assign(Object.create(Object.getPrototypeOf(capabilities) as object) as QemuCapabilities, capabilities, {
    machines,
  });
}

export const definitionEnvironment: DefinitionEnvironment = {
  hostArchitecture: 'x86_64',
  randomBytes: (count) => new Uint8Array(count),
  emulatorFor: (architecture) => `/usr/bin/qemu-system-${architecture === 'i686' ? 'i386' : architecture}`,
  nvramPath: (name) => `/var/lib/libvirt/qemu/nvram/${name}_VARS.fd`,
};

let firmwares: FirmwareDescriptor[] | undefined;

/** The descriptions in the corpus: those of `/etc` hide those of `/usr`. */
export function corpusFirmwares(): FirmwareDescriptor[] {
  if (firmwares !== undefined) return firmwares;
  const root = join(corpusDir(), 'qemufirmwaredata');
  const files = new Map<string, string>();
  for (const folder of ['usr/share/qemu/firmware', 'etc/qemu/firmware']) {
    const path = join(root, folder);
    if (!existsSync(path)) continue;
    for (const name of readdirSync(path)) files.set(name, join(path, name));
  }
  firmwares = [...files]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([, path]) => {
      const text = readFileSync(path, 'utf8');
      return text.trim() === '' ? [] : [parseFirmwareDescriptor(path, text)];
    });
  return firmwares;
}

/** libvirt keeps folder names of domains short enough for the sockets in them. */
const shortName = (name: string): string => name.slice(0, 20);

export function runContext(name: string): RunContext {
  const ports = { vnc: 5900, 'vnc-websocket': 5700, spice: 5901, 'spice-tls': 5902 } as const;
  return {
    directory: `/tmp/lib/domain--1-${shortName(name)}`,
    channelDirectory: `/tmp/channel/domain--1-${shortName(name)}`,
    allocatePort: (use) => ports[use],
    listenAddress: '127.0.0.1',
    spiceTlsDirectory: '/etc/pki/libvirt-spice',
    renderNode: '/dev/dri/foo',
    networkAddress: () => undefined,
    firmwares: corpusFirmwares(),
    nvramPath: `/var/lib/libvirt/qemu/nvram/${name}_VARS.fd`,
    tpmSocket: () => '/dev/test',
    memory: {
      pageSizeKiB: 4,
      hugepages: [
        { sizeKiB: 2048, path: '/dev/hugepages2M', isDefault: true },
        { sizeKiB: 1_048_576, path: '/dev/hugepages1G', isDefault: false },
      ],
      backingFolder: `/var/lib/libvirt/qemu/ram/-1-${shortName(name)}`,
      hugepageFolder: `libvirt/qemu/-1-${shortName(name)}`,
      isPreallocated: false,
      autoNodes: [0, 1, 2, 3],
    },
  };
}

export function launchFor(run: RunContext): Launch {
  return {
    run,
    masterKeyFile: `${run.directory}/master-key.aes`,
    monitorSocket: `${run.directory}/monitor.sock`,
    sandbox: true,
    now: new Date(1_234_567_890_000),
    block: { isHostCdrom: (path) => path === '/dev/cdrom' },
    network: {
      tap: (card) => {
        const queues = Math.max(card.driver?.queues ?? 0, 1);
        const isVirtio = card.model?.type?.startsWith('virtio') === true;
        const numbers = (first: number): string[] => Array.from({ length: queues }, (_, step) => String(first + step));
        return { tap: numbers(3), vhost: isVirtio ? numbers(44) : [] };
      },
      passtSocket: () => '/tmp/lib/passt.socket',
      vdpaPath: (card) => `/dev/fdset/${card.alias?.name ?? ''}-vdpa`,
    },
    chardev: { descriptor: (_, listens) => (listens ? '1729' : undefined) },
    vhostDescriptor: (device) => (device === 'vsock' ? '6789' : 'source' in device ? '3' : '1729'),
    tpmDevice: () => ({ path: '/dev/fdset/0', cancelPath: '/dev/fdset/1' }),
    scsiGenericPath: () => '/dev/sg0',
    virtiofsSocket: (folder) => `${run.directory}/${folder.alias?.name ?? ''}-fs.sock`,
  };
}
