/** Network devices and addresses as `ip -json` tells them. */
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

const timeoutMs = 10_000;

interface IpLink {
  readonly ifname: string;
  readonly address?: string;
  readonly master?: string;
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

/** What `ip -json` answers. */
export async function askIp<T>(args: readonly string[], acceptCodes: readonly number[] = [0]): Promise<readonly T[]> {
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
  return (await askIp<Partial<IpLink>>(['-details', 'address', 'show'])).flatMap(toLink);
}

/** The device of this name; undefined when there is none. */
export async function findLink(name: string): Promise<Link | undefined> {
  const [found] = (await askIp<Partial<IpLink>>(['-details', 'address', 'show', 'dev', name], [0, 1])).flatMap(toLink);
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
