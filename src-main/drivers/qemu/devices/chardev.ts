/** The host's end of character devices: what stands after `-chardev`, as its options in order. */
import type { Rng, Serial, Smartcard } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import { type SealedSecret, secretObject } from './secrets.ts';
import type { ObjectProperties } from './properties.ts';

type EgdBackend = Extract<Rng['backend'], { model: 'egd' }>;
type PassedCard = Extract<Smartcard, { mode: 'passthrough' }>;

type HostEnd<T> = T extends unknown ? Omit<T, 'target' | 'address' | 'alias' | 'acpi' | '_extra'> : never;

/** The host's end, which all such devices have in the same shape. */
export type CharacterDevice = HostEnd<Serial>;

type ChardevOption = readonly [name: string, value: string];

export interface Chardev {
  readonly backend: string;
  readonly options: readonly ChardevOption[];
}

export interface ChardevHost {
  /** A descriptor to listen or write on instead of a path, when the host has opened it already. */
  readonly descriptor?: (id: string, listens: boolean) => string | undefined;
  /** QEMU waits for a client before it goes on. */
  readonly waits?: boolean;
  /** Certificates for encrypted connections. */
  readonly tls?: { readonly folder: string; readonly verify: boolean; readonly secret?: SealedSecret };
}

const onOff = (value: boolean): string => (value ? 'on' : 'off');

export function chardev(device: CharacterDevice, id: string, host: ChardevHost = {}): Chardev {
  const { backend, options } = backendOf(device, id, host);
  const { log } = device;
  const logOptions: ChardevOption[] =
    log === undefined
      ? []
      : [['logfile', log.file], ...(log.append === undefined ? [] : ([['logappend', onOff(log.append)]] as const))];
  return { backend, options: [['id', id], ...options, ...logOptions] };
}

function backendOf(device: CharacterDevice, id: string, host: ChardevHost): Chardev {
  switch (device.type) {
    case 'null':
    case 'vc':
    case 'pty':
    case 'stdio':
      return { backend: device.type, options: [] };
    case 'dev': {
      const backend = id.startsWith('charparallel') ? 'parallel' : 'serial';
      return { backend, options: [['path', device.source.path ?? '']] };
    }
    case 'file': {
      const { append } = device.source;
      const path: ChardevOption = ['path', device.source.path ?? ''];
      return { backend: 'file', options: append === undefined ? [path] : [path, ['append', onOff(append)]] };
    }
    case 'pipe':
      return { backend: 'pipe', options: [['path', device.source.path ?? '']] };
    case 'udp':
      return { backend: 'udp', options: udpOptions(device) };
    case 'tcp':
      return { backend: 'socket', options: tcpOptions(device, id, host) };
    case 'unix':
      return { backend: 'socket', options: unixOptions(device, id, host) };
    case 'spicevmc':
      return { backend: 'spicevmc', options: [['name', spicevmcName(id)]] };
    case 'spiceport':
      return { backend: 'spiceport', options: [['name', device.source.channel]] };
    case 'dbus':
      return { backend: 'dbus', options: [['name', device.source?.channel ?? '']] };
    case 'qemu-vdagent': {
      const { clipboard, mouse } = device.source ?? {};
      const options: ChardevOption[] = [['name', 'vdagent']];
      if (clipboard !== undefined) options.push(['clipboard', onOff(clipboard.copypaste)]);
      if (mouse !== undefined) options.push(['mouse', onOff(mouse.mode === 'client')]);
      return { backend: 'qemu-vdagent', options };
    }
    case 'nmdm':
      throw unsupported(say`QEMU has no character device of type 'nmdm'.`);
  }
}

/** SPICE tells its uses of such a channel apart by name. */
function spicevmcName(id: string): string {
  if (id.startsWith('charredir')) return 'usbredir';
  return id.startsWith('charsmartcard') ? 'smartcard' : 'vdagent';
}

function udpOptions(device: Extract<CharacterDevice, { type: 'udp' }>): ChardevOption[] {
  const remote = device.source.find((item) => item.mode === 'connect');
  const local = device.source.find((item) => item.mode === 'bind');
  return [
    ['host', remote?.host ?? ''],
    ['port', remote?.service ?? ''],
    ['localaddr', local?.host ?? ''],
    ['localport', local?.service ?? '0'],
  ];
}

