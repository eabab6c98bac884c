/** Definitions completed and started on a QEMU that can do everything: for tests of passes and command lines. */
import { buildCommandLine } from '../../src-main/drivers/qemu/command-line/build.ts';
import type { CommandLine, Launch } from '../../src-main/drivers/qemu/command-line/types.ts';
import type { QemuCapabilities } from '../../src-main/drivers/qemu/capabilities/types.ts';
import {
  type CompleteDomain,
  completeDefinition,
  type DefinitionEnvironment,
} from '../../src-main/drivers/qemu/passes/index.ts';
import { prepareStart, type RunContext } from '../../src-main/drivers/qemu/passes/start/index.ts';
import { parseDomain } from '../../src-shared/model/domain/index.ts';

const machine = (name: string, alias: string): QemuCapabilities['machines'][number] => ({
  name,
  alias,
  isDefault: alias === 'pc',
  maxCpus: 255,
  hotpluggableCpus: true,
  numaMemorySupported: true,
  deprecated: false,
  defaultCpuType: 'qemu64-x86_64-cpu',
  defaultRamId: 'pc.ram',
});

export const capableQemu: QemuCapabilities = {
  binary: '/usr/bin/qemu-system-x86_64',
  version: { major: 7, minor: 2, micro: 0 },
  package: '',
  architecture: 'x86_64',
  machines: [machine('pc-i440fx-7.2', 'pc'), machine('pc-q35-7.2', 'q35')],
  accelerators: [
    { name: 'kvm', present: true, works: true },
    { name: 'tcg', present: true, works: true },
  ],
  cpuModels: () => [],
  hasType: () => true,
  hasProperty: () => true,
  hasCommand: () => true,
  hasEvent: () => true,
  hasOption: () => true,
  schemaHas: () => true,
};

export const environment: DefinitionEnvironment = {
  hostArchitecture: 'x86_64',
  randomBytes: (count) => Uint8Array.from({ length: count }, (_, place) => place + 1),
  emulatorFor: () => '/usr/bin/qemu-system-x86_64',
  nvramPath: (name) => `/nvram/${name}_VARS.fd`,
};

export const domainXml = (devices: string, rest = ''): string =>
  `<domain type='kvm'><name>guest</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid><memory unit='MiB'>512</memory>` +
  `<os><type arch='x86_64' machine='q35'>hvm</type></os>${rest}<devices>${devices}</devices></domain>`;

export const complete = (xml: string, isNew = true): CompleteDomain =>
  completeDefinition(parseDomain(xml), { capabilities: capableQemu, environment, isNew });

export const runContext: RunContext = {
  directory: '/run/guest',
  channelDirectory: '/run/guest',
  allocatePort: () => 5901,
  listenAddress: '127.0.0.1',
  firmwares: [],
  nvramPath: '/nvram/guest_VARS.fd',
  tpmSocket: () => '/run/guest/tpm.sock',
  memory: {
    pageSizeKiB: 4,
    hugepages: [],
    backingFolder: '/run/guest',
    hugepageFolder: 'guest',
    isPreallocated: false,
  },
};

export const start = (domain: CompleteDomain, run: RunContext = runContext): CompleteDomain =>
  prepareStart(domain, { capabilities: capableQemu, environment, isNew: false, run });

export const launch: Launch = {
  run: runContext,
  monitorSocket: '/run/guest/monitor.sock',
  sandbox: true,
  now: new Date(0),
  block: { isHostCdrom: () => false },
  network: {},
  chardev: {},
};

export const commandLine = (live: CompleteDomain, changes: Partial<Launch> = {}): CommandLine =>
  buildCommandLine(live, capableQemu, { ...launch, ...changes });
