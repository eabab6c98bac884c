import type { Channel, Console, Redirdev, Serial } from './chardev.ts';
import type { Controller } from './controller.ts';
import type { Devices } from './devices.ts';
import type { Disk } from './disk.ts';
import type { Domain } from './domain.ts';
import type { Graphics, GraphicsListen } from './graphics.ts';
import { addImpliedDevices } from './normalise-implied.ts';
import type { Rng } from './rng.ts';
import type { Smartcard } from './smartcard.ts';
import type { Video } from './video.ts';

type RngBackend = Rng['backend'];

/** Devices with what libvirt fills in for every hypervisor. */
export function normaliseDevices(domain: Domain, devices: Devices): Devices {
  const { vsock } = devices;
  const completed: Devices = {
    ...devices,
    disk: devices.disk.map(normaliseDisk),
    controller: numberControllers(devices.controller),
    serial: numberPorts(devices.serial.map(hostEnd)),
    parallel: numberPorts(devices.parallel.map(hostEnd)),
    console: numberPorts(devices.console.map(hostEnd)).map(asSerialUnlessSaid),
    channel: devices.channel.map(hostEnd),
    redirdev: devices.redirdev.map(hostEnd),
    graphics: devices.graphics.map(normaliseGraphics),
    filesystem: devices.filesystem.map((folder) =>
      'socket' in folder.source && folder.source.socket !== undefined
        ? folder
        : { ...folder, accessmode: folder.accessmode ?? 'passthrough' },
    ),
    smartcard: devices.smartcard.map((card) => (card.mode === 'passthrough' ? anyHostEnd(card) : card)),
    rng: devices.rng.map((rng) => ({ ...rng, backend: normaliseEntropy(rng.backend) })),
    memory: devices.memory.map((module) =>
      module.model === 'virtio-pmem' ? { ...module, access: module.access ?? 'shared' } : module,
    ),
    ...(vsock === undefined
      ? {}
      : { vsock: { ...vsock, cid: { ...vsock.cid, auto: vsock.cid?.auto ?? vsock.cid?.address === undefined } } }),
  };
  const whole = addImpliedDevices(completed, domain.os?.type.value === 'hvm');
  return { ...whole, video: normaliseVideos(whole.video, domain.type) };
}

function normaliseEntropy(backend: RngBackend): RngBackend {
  if (backend.model === 'random') return { ...backend, value: backend.value ?? '/dev/random' };
  return backend.model === 'egd' ? anyHostEnd(backend) : backend;
}

const busByName: readonly (readonly [string, NonNullable<Disk['target']['bus']>])[] = [
  ['sd', 'scsi'],
  ['vd', 'virtio'],
  ['xvd', 'xen'],
  ['ubd', 'uml'],
];

/** CD-ROMs are read-only; the bus follows from the target's name. */
function normaliseDisk(disk: Disk): Disk {
  const dev = disk.target.dev.replace(/^ioemu:/, '');
  const byName = busByName.find(([prefix]) => dev.startsWith(prefix))?.[1] ?? 'ide';
  const bus = disk.target.bus ?? (disk.device === 'floppy' ? 'fdc' : byName);
  const normal: Disk = {
    ...disk,
    target: { ...disk.target, dev, bus },
    ...(disk.device === 'cdrom' ? { readonly: true } : {}),
  };
  if (normal.type === 'vhostuser') return { ...normal, snapshot: normal.snapshot ?? 'no' };
  if (normal.type === 'nvme' && normal.source !== undefined) {
    return { ...normal, source: { ...normal.source, managed: normal.source.managed ?? true } };
  }
  if (normal.type === 'network' && normal.source?.protocol === 'iscsi' && normal.source.name?.includes('/') === false) {
    return { ...normal, source: { ...normal.source, name: `${normal.source.name}/0` } };
  }
  return normal;
}

const usb2 = /^ich9-(?:ehci1|uhci[123])$/;

/** A controller without an index gets the lowest free one; the parts of one USB 2 controller share theirs. */
function numberControllers(controllers: readonly Controller[]): Controller[] {
  const numbered: Controller[] = [...controllers];
  numbered.forEach((controller, place) => {
    if (controller.index !== undefined) return;
    const used = new Set(numbered.filter(({ type }) => type === controller.type).map(({ index }) => index));
    let index = 0;
    while (used.has(index)) index += 1;
    if (controller.type === 'usb' && usb2.test(controller.model ?? '')) {
      const previous = numbered.slice(0, place).findLast(({ type }) => type === 'usb');
      const isPart = previous?.type === 'usb' && usb2.test(previous.model ?? '');
      const twin = numbered.some(
        (other) => other.type === 'usb' && other.model === controller.model && other.index === previous?.index,
      );
      if (isPart && !twin) index = previous.index ?? index;
    }
    numbered[place] = { ...controller, index };
  });
  return numbered;
}

/** TCP speaks some protocol; UDP's listening end comes first. */
function hostEnd<D extends Serial | Console | Channel | Redirdev | Devices['parallel'][number]>(device: D): D {
  if (device.type === 'tcp') return { ...device, protocol: device.protocol ?? { type: 'raw' } };
  if (device.type === 'udp') {
    const rank = ({ mode }: { mode: string }): number => (mode === 'bind' ? 0 : 1);
    return { ...device, source: [...device.source].sort((left, right) => rank(left) - rank(right)) };
  }
  if (device.type === 'unix' && device.source !== undefined) {
    const { source, ...rest } = device;
    return (source.path === undefined ? rest : { ...rest, source: { ...source, mode: source.mode ?? 'connect' } }) as D;
  }
  return device;
}

