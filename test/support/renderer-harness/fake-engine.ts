/**
 * FAKE: a `window.vivarium` for looking at the renderer without Electron and without an engine. It is put into a page by
 * the harness only, answers with made-up data and never touches a machine.
 */
import { defaultSettings } from '../../../src-shared/contract/default-settings.ts';
import type { Bridge } from '../../../src-shared/contract/bridge.ts';
import type { HostCheck, Settings, StatsSeries } from '../../../src-shared/contract/app.ts';
import type { ConnectionInfo } from '../../../src-shared/contract/connections.ts';
import type { Answer, Argument, CallName, ContractEvent } from '../../../src-shared/contract/index.ts';
import type { CreationPlan, MediumInfo, OsInfo, OsResources } from '../../../src-shared/contract/create.ts';
import type { BinEntry } from '../../../src-shared/contract/domains.ts';
import type { StatsSample } from '../../../src-shared/contract/events.ts';
import type { PoolInfo, VolumeInfo } from '../../../src-shared/contract/storage.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import type { JobInfo } from '../../../src-shared/model/job.ts';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';
import { fakeDefinition, fakeLog, fakePlan } from './fake-definition.ts';
import { fakeMachines, noise } from './fake-machines.ts';

export interface FakeOptions {
  readonly machines: number;
  readonly settings: Partial<Settings>;
  readonly jobs: boolean;
  readonly checks: 'ok' | 'wrong';
  /** The first connection can't be opened. */
  readonly broken: boolean;
}

declare global {
  interface Window {
    fakeOptions?: FakeOptions;
    fakeCalls?: { readonly name: string; readonly argument: unknown }[];
  }
}

type Handlers = { [N in CallName]?: (argument: Argument<N>) => Answer<N> | Promise<Answer<N>> };

const uri = 'qemu:///session';
const GiB = 1024 ** 3;
const options: FakeOptions = window.fakeOptions ?? {
  machines: 40,
  settings: {},
  jobs: false,
  checks: 'ok',
  broken: false,
};
const startMs = Date.now();

class FakeError extends Error {
  readonly data: ErrorData;
  constructor(data: ErrorData) {
    super(data.message);
    this.data = data;
  }
}

let settings: Settings = {
  ...defaultSettings,
  theme: 'light',
  language: 'en',
  defaultUri: uri,
  ...options.settings,
};

const machines = new Map(fakeMachines(options.machines, startMs).map((machine) => [machine.uuid, machine]));
const bin = new Map<string, { entry: BinEntry; machine: DomainSummary }>();
const jobs = new Map<string, JobInfo>();
const listeners = new Set<(events: readonly ContractEvent[]) => void>();
const random = noise(11);
let watched = 0;

const emit = (...events: readonly ContractEvent[]): void => {
  for (const listener of listeners) listener(events);
};

const domainVerbs = [
  'define',
  'undefine',
  'start',
  'shutdown',
  'reboot',
  'reset',
  'destroy',
  'suspend',
  'resume',
  'rename',
  'setAutostart',
  'save',
  'restore',
  'managedSave',
  'managedSaveRemove',
  'attachDevice',
  'detachDevice',
  'setMemory',
  'setVcpus',
  'setMetadata',
  'screenshot',
  'sendKey',
  'consoles',
  'openConsole',
  'stats',
  'addresses',
  'log',
  'history',
];

const connection: ConnectionInfo = options.broken
  ? {
      uri,
      label: 'This computer',
      own: true,
      state: 'failed',
      domainVerbs,
      storageVerbs: [],
      notices: [],
      error: {
        code: 'no-connect',
        domain: 'qemu',
        message: 'The connection qemu:///session could not be opened.',
        cause: 'QEMU was not found on this computer.',
        fix: 'Install the package qemu-system-x86, then try again.',
        details: 'spawn qemu-system-x86_64 ENOENT',
      },
    }
  : {
      uri,
      label: 'This computer',
      own: true,
      state: 'open',
      hostname: 'workbench',
      type: 'QEMU',
      domainVerbs,
      storageVerbs: [
        'volumeCreate',
        'volumeResize',
        'volumeDelete',
        'volumeUpload',
        'volumeDownload',
        'importImage',
        'poolDefine',
        'poolStart',
        'poolDestroy',
        'poolUndefine',
        'poolRefresh',
        'poolSetAutostart',
        'poolBuild',
      ],
      notices: [
        {
          id: 'tcg',
          severity: 'warning',
          message: '/dev/kvm opens, but a guest makes no progress under it: guests are emulated (TCG).',
          fix: 'Enable nested virtualisation on the outer host, or run Vivarium outside of a virtual machine.',
        },
        { id: 'passt', severity: 'info', message: 'passt is used for user-mode networks.' },
      ],
    };

