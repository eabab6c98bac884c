/** The hardware of a new machine. */
import { emptyDevices } from '../../src-shared/model/domain/normalise.ts';
import type { Creation } from '../../src-shared/contract/create.ts';
import type {
  Channel,
  Controller,
  Devices,
  Disk,
  Graphics,
  Interface,
  Sound,
  Video,
} from '../../src-shared/model/domain/index.ts';
import type { CreationFacts } from './facts.ts';

/** A disk or CD of the new machine, in the order they are to be tried at start. */
export interface PlannedDisk {
  readonly path: string;
  readonly format: string;
  readonly device: 'disk' | 'cdrom';
  readonly bus: 'virtio' | 'scsi' | 'sata' | 'ide' | 'usb';
}

/** Slots of a q35 board: for what is made now, and some to plug in later while it runs. */
const rootPorts = 10;

const agentChannel = 'org.qemu.guest_agent.0';
const displayChannel = 'com.redhat.spice.0';

export function devices(spec: Creation, facts: CreationFacts, disks: readonly PlannedDisk[]): Devices {
  const { resources } = facts;
  const sound = soundModel(spec.sound);
  return {
    ...emptyDevices(),
    disk: diskElements(disks),
    controller: controllers(spec, disks),
    interface: networkCards(spec),
    // A console that works before and without any driver, and one that a program can read.
    serial: [{ type: 'pty' }],
    console: [{ type: 'pty', target: { type: 'serial', port: 0 } }],
    channel: resources.agentChannel ? channels(spec) : [],
    input: resources.usbTablet && spec.graphics !== 'none' ? [{ type: 'tablet', bus: 'usb' }] : [],
    tpm: spec.tpm ? [{ model: 'tpm-crb', backend: { type: 'emulator', version: '2.0' } }] : [],
    graphics: displays(spec, facts.isElsewhere === true),
    sound: sound === undefined ? [] : [{ model: sound, codec: [] }],
    video: videos(spec),
    memballoon: { model: resources.balloon ? 'virtio' : 'none' },
    rng: resources.rng ? [{ model: 'virtio', backend: { model: 'random', value: '/dev/urandom' } }] : [],
  };
}

const prefixes = { virtio: 'vd', scsi: 'sd', sata: 'sd', usb: 'sd', ide: 'hd' };

function diskElements(disks: readonly PlannedDisk[]): Disk[] {
  const used = new Map<string, number>();
  return disks.map(({ path, format, device, bus }, index) => {
    const prefix = prefixes[bus];
    const number = used.get(prefix) ?? 0;
    used.set(prefix, number + 1);
    const isDisk = device === 'disk';
    return {
      type: 'file',
      device,
      driver: {
        name: 'qemu',
        type: format as NonNullable<NonNullable<Disk['driver']>['type']>,
        // What the guest deletes is given back to the host.
        ...(isDisk ? { discard: 'unmap' as const } : {}),
      },
      source: { file: path, seclabel: [] },
      target: { dev: `${prefix}${String.fromCharCode(97 + number)}`, bus },
      ...(isDisk ? {} : { readonly: true as const }),
      boot: { order: index + 1 },
    };
  });
}

function controllers({ machine }: Creation, disks: readonly PlannedDisk[]): Controller[] {
  return [
    { type: 'usb', model: 'qemu-xhci', ports: 15 },
    ...(machine === 'q35' ? [{ type: 'pci' as const, model: 'pcie-root' as const }] : []),
    ...(machine === 'q35'
      ? Array.from({ length: rootPorts }, () => ({ type: 'pci' as const, model: 'pcie-root-port' as const }))
      : []),
    ...(disks.some(({ bus }) => bus === 'scsi') ? [{ type: 'scsi' as const, model: 'virtio-scsi' as const }] : []),
  ];
}

function networkCards({ network, netModel, forwards }: Creation): Interface[] {
  if (network === 'none') return [];
  const card = { model: { type: netModel }, ip: [], route: [], portForward: [] };
  const nothing = { ip: [], route: [] };
  if (network.startsWith('network=')) {
    return [{ type: 'network', source: { network: network.slice('network='.length), ...nothing }, ...card }];
  }
  if (network.startsWith('bridge=')) {
    return [{ type: 'bridge', source: { bridge: network.slice('bridge='.length), ...nothing }, ...card }];
  }
  return [
    {
      type: 'user',
      ...card,
      portForward: forwards.map(({ protocol, hostAddress, hostPort, guestPort }) => ({
        proto: protocol,
        // Ours alone, unless asked otherwise: the guest may have no password.
        address: hostAddress ?? '127.0.0.1',
        range: [{ start: hostPort, to: guestPort }],
      })),
    },
  ];
}

function channels({ graphics }: Creation): Channel[] {
  const agent: Channel = { type: 'unix', target: { type: 'virtio', name: agentChannel } };
  // VNC machines get no `qemu-vdagent`: QEMU 7.2 saves no machine that has one.
  if (graphics !== 'spice') return [agent];
  return [agent, { type: 'spicevmc', target: { type: 'virtio', name: displayChannel } }];
}

/** On a socket only this user can open. */
function displays({ graphics }: Creation, isElsewhere: boolean): Graphics[] {
  if (graphics === 'none') return [];
  // Only the hypervisor's own user may enter the folders of its sockets; who comes from afar comes as somebody else.
  const listens = [isElsewhere ? { type: 'address' as const, address: '127.0.0.1' } : { type: 'socket' as const }];
  return graphics === 'vnc'
    ? [{ type: 'vnc', listens, ...(isElsewhere ? { autoport: true } : {}) }]
    : // Everything is local: compressing would only cost time.
      [
        {
          type: 'spice',
          listens,
          ...(isElsewhere ? { autoport: true } : {}),
          channel: [],
          image: { compression: 'off' },
        },
      ];
}

function videos({ video, graphics }: Creation): Video[] {
  if (video === 'none' || graphics === 'none') return [];
  return [{ model: { type: video } }];
}

const soundModels = ['sb16', 'es1370', 'pcspk', 'ac97', 'ich6', 'ich9', 'usb', 'ich7', 'virtio'] as const;

const soundModel = (name: string | undefined): Sound['model'] | undefined =>
  soundModels.find((model) => model === name);
