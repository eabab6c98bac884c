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
import { provisions, type RunContext } from '../../../src-main/drivers/qemu/passes/start/index.ts';
import type { CompleteDomain } from '../../../src-main/drivers/qemu/passes/types.ts';
import type { ResolveVolume } from '../../../src-main/drivers/qemu/devices/block-image.ts';
import { type SealedSecret, sealSecret } from '../../../src-main/drivers/qemu/devices/secrets.ts';
import { corpusDir } from '../../support/corpus.ts';

/** The tests know machines by their aliases only. */
export function withoutAliases(capabilities: QemuCapabilities): QemuCapabilities {
  const machines = capabilities.machines.map((machine): QemuMachine => {
    const { alias, ...rest } = machine;
    return alias === undefined ? machine : { ...rest, name: alias };
  });
  return derived(capabilities, { machines });
}

/** The tests' QEMUs have any machine that a definition asks for. */
export function withMachine(capabilities: QemuCapabilities, name: string | undefined): QemuCapabilities {
  const { machines } = capabilities;
  const model = machines.find((item) => (item.alias ?? item.name) === 'pc');
  if (name === undefined || model === undefined || machines.some((item) => item.name === name || item.alias === name)) {
    return capabilities;
  }
  const { alias: _, ...rest } = model;
  return derived(capabilities, { machines: [...machines, { ...rest, name }] });
}

const derived = (capabilities: QemuCapabilities, changes: Partial<QemuCapabilities>): QemuCapabilities =>
  Object.assign(
    Object.create(Object.getPrototypeOf(capabilities) as object) as QemuCapabilities,
    capabilities,
    changes,
  );

export const definitionEnvironment: DefinitionEnvironment = {
  hostArchitecture: 'x86_64',
  randomBytes: (count) => Uint8Array.from({ length: count }, (_, place) => place),
  emulatorFor: (architecture) => `/usr/bin/qemu-system-${architecture === 'i686' ? 'i386' : architecture}`,
  nvramPath: (name) => `/var/lib/libvirt/qemu/nvram/${name}_VARS.fd`,
  isGeneratedPath: (path) => /^\/tmp\/(lib\/|channel\/[^/]+\.|channel\/domain-)/.test(path),
};

/** What libvirt's tests set in the environment around single cases. */
export function environmentFor(name: string): DefinitionEnvironment {
  const audio = {
    'audio-default-sdl': 'sdl',
    'audio-default-vnc': 'alsa',
    'audio-default-nographics': 'alsa',
  } as const;
  const hostAudio = audio[name as keyof typeof audio] as (typeof audio)[keyof typeof audio] | undefined;
  return hostAudio === undefined ? definitionEnvironment : { ...definitionEnvironment, hostAudio };
}

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

/** The tests' host has a password for all SPICE displays that have none. */
export function withDefaultPasswords(domain: CompleteDomain): CompleteDomain {
  const graphics = domain.devices.graphics.map((display) =>
    display.type === 'spice' ? { ...display, passwd: display.passwd ?? '123456' } : display,
  );
  return { ...domain, devices: { ...domain.devices, graphics } };
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
    provides: new Set(provisions),
    allocateVsockCid: () => 42,
    sev: { cbitpos: 47, reducedPhysBits: 1 },
  };
}

/** The key, vector and value that every secret has in the tests. */
const masterKey = Uint8Array.from({ length: 32 }, (_, place) => place);
const seal = (value: string): SealedSecret => sealSecret(masterKey, value, Buffer.from(masterKey.subarray(0, 16)));
const secretValue = 'AQCVn5hO6HzFAhAAq0NCv8jtJcIcE+HOBlMQ1A';

/** Volumes of the pools of the tests: `block+name` says what it is. */
const volume: ResolveVolume = ({ volume: name, mode }) => {
  const place = { host: [], seclabel: [] };
  if (mode === 'direct') {
    const host = [{ name: 'iscsi.example.com' }];
    const unit = name.slice(name.lastIndexOf(':') + 1);
    return { type: 'network', source: { ...place, protocol: 'iscsi', name: `demo-target/${unit}`, host } };
  }
  const [kind = '', rest] = name.split('+');
  const type = rest === undefined ? 'block' : kind;
  const path = `/some/${type}/device/${rest ?? name}`;
  if (type === 'dir') return { type, source: { ...place, dir: path }, format: 'fat' };
  return type === 'file'
    ? { type, source: { ...place, file: path } }
    : { type: 'block', source: { ...place, dev: path } };
};

export function launchFor(run: RunContext, name: string): Launch {
  const tlsSecret = name.includes('secret') ? { secret: seal(secretValue) } : {};
  const chardevTls = { folder: '/etc/pki/libvirt-chardev', verify: true, ...tlsSecret };
  return {
    run,
    masterKeyFile: `${run.directory}/master-key.aes`,
    monitorSocket: `${run.directory}/monitor.sock`,
    sandbox: true,
    now: new Date(1_234_567_890_000),
    block: {
      isHostCdrom: (path) => path === '/dev/cdrom',
      leavesChainsOpen: true,
      secrets: { sealed: () => seal(secretValue), sealedText: seal },
      nbdTls: { folder: '/etc/pki/libvirt-nbd/dummy,path', secret: { uuid: '6fd3f62d-9fe7-4a4e-a869-7acd6376d8ea' } },
      volume,
    },
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
    chardev: {
      descriptor: (_, listens) => (listens ? '1729' : undefined),
      ...(name.includes('tlsx509') ? { tls: chardevTls } : {}),
    },
    vhostDescriptor: (device) => (device === 'vsock' ? '6789' : 'source' in device ? '3' : '1729'),
    tpmDevice: () => ({ path: '/dev/fdset/0', cancelPath: '/dev/fdset/1' }),
    scsiGenericPath: () => '/dev/sg0',
    virtiofsSocket: (folder) => `${run.directory}/${folder.alias?.name ?? ''}-fs.sock`,
  };
}