function update(uuid: string, change: Partial<DomainSummary>): DomainSummary {
  const machine = machines.get(uuid);
  if (machine === undefined)
    throw new FakeError({ code: 'no-domain', domain: 'qemu', message: `There is no machine ${uuid}.` });
  const next = { ...machine, ...change };
  machines.set(uuid, next);
  emit({ channel: 'engine', uri, event: { type: 'domain-summary', summary: next } });
  return next;
}

function withoutRun({ id: _id, startedMs: _started, ...machine }: DomainSummary): DomainSummary {
  return machine;
}

function stop(uuid: string, reason: string): void {
  const machine = machines.get(uuid);
  if (machine === undefined) return;
  const next: DomainSummary = { ...withoutRun(machine), state: 'shutoff', reason, addresses: [] };
  machines.set(uuid, next);
  emit({ channel: 'engine', uri, event: { type: 'domain-summary', summary: next } });
}

function setJob(job: JobInfo): void {
  jobs.set(job.id, job);
  emit({ channel: 'job', job });
}

function runJob(kind: string, subject: string, total: number, ms: number): string {
  const id = `job-${jobs.size + 1}`;
  const started = Date.now();
  const base: JobInfo = {
    id,
    kind,
    subject,
    uri,
    state: 'running',
    cancellable: true,
    retryable: true,
    done: 0,
    total,
    unit: 'bytes',
    startedMs: started,
  };
  setJob(base);
  const timer = setInterval(() => {
    const share = Math.min(1, (Date.now() - started) / ms);
    if (jobs.get(id)?.state !== 'running') clearInterval(timer);
    else if (share < 1) setJob({ ...base, done: Math.round(total * share) });
    else {
      clearInterval(timer);
      setJob({ ...base, done: total, state: 'succeeded', endedMs: Date.now() });
    }
  }, 200);
  return id;
}

const loads = new Map<string, number>();

function sample(timeMs: number): StatsSample {
  const running = [...machines.values()].filter((machine) => machine.id !== undefined);
  return {
    timeMs,
    host: {
      cpu: 0.31 + 0.1 * random(),
      memoryTotalKiB: 24 * 1024 * 1024,
      memoryUsedKiB: 11.4 * 1024 * 1024,
      networkRxBytesPerSecond: 240_000 * random(),
      networkTxBytesPerSecond: 60_000 * random(),
      diskReadBytesPerSecond: 1_500_000 * random(),
      diskWriteBytesPerSecond: 4_000_000 * random(),
    },
    domains: running.map((machine, index) => {
      const last = loads.get(machine.uuid) ?? (index % 3 === 0 ? 0.4 * random() : 0.01);
      const cpu = index % 3 === 0 ? Math.max(0, Math.min(1, last + (random() - 0.5) * 0.16)) : 0.006 + 0.012 * random();
      loads.set(machine.uuid, cpu);
      const blank = index % 7 === 6;
      return {
        uuid: machine.uuid,
        state: machine.state,
        cpu,
        ...(blank
          ? { blanks: { memory: 'blank.no-balloon-driver' } }
          : {
              memoryUsedKiB: machine.memoryKiB * (0.3 + (0.4 * ((index * 13) % 10)) / 10 + 0.01 * random()),
              memoryTotalKiB: machine.memoryKiB,
            }),
        diskReadBytesPerSecond: 20_000 * random(),
        diskWriteBytesPerSecond: 90_000 * random(),
        networkRxBytesPerSecond: 12_000 * random(),
        networkTxBytesPerSecond: 4_000 * random(),
      };
    }),
  };
}