const tlsAlias = (id: string): string => `obj${id}_tls0`;

/** Encrypted when asked for; where there are certificates, unless asked not to. */
const isEncrypted = (device: CharacterDevice, host: ChardevHost): boolean =>
  device.type === 'tcp' && (device.source.tls ?? host.tls !== undefined);

/** The objects an encrypted connection needs before it. */
export function chardevObjects(device: CharacterDevice, id: string, host: ChardevHost): ObjectProperties[] {
  if (device.type !== 'tcp' || !isEncrypted(device, host)) return [];
  const { tls } = host;
  if (tls === undefined) {
    throw unsupported(
      say`The encrypted connection (tls='yes') to ${device.source.host}:${device.source.service} is not set up here.`,
    );
  }
  const secretId = `${id}-secret0`;
  const credentials: ObjectProperties = {
    'qom-type': 'tls-creds-x509',
    id: tlsAlias(id),
    dir: tls.folder,
    endpoint: device.source.mode === 'bind' ? 'server' : 'client',
    'verify-peer': device.source.mode === 'bind' ? tls.verify : true,
    passwordid: tls.secret === undefined ? undefined : secretId,
  };
  return tls.secret === undefined ? [credentials] : [secretObject(secretId, tls.secret), credentials];
}

function tcpOptions(device: Extract<CharacterDevice, { type: 'tcp' }>, id: string, host: ChardevHost): ChardevOption[] {
  const { source } = device;
  return [
    ['host', source.host ?? ''],
    ['port', source.service ?? ''],
    ...(device.protocol?.type === 'telnet' ? ([['telnet', 'on']] as const) : []),
    ...listenOptions(source.mode === 'bind', host),
    ...reconnectOption(source.reconnect),
    ...(isEncrypted(device, host) ? ([['tls-creds', tlsAlias(id)]] as const) : []),
  ];
}

function unixOptions(
  device: Extract<CharacterDevice, { type: 'unix' }>,
  id: string,
  host: ChardevHost,
): ChardevOption[] {
  const { source } = device;
  const descriptor = host.descriptor?.(id, source?.mode === 'bind');
  return [
    descriptor === undefined ? ['path', source?.path ?? ''] : ['fd', descriptor],
    ...listenOptions(source?.mode === 'bind', host),
    ...reconnectOption(source?.reconnect),
  ];
}

const listenOptions = (listens: boolean, host: ChardevHost): ChardevOption[] =>
  !listens
    ? []
    : host.waits === true
      ? [['server', 'on']]
      : [
          ['server', 'on'],
          ['wait', 'off'],
        ];

function reconnectOption(reconnect: { enabled: boolean; timeout?: number } | undefined): ChardevOption[] {
  if (reconnect === undefined) return [];
  return [['reconnect', String(reconnect.enabled ? (reconnect.timeout ?? 0) : 0)]];
}

/** An entropy daemon's or smart card's end, which is written a little differently in XML. */
export function asCharacterDevice(end: EgdBackend | PassedCard): CharacterDevice {
  const [source] = end.source;
  const log = end.log === undefined ? {} : { log: end.log };
  switch (end.type) {
    case 'udp':
      return { type: 'udp', source: end.source.map((item) => ({ ...item, mode: item.mode ?? 'connect' })), ...log };
    case 'tcp':
      return {
        type: 'tcp',
        source: { ...source, mode: source?.mode ?? 'connect' },
        ...(end.protocol === undefined ? {} : { protocol: end.protocol }),
        ...log,
      };
    case 'unix':
      return { type: 'unix', source: { seclabel: [], ...source }, ...log };
    case 'dev':
    case 'file':
    case 'pipe':
      return {
        type: end.type,
        source: { seclabel: [], ...(source?.path === undefined ? {} : { path: source.path }) },
        ...log,
      };
    case 'spiceport':
    case 'dbus':
      return { type: end.type, source: { channel: source?.channel ?? '' }, ...log };
    case 'null':
    case 'vc':
    case 'pty':
    case 'stdio':
    case 'spicevmc':
    case 'qemu-vdagent':
      return { type: end.type, ...log };
    case 'nmdm':
      throw unsupported(say`QEMU has no character device of type 'nmdm'.`);
  }
}
