import type { AnySource } from '../../../../src-shared/model/domain/storage-source.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import type { ImageObjects } from './block-image.ts';
import type { BlockHost } from './block-host.ts';
import type { Json, JsonProperties } from './properties.ts';

interface Stored {
  readonly type: string;
  readonly source: AnySource;
  readonly objects: ImageObjects;
  readonly driver: { readonly io?: string } | undefined;
  readonly readOnly: boolean;
  readonly isFloppy: boolean;
}

type Backend = { readonly driver: string } & JsonProperties;

/** The node for the bytes: where they come from. */
export function storageBackend(stored: Stored, host: BlockHost): Backend {
  const { source, driver, objects } = stored;
  switch (stored.type) {
    case 'file':
      return { driver: 'file', filename: source.file ?? '', aio: driver?.io, 'pr-manager': objects.reservations };
    case 'block': {
      const path = source.dev ?? '';
      return {
        driver: host.isHostCdrom(path) ? 'host_cdrom' : 'host_device',
        filename: path,
        aio: driver?.io,
        'pr-manager': objects.reservations,
      };
    }
    case 'dir':
      return { driver: 'vvfat', dir: source.dir ?? '', floppy: stored.isFloppy, rw: !stored.readOnly };
    case 'nvme': {
      const { domain = 0, bus = 0, slot = 0, function: fn = 0 } = source.address ?? {};
      const hexadecimal = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
      const device = `${hexadecimal(domain, 4)}:${hexadecimal(bus, 2)}:${hexadecimal(slot, 2)}.${fn}`;
      return { driver: 'nvme', device, namespace: source.namespace };
    }
    case 'network':
      return networkBackend(source, objects);
    default:
      throw unsupported(say`A disk whose source is of type '${stored.type}' is not supported yet.`);
  }
}

/** Warnings, errors and little else. */
const glusterLogLevel = 4;

function networkBackend(source: AnySource, objects: ImageObjects): Backend {
  const name = source.name ?? '';
  switch (source.protocol) {
    case 'nbd':
      return {
        driver: 'nbd',
        server: onlyServer(source),
        export: source.name,
        'tls-creds': objects.tls,
        'tls-hostname': source.tlsHostname,
      };
    case 'http':
    case 'https':
    case 'ftp':
    case 'ftps':
    case 'tftp':
      return curlBackend(source, objects);
    case 'iscsi': {
      const [target = '', lun = '0'] = name.split('/');
      const { name: address = '', port = 3260 } = source.host[0] ?? {};
      return {
        driver: 'iscsi',
        portal: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
        target,
        lun: Number(lun),
        transport: 'tcp',
        user: source.auth?.username,
        'password-secret': objects.auth,
        'initiator-name': source.initiator?.iqn.name,
      };
    }
    case 'ssh':
      return {
        driver: 'ssh',
        path: name,
        server: inetServer(source.host[0], 22),
        user: source.auth?.username ?? source.identity?.username,
      };
    case 'gluster': {
      const slash = name.indexOf('/');
      return {
        driver: 'gluster',
        volume: name.slice(0, slash),
        path: name.slice(slash + 1),
        server: source.host.map((item) => socketServer(item, 24_007)),
        debug: glusterLogLevel,
      };
    }
    case 'rbd':
      return rbdBackend(source, objects);
    case 'nfs':
      return {
        driver: 'nfs',
        server: { host: source.host[0]?.name ?? '', type: 'inet' },
        path: name,
        user: numericId(source.identity?.user),
        group: numericId(source.identity?.group),
      };
    default:
      throw unsupported(say`A disk over the protocol '${source.protocol}' is not supported yet.`);
  }
}

/** `+1000` is a number; QEMU takes nothing else. */
function numericId(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const id = /^\+(\d+)$/.exec(text)?.[1];
  if (id === undefined)
    throw unsupported(say`The <identity> '${text}' of a disk over NFS is not a number such as '+1000'.`);
  return Number(id);
}

function rbdBackend(source: AnySource, objects: ImageObjects): Backend {
  const name = source.name ?? '';
  const slash = name.indexOf('/');
  return {
    driver: 'rbd',
    pool: name.slice(0, slash),
    image: name.slice(slash + 1),
    snapshot: source.snapshot?.name,
    conf: source.config?.file,
    server: source.host.length === 0 ? undefined : source.host.map((item) => plainServer(item, 6789)),
    encrypt:
      source.encryption?.engine === 'librbd'
        ? { format: source.encryption.format, 'key-secret': objects.encryption }
        : undefined,
    user: source.auth?.username,
    'auth-client-required': source.auth === undefined ? undefined : ['cephx', 'none'],
    'key-secret': objects.auth,
  };
}

const webPorts = { http: 80, https: 443, ftp: 21, ftps: 990, tftp: 69 } as const;

function curlBackend(source: AnySource, objects: ImageObjects): Backend {
  const protocol = source.protocol as keyof typeof webPorts;
  const { name: address = '', port = webPorts[protocol] } = source.host[0] ?? {};
  const path = encodeURI(`/${(source.name ?? '').replace(/^\//, '')}`);
  const query = source.query === undefined ? '' : `?${source.query}`;
  const readahead = source.readahead?.size;
  return {
    driver: protocol,
    url: `${protocol}://${address.includes(':') ? `[${address}]` : address}:${port}${path}${query}`,
    username: source.auth?.username,
    'password-secret': objects.auth,
    sslverify: source.ssl?.verify,
    'cookie-secret': objects.cookie,
    timeout: source.timeout?.seconds,
    readahead,
  };
}

type Server = AnySource['host'][number];

function onlyServer(source: AnySource): Json {
  const [server] = source.host;
  if (server === undefined || source.host.length > 1) throw unsupported(say`A disk over NBD has exactly one <host>.`);
  return socketServer(server, 10_809);
}

function socketServer(server: Server, port: number): Json {
  if (server.transport === 'unix') return { type: 'unix', path: server.socket ?? '' };
  return inetServer(server, port);
}

const inetServer = (server: Server | undefined, port: number): Json => ({ type: 'inet', ...plainServer(server, port) });

const plainServer = (server: Server | undefined, port: number): { readonly host: string; readonly port: string } => ({
  host: server?.name ?? '',
  port: String(server?.port ?? port),
});