setInterval(() => {
  if (watched > 0) emit({ channel: 'engine', uri, event: { type: 'stats', sample: sample(Date.now()) } });
}, 1000);

const tops = { cpu: 0.4, memory: 6e6, diskRead: 4e6, diskWrite: 8e6, networkRx: 9e5, networkTx: 2e5 };

function history(fromMs: number, toMs: number, points: number, seed: number, scale: number): StatsSeries {
  const wobble = noise(seed);
  const timesMs = Array.from({ length: points }, (_, index) => fromMs + ((toMs - fromMs) * index) / (points - 1));
  const values = Object.fromEntries(
    Object.entries(tops).map(([key, top]) => {
      let level = 0.5;
      return [
        key,
        timesMs.map((_, index) => {
          level = Math.max(0.03, Math.min(1, level + (wobble() - 0.5) * 0.2));
          if (index < points * 0.12) return null;
          return level * top * scale * (key === 'memory' ? 0.4 + level * 0.1 : 1);
        }),
      ];
    }),
  );
  return { timesMs, values, blanks: {} };
}

const checks: readonly HostCheck[] =
  options.checks === 'ok'
    ? [
        { id: 'qemu', status: 'ok', found: 'QEMU 7.2.15' },
        { id: 'kvm', status: 'ok', found: 'KVM works' },
        { id: 'space', status: 'ok', found: '212 GiB free' },
        { id: 'groups', status: 'ok', found: 'member of kvm' },
      ]
    : [
        { id: 'qemu', status: 'ok', found: 'QEMU 7.2.15' },
        {
          id: 'kvm',
          status: 'warning',
          found: 'not usable',
          cause: '/dev/kvm belongs to the group kvm, of which you are not a member.',
          fix: 'Join the group, then log in again. Until then guests are emulated, which is slower.',
          command: 'sudo usermod -aG kvm "$USER"',
        },
        { id: 'space', status: 'ok', found: '212 GiB free' },
        { id: 'groups', status: 'ok', found: 'nothing missing' },
      ];

const pools: readonly PoolInfo[] = [
  {
    uuid: '10000000-0000-4000-8000-000000000001',
    name: 'default',
    type: 'dir',
    active: true,
    persistent: true,
    autostart: true,
    capacityBytes: 480 * GiB,
    allocationBytes: 268 * GiB,
    availableBytes: 212 * GiB,
    path: '/home/ada/.local/share/vivarium/images',
    volumes: 14,
  },
  {
    uuid: '10000000-0000-4000-8000-000000000002',
    name: 'isos',
    type: 'dir',
    active: true,
    persistent: true,
    autostart: true,
    capacityBytes: 480 * GiB,
    allocationBytes: 268 * GiB,
    availableBytes: 212 * GiB,
    path: '/home/ada/isos',
    volumes: 4,
  },
  {
    uuid: '10000000-0000-4000-8000-000000000003',
    name: 'archive',
    type: 'dir',
    active: false,
    persistent: true,
    autostart: false,
    capacityBytes: 0,
    allocationBytes: 0,
    availableBytes: 0,
    path: '/mnt/archive',
    volumes: 0,
  },
];

function volumesOf(pool: string): readonly VolumeInfo[] {
  const dice = noise(pool.charCodeAt(pool.length - 1));
  const isos = pool.endsWith('2');
  const names = isos
    ? ['debian-12.5.0-amd64-netinst.iso', 'Fedora-Server-40.iso', 'memtest86+.iso', 'win11.iso']
    : [...machines.values()].slice(0, 14).map((machine) => `${machine.name}.qcow2`);
  return names.map((name, index) => ({
    pool,
    name,
    path: `${isos ? '/home/ada/isos' : '/home/ada/.local/share/vivarium/images'}/${name}`,
    type: 'file',
    format: isos ? 'iso' : index % 5 === 4 ? 'raw' : 'qcow2',
    capacityBytes: isos ? Math.round(dice() * 6 * GiB) : (10 + 10 * (index % 4)) * GiB,
    allocationBytes: Math.round((0.5 + dice() * 7) * GiB),
    ...(index === 2 && !isos ? { backingPath: '/home/ada/.local/share/vivarium/images/base.qcow2' } : {}),
    modifiedMs: startMs - Math.floor(dice() * 40 * 86_400_000),
    usedBy: isos || index % 4 === 3 ? [] : [name.replace('.qcow2', '')],
  }));
}