/** The same for the devices whose host end is not what tells them apart. */
function anyHostEnd<D extends Extract<Smartcard, { mode: 'passthrough' }> | Extract<RngBackend, { model: 'egd' }>>(
  device: D,
): D {
  if (device.type === 'tcp') return { ...device, protocol: device.protocol ?? { type: 'raw' } };
  if (device.type !== 'unix') return device;
  return { ...device, source: device.source.map((source) => ({ ...source, mode: source.mode ?? 'connect' })) };
}

/** Ports without a number continue from the highest. */
function numberPorts<D extends Serial | Console | Devices['parallel'][number]>(devices: readonly D[]): D[] {
  let next = Math.max(-1, ...devices.map(({ target }) => target?.port ?? -1)) + 1;
  return devices.map((device) => {
    if (device.target?.port !== undefined) return device;
    next += 1;
    return { ...device, target: { ...device.target, port: next - 1 } };
  });
}

const asSerialUnlessSaid = (console: Console): Console => ({
  ...console,
  target: { ...console.target, type: console.target?.type ?? 'serial' },
});

/** `<listen>` and the attributes that came before it say the same; ports that libvirt chooses are `-1`. */
function normaliseGraphics(display: Graphics): Graphics {
  if (display.type !== 'vnc' && display.type !== 'spice' && display.type !== 'rdp') return display;
  const socket = display.type === 'vnc' ? display.socket : undefined;
  const address = display.listen === '' ? undefined : display.listen;
  const fromAttributes: GraphicsListen =
    socket === undefined
      ? { type: 'address', ...(address === undefined ? {} : { address }) }
      : { type: 'socket', socket };
  const [given, ...others] = display.listens;
  let first = given ?? fromAttributes;
  if (fromAttributes.type === 'socket' && (first.type === 'address' || first.type === 'network'))
    first = fromAttributes;
  if (first.type === 'address' && first.address === undefined && address !== undefined) first = { ...first, address };
  if (first.type === 'socket' && first.socket === undefined && socket !== undefined) first = { ...first, socket };

  const { listen: _listen, ...rest } = display;
  const listen = first.type === 'address' && first.address !== undefined ? { listen: first.address } : {};
  const onNetwork = first.type === 'address' || first.type === 'network';
  if (rest.type === 'rdp') return { ...rest, ...listen, listens: [first, ...others] };
  if (rest.type === 'vnc') {
    const { port, autoport: said, socket: _socket, ...plain } = rest;
    const listens = [first, ...others];
    if (first.type === 'socket') {
      return { ...plain, ...(first.socket === undefined ? {} : { socket: first.socket }), listens };
    }
    if (!onNetwork) return { ...plain, listens };
    const autoport = said ?? (port === undefined || port === -1);
    const shown = autoport ? -1 : port;
    return { ...plain, ...(shown === undefined || shown === 0 ? {} : { port: shown }), autoport, ...listen, listens };
  }
  const { port, tlsPort, autoport: said, ...plain } = rest;
  const autoport = said === true || (port === -1 && tlsPort === -1);
  // Spice that neither has nor may choose a port listens nowhere.
  if (first.type === 'address' && !autoport && (port ?? 0) === 0 && (tlsPort ?? 0) === 0) {
    return { ...plain, listens: [{ type: 'none' }, ...others] };
  }
  const listens = [first, ...others];
  if (!onNetwork) return { ...plain, listens };
  const ports = autoport
    ? {}
    : { ...(port === undefined ? {} : { port }), ...(tlsPort === undefined ? {} : { tlsPort }) };
  return { ...plain, ...ports, autoport, ...listen, listens };
}

/** The first card is the one firmware uses; memory is a power of two KiB. */
function normaliseVideos(videos: readonly Video[], virtType: Domain['type']): Video[] {
  const primary = videos.findIndex(({ model }) => model?.primary === true);
  const ordered = primary > 0 ? [...videos.slice(primary, primary + 1), ...videos.toSpliced(primary, 1)] : [...videos];
  return ordered.map((video, place) => {
    const model = video.model ?? {};
    if (place === 0 && model.type === 'none') {
      return { model: { type: 'none' }, ...(video.alias === undefined ? {} : { alias: video.alias }) };
    }
    const { primary: _primary, ...rest } = model;
    const vram = model.vram ?? defaultVideoMemory(model.type, virtType);
    const ram = model.ram ?? (model.type === 'qxl' ? 64 * 1024 : undefined);
    return {
      ...video,
      model: {
        ...rest,
        ...(ram === undefined ? {} : { ram: powerOfTwo(ram) }),
        ...(vram === undefined ? {} : { vram: powerOfTwo(vram) }),
        ...(place === 0 ? { primary: true } : {}),
      },
    };
  });
}

function defaultVideoMemory(type: NonNullable<Video['model']>['type'], virtType: Domain['type']): number | undefined {
  switch (type) {
    case 'vga':
    case 'cirrus':
    case 'vmvga':
      return (virtType === 'vbox' ? 8 : virtType === 'vmware' ? 4 : 16) * 1024;
    case 'bochs':
      return 16 * 1024;
    case 'xen':
      return 4 * 1024;
    case 'qxl':
      return 64 * 1024;
    default:
      return undefined;
  }
}

const powerOfTwo = (value: number): number => (value === 0 ? 0 : 2 ** Math.ceil(Math.log2(value)));
