/** A creation as options of `vivarium create`, and back: the same table serves the window's preview and the command. */
import type { Creation, OsResources } from '../../src-shared/contract/create.ts';
import { largestUnit, toBytes } from '../../src-shared/units.ts';

export interface CreationOption {
  readonly name: string;
  /** What the value is called in the help; a flag when absent. */
  readonly value?: string;
  readonly help: string;
  readonly words?: readonly string[];
}

export const creationOptions: readonly CreationOption[] = [
  { name: 'name', value: 'NAME', help: 'what the machine is called' },
  { name: 'iso', value: 'FILE', help: 'start from this CD or DVD image' },
  { name: 'import', value: 'FILE', help: 'use this disk image where it is' },
  { name: 'copy', value: 'FILE', help: 'use a copy of this disk image' },
  { name: 'cloud-image', value: 'FILE', help: 'use a copy of this image, enlarged' },
  { name: 'url', value: 'URL', help: 'download a CD or disk image and start from it' },
  { name: 'small-linux', help: 'start from the small Linux that comes with Vivarium' },
  { name: 'format', value: 'FORMAT', help: 'format of --import, --copy and --cloud-image' },
  { name: 'osinfo', value: 'ID', help: 'the operating system, by osinfo id or short id' },
  { name: 'memory', value: 'SIZE', help: 'memory, such as 2GiB; MiB without a unit' },
  { name: 'vcpus', value: 'N', help: 'number of processors' },
  { name: 'disk', value: 'SIZE', help: 'size of a new disk, such as 20GiB; GiB without a unit, 0 for none' },
  { name: 'disk-format', value: 'FORMAT', help: 'format of the new disk', words: ['qcow2', 'raw'] },
  { name: 'bus', value: 'BUS', help: 'bus of the new disk', words: ['virtio', 'scsi', 'sata', 'ide', 'usb'] },
  { name: 'pool', value: 'UUID', help: 'storage pool of new disks' },
  { name: 'machine', value: 'TYPE', help: 'board', words: ['q35', 'pc'] },
  { name: 'firmware', value: 'TYPE', help: 'firmware', words: ['bios', 'efi', 'efi-secure'] },
  { name: 'tpm', value: 'SWITCH', help: 'an emulated TPM', words: ['on', 'off'] },
  { name: 'network', value: 'TYPE', help: 'user, none, network=NAME or bridge=NAME' },
  { name: 'nic', value: 'MODEL', help: 'model of the network adapter' },
  { name: 'forward', value: 'LIST', help: 'ports of the host for the guest: tcp:2222:22,udp:5353:53' },
  { name: 'graphics', value: 'TYPE', help: 'display', words: ['spice', 'vnc', 'none'] },
  { name: 'video', value: 'MODEL', help: 'video card', words: ['virtio', 'qxl', 'vga', 'bochs', 'none'] },
  { name: 'sound', value: 'MODEL', help: 'sound card, or none' },
  { name: 'title', value: 'TEXT', help: 'a line of description' },
  { name: 'folder', value: 'PATH', help: 'folder the machine is listed in' },
  { name: 'no-start', help: 'define the machine without starting it' },
];

/** The command that makes the same machine; what is as recommended anyway is left out. */
export function creationCommand(spec: Creation, resources: OsResources): string {
  const words = ['vivarium', '-c', spec.uri, 'create', '--name', spec.name, ...sourceWords(spec)];
  const add = (name: string, value: string): void => {
    words.push(`--${name}`, value);
  };
  if (spec.osId !== undefined) add('osinfo', spec.osId);
  add('memory', sizeWord(spec.memoryKiB * 1024));
  add('vcpus', String(spec.vcpus));
  const { disk } = spec;
  add('disk', disk === undefined ? '0' : sizeWord(disk.sizeBytes));
  if (disk !== undefined) {
    if (disk.format !== 'qcow2') add('disk-format', disk.format);
    if (disk.bus !== resources.diskBus) add('bus', disk.bus);
    if (disk.pool !== undefined) add('pool', disk.pool);
  }
  if (spec.machine !== resources.machine) add('machine', spec.machine);
  if (spec.firmware !== resources.firmware) add('firmware', spec.firmware);
  if (spec.tpm !== resources.tpm) add('tpm', spec.tpm ? 'on' : 'off');
  if (spec.network !== 'user') add('network', spec.network);
  if (spec.network !== 'none' && spec.netModel !== resources.netModel) add('nic', spec.netModel);
  if (spec.network === 'user' && spec.forwards.length > 0) add('forward', spec.forwards.map(forwardWord).join(','));
  add('graphics', spec.graphics);
  if (spec.graphics !== 'none' && spec.video !== resources.video) add('video', spec.video);
  if ((spec.sound ?? 'none') !== (resources.sound ?? 'none')) add('sound', spec.sound ?? 'none');
  if (spec.title !== undefined) add('title', spec.title);
  if (spec.folder !== undefined) add('folder', spec.folder);
  if (!spec.startNow) words.push('--no-start');
  return words.map(quote).join(' ');
}

function sourceWords({ source }: Creation): readonly string[] {
  switch (source.type) {
    case 'iso':
      return ['--iso', source.path];
    case 'disk':
      return [source.mode === 'copy' ? '--copy' : '--import', source.path, '--format', source.format];
    case 'cloud':
      return ['--cloud-image', source.path, '--format', source.format];
    case 'url':
      return ['--url', source.url];
    case 'small-linux':
      return ['--small-linux'];
    case 'empty':
      return [];
  }
}

type Forward = Creation['forwards'][number];

function forwardWord({ protocol, hostAddress, hostPort, guestPort }: Forward): string {
  return `${protocol}:${hostAddress === undefined ? '' : `[${hostAddress}]`}${hostPort}:${guestPort}`;
}

/** @returns undefined for what is no such list */
export function parseForwards(text: string): Forward[] | undefined {
  const forwards: Forward[] = [];
  for (const word of text.split(',')) {
    const match = /^(tcp|udp):(?:\[([^\]]+)\])?(\d{1,5}):(\d{1,5})$/.exec(word.trim());
    if (match === null) return undefined;
    const [, protocol, hostAddress, hostPort, guestPort] = match;
    forwards.push({
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
      ...(hostAddress === undefined ? {} : { hostAddress }),
      hostPort: Number(hostPort),
      guestPort: Number(guestPort),
    });
  }
  return forwards;
}

function sizeWord(bytes: number): string {
  const { amount, unit } = largestUnit(bytes);
  return `${amount}${unit}`;
}

/** `2GiB`, `512MiB`, or a number of `defaultUnit`. @returns bytes; undefined for what is no size */
export function parseSize(text: string, defaultUnit: 'MiB' | 'GiB'): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  const one = toBytes(1, unit === undefined || unit === '' ? defaultUnit : unit);
  const bytes = one === undefined ? Number.NaN : Math.round(Number(amount) * one);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const quote = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