const systems: readonly OsInfo[] = [
  {
    id: 'http://debian.org/debian/12',
    shortId: 'debian12',
    name: 'Debian 12',
    family: 'linux',
    distro: 'debian',
    version: '12',
    releaseDate: '2023-06-10',
  },
  {
    id: 'http://ubuntu.com/ubuntu/24.04',
    shortId: 'ubuntu24.04',
    name: 'Ubuntu 24.04 LTS',
    family: 'linux',
    distro: 'ubuntu',
    version: '24.04',
    releaseDate: '2024-04-25',
  },
  {
    id: 'http://fedoraproject.org/fedora/40',
    shortId: 'fedora40',
    name: 'Fedora Linux 40',
    family: 'linux',
    distro: 'fedora',
    version: '40',
  },
  {
    id: 'http://microsoft.com/win/11',
    shortId: 'win11',
    name: 'Microsoft Windows 11',
    family: 'winnt',
    distro: 'win',
    version: '11',
    releaseDate: '2021-10-05',
  },
  {
    id: 'http://freebsd.org/freebsd/14.0',
    shortId: 'freebsd14.0',
    name: 'FreeBSD 14.0',
    family: 'freebsd',
    distro: 'freebsd',
    version: '14.0',
  },
  ...Array.from(
    { length: 600 },
    (_, index): OsInfo => ({
      id: `http://example.org/os/${index}`,
      shortId: `os${index}`,
      name: `Example OS ${index}`,
      family: 'linux',
      ...(index % 2 === 0 ? { endOfLife: '2015-01-01' } : {}),
    }),
  ),
];

