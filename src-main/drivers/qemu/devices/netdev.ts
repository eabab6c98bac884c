import type { Interface } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import { chardevAlias, type Json, type NetdevProperties } from './properties.ts';
import { netdevAlias } from './network-card.ts';

/** The host's end of a card's cable. */
export type CableEnd =
  /** Descriptors (numbers, or names given over QMP) of its tap devices and vhost-net queues. */
  | { readonly tap: readonly string[]; readonly vhost: readonly string[]; readonly opensVhost?: boolean }
  /** A device that QEMU opens by its name, being its owner. */
  | { readonly device: string; readonly vhost: boolean };

/** What the host has ready for a card before QEMU is told of it. */
export interface NetworkHost {
  readonly tap?: (card: Interface) => CableEnd;
  /** The socket on which passt serves a card. */
  readonly passtSocket?: (card: Interface) => string;
  /** The descriptor set of a vDPA device. */
  readonly vdpaPath?: (card: Interface) => string;
}

type Of<T extends Interface['type']> = Extract<Interface, { type: T }>;

/** The host's side of a network card. */
export function netdevProperties(card: Interface, host: NetworkHost): NetdevProperties {
  const { type, ...rest } = backend(card, host);
  return { type, ...rest, id: netdevAlias(card) };
}

function backend(
  card: Interface,
  host: NetworkHost,
): { readonly type: string } & Omit<NetdevProperties, 'id' | 'type'> {
  const queues = (card.driver?.queues ?? 0) > 1 ? card.driver?.queues : undefined;
  switch (card.type) {
    case 'user':
      return card.backend?.type === 'passt' ? passt(card, host) : slirp(card);
    case 'internal':
      return { type: 'user' };
    case 'bridge':
    case 'network':
    case 'direct':
    case 'ethernet':
      return tap(card, host);
    case 'client':
      return { type: 'socket', connect: `${card.source.address ?? ''}:${card.source.port}` };
    case 'server':
      return { type: 'socket', listen: `${card.source.address ?? ''}:${card.source.port}` };
    case 'mcast':
      return { type: 'socket', mcast: `${card.source.address ?? ''}:${card.source.port}` };
    case 'udp':
      return {
        type: 'socket',
        udp: `${card.source.address ?? ''}:${card.source.port}`,
        localaddr: `${card.source.local.address}:${card.source.local.port}`,
      };
    case 'vhostuser':
      return { type: 'vhost-user', chardev: chardevAlias(card), queues };
    case 'vdpa':
      return { type: 'vhost-vdpa', vhostdev: host.vdpaPath?.(card) ?? card.source.dev, queues };
    case 'hostdev':
    case 'null':
    case 'vds':
      throw unsupported(say`A network card of type '${card.type}' is not supported yet.`);
  }
}

/** QEMU's own user-mode network: no privilege, no process of its own. */
function slirp(card: Of<'user'>): { readonly type: 'user' } & Record<string, Json | undefined> {
  const addresses: Record<string, Json | undefined> = {};
  for (const ip of card.ip) {
    if (ip.family === 'ipv6' || (ip.family === undefined && ip.address.includes(':'))) {
      addresses['ipv6-prefix'] = ip.address;
      addresses['ipv6-prefixlen'] = ip.prefix === 0 ? undefined : ip.prefix;
    } else addresses['net'] = ip.prefix === undefined || ip.prefix === 0 ? ip.address : `${ip.address}/${ip.prefix}`;
  }
  const forwards: Json[] = slirpForwards(card).map((forward) => ({ str: forwardText(forward) }));
  return { type: 'user', ...addresses, hostfwd: forwards.length === 0 ? undefined : forwards };
}

/** One port of the host that leads into the guest. */
export interface SlirpForward {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly hostPort: number;
  readonly guestPort: number;
}

/** Ports of the host that lead into the guest; libvirt knows them for passt, and slirp does as much. */
export function slirpForwards(card: Of<'user'>): readonly SlirpForward[] {
  return card.portForward.flatMap(({ proto, address = '', dev, range }) => {
    if (dev !== undefined) throw unsupported(say`<portForward dev='${dev}'> needs <backend type='passt'/>.`);
    return range.flatMap(({ start, end, to, exclude }) => {
      if (start === undefined || exclude === true) {
        throw unsupported(say`<portForward> without a first port, or with exceptions, needs <backend type="passt"/>.`);
      }
      const count = (end ?? start) - start + 1;
      return Array.from({ length: count }, (_, step) => ({
        protocol: proto,
        address,
        hostPort: start + step,
        guestPort: (to ?? start) + step,
      }));
    });
  });
}

/** As QEMU reads it, on its command line and in its monitor. */
export const forwardText = ({ protocol, address, hostPort, guestPort }: SlirpForward): string =>
  `${protocol}:${address}:${hostPort}-:${guestPort}`;

function passt(card: Of<'user'>, host: NetworkHost): { readonly type: 'stream' } & Record<string, Json> {
  const path = host.passtSocket?.(card);
  if (path === undefined) throw unsupported(say`passt is not available for the network card ${card.mac?.address}.`);
  return { type: 'stream', addr: { type: 'unix', path }, server: false };
}

function tap(card: Interface, host: NetworkHost): { readonly type: 'tap' } & Record<string, Json | undefined> {
  if (host.tap === undefined) {
    throw unsupported(say`A network card of type '${card.type}' needs a privileged connection (qemu:///system).`);
  }
  const end = host.tap(card);
  if ('device' in end) {
    const queues = card.driver?.queues ?? 1;
    return {
      ...{ type: 'tap', ifname: end.device, script: 'no', downscript: 'no' },
      queues: queues > 1 ? queues : undefined,
      vhost: end.vhost ? true : undefined,
      sndbuf: card.tune?.sndbuf,
    };
  }
  const { tap: taps, vhost } = end;
  return {
    type: 'tap',
    [taps.length > 1 ? 'fds' : 'fd']: taps.join(':'),
    vhost: vhost.length > 0 || end.opensVhost === true ? true : undefined,
    [vhost.length > 1 ? 'vhostfds' : 'vhostfd']: vhost.length > 0 ? vhost.join(':') : undefined,
    sndbuf: card.tune?.sndbuf,
  };
}
