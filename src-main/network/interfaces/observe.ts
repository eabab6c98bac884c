/** The host's interfaces as `ip -json` and the kernel's files tell them. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { InterfaceKind } from '../../../src-shared/model/interface-summary.ts';
import { readIfThere } from '../../host/files.ts';
import { run } from '../../host/process.ts';
import { readSysctl } from '../sysctl.ts';
import type { DhcpClient, InterfaceAddress, InterfaceDevice, InterfaceRoute } from './facts.ts';

const timeoutMs = 10_000;
const forever = 4_294_967_295;

interface IpAddress {
  readonly family?: string;
  readonly local?: string;
  readonly prefixlen?: number;
  readonly broadcast?: string;
  readonly scope?: string;
  readonly dynamic?: boolean;
  readonly mngtmpaddr?: boolean;
  readonly temporary?: boolean;
  readonly noprefixroute?: boolean;
  readonly nodad?: boolean;
  readonly protocol?: string;
  readonly valid_life_time?: number;
  readonly preferred_life_time?: number;
}

interface IpDevice {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly operstate: string;
  readonly address?: string;
  readonly master?: string;
  readonly link?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_slave_kind?: string;
    readonly info_data?: { readonly id?: number; readonly mode?: string; readonly miimon?: number };
  };
  readonly addr_info?: readonly IpAddress[];
}

interface IpRoute {
  readonly type?: string;
  readonly dst?: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly protocol?: string;
  readonly scope?: string;
  readonly metric?: number;
  readonly prefsrc?: string;
  readonly table?: string;
  readonly flags?: readonly string[];
}

async function json<T>(args: readonly string[]): Promise<readonly T[]> {
  const { stdout } = await run(['ip', '-json', ...args], { timeoutMs });
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as T[]);
}

export async function observeDevices(): Promise<readonly InterfaceDevice[]> {
  const found = await json<Partial<IpDevice>>(['-details', 'address', 'show']);
  return found.flatMap((device) => (device.ifname === undefined ? [] : [toDevice(device as IpDevice)]));
}

/** Of every table but the one that the kernel keeps for local addresses. */
export async function observeRoutes(): Promise<readonly InterfaceRoute[]> {
  const lists = await Promise.all(
    (['ipv4', 'ipv6'] as const).map(async (family) => {
      const flag = family === 'ipv4' ? '-4' : '-6';
      const routes = await json<IpRoute>([flag, '-details', 'route', 'show', 'table', 'all']);
      return routes.flatMap((route) => toRoute(family, route));
    }),
  );
  return lists.flat();
}

const inSys = (device: string, file: string): string => join('/sys/class/net', device, file);

function readSys(device: string, file: string): string | undefined {
  try {
    return readIfThere(inSys(device, file))?.trim();
  } catch {
    // Some drivers have no speed to tell and answer EINVAL.
    return undefined;
  }
}

function toDevice(found: IpDevice): InterfaceDevice {
  const { ifname: name, ifindex: index, mtu, master, address: mac, linkinfo, link } = found;
  const speed = Number(readSys(name, 'speed') ?? 0);
  const state = readSys(name, 'operstate') ?? found.operstate.toLowerCase();
  const data = linkinfo?.info_data;
  const info = linkinfo?.info_kind;
  return {
    ...{ name, index, mtu, state },
    kind: kindOf(name, info, found.flags),
    ...(mac === undefined ? {} : { mac }),
    isUp: found.flags.includes('UP'),
    ...(master === undefined ? {} : { master }),
    isBridgePort: linkinfo?.info_slave_kind === 'bridge',
    isTap: info === 'tun',
    ...(state === 'up' && speed > 0 && speed < forever ? { speedMbit: speed } : {}),
    isIpv6Off: ipv6Switch(name, 'disable_ipv6') !== '0',
    ...acceptRaOf(name),
    addresses: (found.addr_info ?? []).flatMap(toAddress),
    ...(info === 'bridge'
      ? {
          bridge: {
            stp: readSys(name, 'bridge/stp_state') ?? '0',
            forwardDelay: readSys(name, 'bridge/forward_delay') ?? '0',
          },
        }
      : {}),
    ...(info === 'vlan' && data?.id !== undefined && link !== undefined
      ? { vlan: { tag: data.id, parent: link } }
      : {}),
    ...(info === 'bond' ? { bond: { mode: data?.mode ?? 'balance-rr', miimonMs: data?.miimon ?? 0 } } : {}),
  };
}

const ipv6Switch = (device: string, name: string): string | undefined => readSysctl(`net/ipv6/conf/${device}/${name}`);