function resourcesFor(osId: string | undefined): OsResources {
  const os = systems.find((each) => each.id === osId) ?? { id: '', shortId: 'generic', name: 'Generic' };
  const windows = os.family === 'winnt';
  return {
    os,
    memoryKiB: (windows ? 4 : 2) * 1024 * 1024,
    minimumMemoryKiB: 1024 * 1024,
    vcpus: 2,
    diskBytes: (windows ? 64 : 20) * GiB,
    diskBus: windows ? 'sata' : 'virtio',
    netModel: windows ? 'e1000e' : 'virtio',
    video: 'virtio',
    sound: 'ich9',
    firmware: windows ? 'efi-secure' : 'bios',
    tpm: windows,
    machine: 'q35',
    agentChannel: true,
    rng: true,
    balloon: true,
    usbTablet: true,
  };
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function screenOf(machine: DomainSummary): string {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 400;
  const context = canvas.getContext('2d');
  if (context === null) return '';
  const hue = (Number.parseInt(machine.uuid.slice(-4), 16) * 47) % 360;
  context.fillStyle = '#0b0f0e';
  context.fillRect(0, 0, 640, 400);
  if (hue % 3 === 0) {
    const sky = context.createLinearGradient(0, 0, 640, 400);
    sky.addColorStop(0, `hsl(${hue} 40% 24%)`);
    sky.addColorStop(1, `hsl(${(hue + 60) % 360} 45% 42%)`);
    context.fillStyle = sky;
    context.fillRect(0, 0, 640, 400);
    context.fillStyle = 'rgb(255 255 255 / 85%)';
    context.fillRect(0, 0, 640, 18);
    context.fillRect(90, 70, 300, 210);
  } else {
    context.fillStyle = '#b9c7c1';
    context.font = '14px monospace';
    [
      'Debian GNU/Linux 12',
      '',
      `${machine.name} login: root`,
      'Password:',
      '',
      `root@${machine.name}:~# systemctl status`,
      `● ${machine.name}`,
      '    State: running',
      '    Units: 214 loaded',
      `root@${machine.name}:~# _`,
    ].forEach((line, index) => {
      context.fillText(line, 16, 30 + index * 20);
    });
  }
  return canvas.toDataURL('image/png').split(',')[1] ?? '';
}

const definitions = new Map<string, string>();

function definitionOf(uuid: string): string {
  const machine = machines.get(uuid);
  if (machine === undefined) throw new FakeError({ code: 'no-domain', domain: 'qemu', message: 'gone' });
  return definitions.get(uuid) ?? fakeDefinition(machine);
}

const handlers: Handlers = {
  'app.info': () => ({ version: '0.1.0', electron: '33.2.1', node: '20.20.0', engine: 'embedded', platform: 'linux' }),
  'app.checks': async () => {
    await later(150);
    return checks;
  },
  'settings.get': () => settings,
  'settings.set': (change) => {
    settings = { ...settings, ...change } as Settings;
    emit({ channel: 'settings', settings });
    return settings;
  },
  'jobs.list': () => [...jobs.values()],
  'jobs.cancel': ({ id }) => {
    const job = jobs.get(id);
    if (job !== undefined) setJob({ ...job, state: 'cancelled', endedMs: Date.now() });
  },
  'jobs.retry': ({ id }) => {
    const job = jobs.get(id);
    jobs.delete(id);
    return runJob(job?.kind ?? 'volume.upload', job?.subject ?? '', job?.total ?? GiB, 5000);
  },
  'stats.watch': ({ pace }) => {
    watched += pace === 'off' ? -1 : 1;
    if (pace !== 'off')
      for (let index = 60; index > 0; index -= 1)
        emit({ channel: 'engine', uri, event: { type: 'stats', sample: sample(Date.now() - index * 2000) } });
  },
  'stats.history': ({ uuid, fromMs, toMs, points }) =>
    uuid === undefined
      ? history(fromMs, toMs, points, 3, 2)
      : history(fromMs, toMs, points, Number.parseInt(uuid.slice(-4), 16) + 5, 0.3),
  'dialog.open-file': () => '/home/ada/isos/debian-12.5.0-amd64-netinst.iso',
  'dialog.save-file': () => '/home/ada/out.qcow2',
  'window.open-console': () => undefined,
  'clipboard.read': () => '',
  'clipboard.write': () => undefined,
  'connections.list': () => [connection],
  'connections.open': async () => {
    await later(10);
    if (options.broken && connection.error !== undefined) throw new FakeError(connection.error);
    return { connection, domains: [...machines.values()] };
  },
  'connections.node': () => ({
    hostname: 'workbench',
    cpus: 16,
    memoryKiB: 24 * 1024 * 1024,
    cpuModel: 'AMD Ryzen 7 PRO 7840U',
    hypervisorVersion: '7.2.15',
  }),
  'connections.capabilities': () =>
    `<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize><machine>pc-i440fx-7.2</machine><machine>pc-q35-7.2</machine><machine>pc-q35-6.2</machine><domain type='qemu'/></arch></guest></capabilities>`,
  'connections.domain-capabilities': () =>
    `<domainCapabilities><domain>qemu</domain><arch>x86_64</arch><cpu><mode name='custom' supported='yes'><model usable='yes'>qemu64</model><model usable='yes'>Nehalem</model><model usable='no'>EPYC-Rome</model></mode></cpu></domainCapabilities>`,
  'domains.screenshot': async ({ uuid }) => {
    await later(60);
    const machine = machines.get(uuid);
    if (machine === undefined) throw new FakeError({ code: 'no-domain', domain: 'qemu', message: 'gone' });
    return screenOf(machine);
  },
  'domains.start': async ({ uuid }) => {
    await later(300);
    if (machines.get(uuid)?.name.endsWith('-6') === true) {
      throw new FakeError({
        code: 'internal-error',
        domain: 'qemu',
        message: `“${machines.get(uuid)?.name}” could not be started.`,
        cause: 'Its disk is locked by another process.',
        fix: 'Shut down the machine that uses the disk, then try again.',
        details:
          'qemu-system-x86_64: -blockdev …: Failed to get "write" lock\nIs another process using the image [/srv/a.qcow2]?',
      });
    }
    return update(uuid, {
      state: 'running',
      reason: 'booted',
      id: Math.ceil(random() * 1000),
      startedMs: Date.now(),
      hasManagedSave: false,
    });
  },
  'domains.shutdown': async ({ uuid }) => {
    await later(400);
    stop(uuid, 'shutdown');
  },
  'domains.destroy': ({ uuid }) => stop(uuid, 'destroyed'),
  'domains.suspend': ({ uuid }) => void update(uuid, { state: 'paused', reason: 'user' }),
  'domains.resume': ({ uuid }) => void update(uuid, { state: 'running', reason: 'unpaused' }),
  'domains.reboot': () => undefined,
  'domains.reset': () => undefined,
  'domains.rename': ({ uuid, name }) => update(uuid, { name }),
  'domains.set-autostart': ({ uuid, autostart }) => void update(uuid, { autostart }),
  'domains.managed-save': ({ uuid }) => {
    stop(uuid, 'saved');
    update(uuid, { hasManagedSave: true });
    return runJob('domain.managed-save', machines.get(uuid)?.name ?? '', GiB, 3000);
  },
  'domains.managed-save-remove': ({ uuid }) => void update(uuid, { hasManagedSave: false }),
  'domains.organise': ({ uuids, folder, addTags = [], removeTags = [] }) => {
    for (const uuid of uuids) {
      const machine = machines.get(uuid);
      if (machine === undefined) continue;
      const tags = [...new Set([...machine.tags, ...addTags])].filter((tag) => !removeTags.includes(tag));
      const { folder: _old, ...rest } = machine;
      const kept = folder ?? machine.folder;
      const next: DomainSummary = { ...rest, tags, ...(kept === undefined || kept === '' ? {} : { folder: kept }) };
      machines.set(uuid, next);
      emit({ channel: 'engine', uri, event: { type: 'domain-summary', summary: next } });
    }
  },
  'domains.xml': ({ uuid }) => definitionOf(uuid),
  'domains.plan-edit': ({ uuid, xml }) => fakePlan(definitionOf(uuid), xml, machines.get(uuid)?.id !== undefined),
  'domains.apply-edit': ({ uuid, xml }) => {
    const plan = fakePlan(definitionOf(uuid), xml, machines.get(uuid)?.id !== undefined);
    definitions.set(uuid, xml);
    return plan;
  },
  'domains.set-title': ({ uuid, title }) => void update(uuid, title === undefined ? {} : { title }),
  'domains.history-xml': ({ uuid }) => definitionOf(uuid).replace("discard='unmap'", "cache='none'"),
  'domains.lookup': ({ text }) => update(text, {}),
  'domains.delete': ({ uuid, disks }) => {
    const machine = machines.get(uuid);
    if (machine === undefined) throw new FakeError({ code: 'no-domain', domain: 'qemu', message: 'gone' });
    const entry: BinEntry = {
      id: `bin-${uuid}`,
      uri,
      uuid,
      name: machine.name,
      deletedMs: Date.now(),
      purgeMs: Date.now() + 30 * 86_400_000,
      disks,
    };
    bin.set(entry.id, { entry, machine });
    machines.delete(uuid);
    emit({ channel: 'engine', uri, event: { type: 'domain-gone', uuid } });
    return entry;
  },
  'domains.log': () => fakeLog,
  'domains.history': () =>
    [0.2, 3, 27, 75, 400, 900].map((hours, index) => ({
      id: `entry-${index}`,
      timeMs: startMs - hours * 3_600_000,
      author: index === 2 ? 'virsh' : 'vivarium',
    })),
  'domains.consoles': () => [],
  'bin.list': () => [...bin.values()].map(({ entry }) => entry),
  'bin.restore': ({ id }) => {
    const found = bin.get(id);
    if (found === undefined) throw new FakeError({ code: 'no-domain', domain: 'qemu', message: 'gone' });
    bin.delete(id);
    machines.set(found.machine.uuid, found.machine);
    return update(found.machine.uuid, {});
  },
  'bin.purge': ({ id }) => void bin.delete(id),
  'storage.pools': () => pools,
  'storage.default-pool': () => pools[0] as PoolInfo,
  'storage.volumes': async ({ pool }) => {
    await later(80);
    return volumesOf(pool);
  },
  'storage.volume-create': ({ name }) => runJob('volume.create', name, GiB, 800),
  'storage.volume-resize': () => undefined,
  'storage.volume-delete': () => undefined,
  'storage.volume-upload': ({ name }) => runJob('volume.upload', name, 2 * GiB, 6000),
  'storage.volume-download': ({ name }) => runJob('volume.download', name, 2 * GiB, 6000),
  'storage.import': ({ name }) => runJob('volume.import', name, 2 * GiB, 6000),
  'storage.pool-refresh': () => undefined,
  'storage.pool-start': () => undefined,
  'storage.pool-destroy': () => undefined,
  'storage.pool-undefine': () => undefined,
  'storage.pool-set-autostart': () => undefined,
  'storage.pool-define': () => pools[0] as PoolInfo,
  'storage.pool-build': () => undefined,
  'storage.free-space': () => ({ freeBytes: 212 * GiB, totalBytes: 480 * GiB }),
  'create.inspect-medium': async ({ path }): Promise<MediumInfo> => {
    await later(250);
    if (path.endsWith('.iso')) {
      return {
        path,
        kind: 'iso',
        format: 'iso',
        sizeBytes: 659_554_304,
        volumeId: 'Debian 12.5.0 amd64 n',
        bootable: true,
        os: systems[0] as OsInfo,
      };
    }
    return { path, kind: 'disk', format: 'qcow2', sizeBytes: 2 * GiB, virtualSizeBytes: 20 * GiB };
  },
  'create.operating-systems': () => systems,
  'create.resources': ({ osId }) => resourcesFor(osId),
  'create.suggest-name': ({ base }) => `${base}-2`,
  'create.plan': (creation): CreationPlan => ({
    xml: `<domain type='qemu'>\n  <name>${creation.name}</name>\n</domain>\n`,
    command: `vivarium create ${creation.name} --memory ${creation.memoryKiB / 1024} --vcpus ${creation.vcpus}`,
    findings:
      creation.netModel === 'e1000e'
        ? [
            {
              severity: 'warning',
              label: 'create.finding.emulated-nic',
              values: { model: 'e1000e' },
              field: 'netModel',
            },
          ]
        : [],
  }),
  'create.run': ({ name }) => ({
    jobId: runJob('domain.create', name, 20 * GiB, 4000),
    uuid: [...machines.keys()][0] ?? '',
  }),
  'create.small-linux': () => ({ available: true, sizeBytes: 18 * 1024 * 1024 }),
};

const recorded: { name: string; argument: unknown }[] = [];
window.fakeCalls = recorded;

const bridge: Bridge = {
  async call(name, argument) {
    recorded.push({ name, argument });
    const handler = handlers[name as CallName] as ((argument: unknown) => unknown) | undefined;
    if (handler === undefined) {
      return {
        ok: false,
        error: { code: 'no-support', domain: 'rpc', message: `The fake engine does not know '${name}'.` },
      };
    }
    try {
      return { ok: true, value: await handler(argument) };
    } catch (error) {
      if (error instanceof FakeError) return { ok: false, error: error.data };
      throw error;
    }
  },
  subscribe(listener) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
  pathOf: (file) => `/home/ada/isos/${(file as File).name}`,
};

Object.defineProperty(window, 'vivarium', { value: bridge });

if (options.jobs) {
  const gone = Date.now() - 90_000;
  jobs.set('a', {
    id: 'a',
    kind: 'volume.upload',
    subject: 'debian-12.qcow2',
    uri,
    state: 'failed',
    cancellable: false,
    retryable: true,
    startedMs: gone,
    endedMs: gone + 4000,
    error: {
      code: 'operation-failed',
      domain: 'storage',
      message: 'The volume “debian-12.qcow2” could not be written.',
      cause: 'The disk is full: 1.2 GiB are missing.',
      fix: 'Free space in /home, or choose another pool.',
      details: 'write: ENOSPC',
    },
  });
  jobs.set('b', {
    id: 'b',
    kind: 'volume.create',
    subject: 'web-9.qcow2',
    uri,
    state: 'succeeded',
    cancellable: false,
    retryable: true,
    startedMs: gone,
    endedMs: gone + 1000,
  });
  setTimeout(() => runJob('volume.import', 'fedora-40.qcow2', 3 * GiB, 60_000), 100);
}
