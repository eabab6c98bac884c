/** Network devices, addresses and routes as `ip -json` tells them. */
import { ProcessError, run } from '../host/process.ts';

export interface Link {
  readonly name: string;
  readonly mac?: string;
  /** `bridge`, `veth`, `tun` …; absent for real hardware. */
  readonly kind?: string;
  /** The bridge it is a port of. */
  readonly master?: string;
  /** `192.168.122.1/24` */
  readonly addresses: readonly string[];
}

export interface HostRoute {
  /** `192.168.122.0/24`; `default` is `0.0.0.0/0` or `::/0`. */
  readonly destination: string;
  readonly device: string;
  readonly family: 'ipv4' | 'ipv6';
  /** Who made it: `kernel`, `ra`, `dhcp` … */
  readonly protocol?: string;
}

const timeoutMs = 10_000;

interface IpLink {
  readonly ifname: string;
  readonly address?: string;
  readonly master?: string;
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

interface IpRoute {
  readonly dst?: string;
  readonly dev?: string;
  readonly type?: string;
  readonly protocol?: string;
}

async function json<T>(args: readonly string[], acceptCodes: readonly number[] = [0]): Promise<readonly T[]> {
  try {
    const { stdout } = await run(['ip', '-json', ...args], { timeoutMs, acceptCodes });
    // With nothing to tell it prints nothing.
    return stdout.trim() === '' ? [] : (JSON.parse(stdout) as T[]);
  } catch (thrown) {
    // Networks can be defined where the program is missing; the plan says that it is.
    if (thrown instanceof ProcessError && thrown.failure === 'spawn') return [];
    throw thrown;
  }
}

export async function listLinks(): Promise<readonly Link[]> {
  return (await json<Partial<IpLink>>(['-details', 'address', 'show'])).flatMap(toLink);
}

/** The device of this name; undefined when there is none. */
export async function findLink(name: string): Promise<Link | undefined> {
  const [found] = (await json<Partial<IpLink>>(['-details', 'address', 'show', 'dev', name], [0, 1])).flatMap(toLink);
  return found;
}

/** Whole entries are empty objects when they don't match a filter. */
function toLink({ ifname, address, master, linkinfo, addr_info: addresses = [] }: Partial<IpLink>): Link[] {
  if (ifname === undefined) return [];
  const kind = linkinfo?.info_kind;
  return [
    {
      name: ifname,
      ...(address === undefined ? {} : { mac: address }),
      ...(kind === undefined ? {} : { kind }),
      ...(master === undefined ? {} : { master }),
      addresses: addresses.flatMap(({ local, prefixlen }) => (local === undefined ? [] : [`${local}/${prefixlen}`])),
    },
  ];
}

/** The main table's routes that lead to a device. */
export async function listRoutes(): Promise<readonly HostRoute[]> {
  const families = [
    ['ipv4', '-4'],
    ['ipv6', '-6'],
  ] as const;
  const lists = await Promise.all(
    families.map(async ([family, flag]) =>
      (await json<IpRoute>([flag, 'route', 'show'])).flatMap(({ dst, dev, type, protocol }): HostRoute[] => {
        if (dst === undefined || dev === undefined || (type !== undefined && type !== 'unicast')) return [];
        const everywhere = family === 'ipv4' ? '0.0.0.0/0' : '::/0';
        const destination = dst === 'default' ? everywhere : dst;
        return [{ destination, device: dev, family, ...(protocol === undefined ? {} : { protocol }) }];
      }),
    ),
  );
  return lists.flat();
}