function acceptRaOf(name: string): Pick<InterfaceDevice, 'acceptRa'> {
  const value = ipv6Switch(name, 'accept_ra');
  const isTold = value === '0' || value === '1' || value === '2';
  return isTold && value !== ipv6Switch('default', 'accept_ra') ? { acceptRa: value } : {};
}

function kindOf(name: string, info: string | undefined, flags: readonly string[]): InterfaceKind {
  if (flags.includes('LOOPBACK')) return 'loopback';
  if (info === 'bridge' || info === 'bond' || info === 'vlan') return info;
  if (existsSync(inSys(name, 'wireless')) || existsSync(inSys(name, 'phy80211'))) return 'wireless';
  // Cables of containers are cards to those inside.
  return existsSync(inSys(name, 'device')) || info === 'veth' ? 'ethernet' : 'virtual';
}

function toAddress(found: IpAddress): InterfaceAddress[] {
  const { local: address, prefixlen: prefix, broadcast, scope = 'global' } = found;
  if (address === undefined || prefix === undefined) return [];
  const family = found.family === 'inet6' ? 'ipv6' : 'ipv4';
  const seconds = (value: number | undefined): number | undefined =>
    value === undefined || value >= forever ? undefined : value;
  const valid = seconds(found.valid_life_time);
  const preferred = seconds(found.preferred_life_time);
  const isLinkLocal = scope === 'link' && family === 'ipv6';
  const isAnnounced = family === 'ipv6' && (found.mngtmpaddr === true || found.temporary === true);
  return [
    {
      ...{ family, address, prefix, scope },
      ...(broadcast === undefined ? {} : { broadcast }),
      isAutomatic: isLinkLocal || isAnnounced || found.protocol?.startsWith('kernel_') === true,
      noPrefixRoute: found.noprefixroute === true,
      ...(found.nodad === true ? { withoutDad: true as const } : {}),
      ...(valid === undefined ? {} : { validSeconds: valid }),
      ...(preferred === undefined ? {} : { preferredSeconds: preferred }),
    },
  ];
}

function toRoute(family: InterfaceRoute['family'], found: IpRoute): InterfaceRoute[] {
  const { type = 'unicast', dst, dev, gateway, protocol = 'boot', scope, metric, prefsrc, table, flags = [] } = found;
  if (type !== 'unicast' || dst === undefined || dev === undefined || table === 'local') return [];
  return [
    {
      ...{ family, destination: dst, device: dev, protocol },
      ...(gateway === undefined ? {} : { gateway }),
      ...(scope === undefined || family === 'ipv6' ? {} : { scope }),
      ...(metric === undefined ? {} : { metric }),
      ...(prefsrc === undefined ? {} : { source: prefsrc }),
      ...(table === undefined ? {} : { table }),
      isOnLink: flags.includes('onlink'),
    },
  ];
}

/** DHCP clients by the interface they are for, from the processes that this user may look at: everybody's. */
export function observeDhcpClients(): Readonly<Record<string, DhcpClient>> {
  const clients: Record<string, DhcpClient> = {};
  for (const { client, device } of dhcpProcesses()) clients[device] ??= client;
  return clients;
}

/** Those of `dhclient -i`, as ifupdown starts it. */
export const observeDhcpByDuid = (): readonly string[] =>
  dhcpProcesses().flatMap(({ device, isByDuid }) => (isByDuid ? [device] : []));

export interface DhcpProcess {
  readonly pid: number;
  readonly client: DhcpClient;
  readonly device: string;
  readonly isByDuid: boolean;
}

/** The processes that are DHCP clients in this network namespace. */
export function dhcpProcesses(): readonly DhcpProcess[] {
  const own = networkNamespace('self');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const words = commandOf(pid);
      // `busybox udhcpc` and the program of its own name.
      const client = words
        .slice(0, 2)
        .map((word) => basename(word))
        .find(isClient);
      if (client === undefined) return [];
      const device = deviceOf(client, words);
      const there = networkNamespace(pid);
      if (device === undefined || (own !== undefined && there !== undefined && own !== there)) return [];
      return [{ pid: Number(pid), client, device, isByDuid: client === 'dhclient' && words.includes('-i') }];
    });
}

const isClient = (word: string): word is DhcpClient => word === 'dhclient' || word === 'udhcpc' || word === 'dhcpcd';

function commandOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return []; // It has ended meanwhile.
  }
}

/** Which network a process is on; unknown of others' processes to an ordinary user. */
function networkNamespace(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

function deviceOf(client: DhcpClient, words: readonly string[]): string | undefined {
  if (client !== 'udhcpc') return words.at(-1);
  const at = words.findIndex((word) => word === '-i' || word === '--interface');
  return at === -1 ? 'eth0' : words[at + 1];
}
