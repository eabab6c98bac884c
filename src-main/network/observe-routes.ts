/** The main table's routes that lead to a device. */
import { endianness } from 'node:os';
import { formatAddress, type IpFamily, parseAddress } from '../../src-shared/model/network-address.ts';
import { readIfThere } from '../host/files.ts';
import { askIp } from './observe-links.ts';

export interface HostRoute {
  /** `192.168.122.0/24`; `default` is `0.0.0.0/0` or `::/0`. */
  readonly destination: string;
  readonly device: string;
  readonly family: IpFamily;
  /** Who made it, of IPv6: `kernel`, `ra`, `dhcp` … */
  readonly protocol?: string;
}

interface IpRoute {
  readonly dst?: string;
  readonly dev?: string;
  readonly type?: string;
  readonly protocol?: string;
}

/** The kernel's own list of IPv4 is of the main table alone; that of IPv6 is of all, and only says whether to ask. */
export async function listRoutes(): Promise<readonly HostRoute[]> {
  const four = readRoutes(readIfThere('/proc/net/route') ?? '');
  return hasRoutes(readIfThere('/proc/net/ipv6_route') ?? '') ? [...four, ...(await listRoutes6())] : four;
}

async function listRoutes6(): Promise<readonly HostRoute[]> {
  return (await askIp<IpRoute>(['-6', 'route', 'show'])).flatMap(({ dst, dev, type, protocol }): HostRoute[] => {
    if (dst === undefined || dev === undefined || (type !== undefined && type !== 'unicast')) return [];
    const destination = dst === 'default' ? '::/0' : dst;
    return [{ destination, device: dev, family: 'ipv6', ...(protocol === undefined ? {} : { protocol }) }];
  });
}

/** `RTF_…` of <linux/route.h> and <linux/ipv6_route.h>. */
const reject = 0x200n;
const notUnicast = reject | 0x10_0000n | 0x8000_0000n;

/** `/proc/net/route`: words of 32 bits in the machine's order. */
export function readRoutes(text: string): readonly HostRoute[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): HostRoute[] => {
      const [device = '', destination = '', , flags = '0', , , , mask = ''] = line.trim().split(/\s+/);
      const address = addressOfWord(destination);
      if (address === undefined || device === '*' || (BigInt(`0x${flags}`) & reject) !== 0n) return [];
      const prefix = [...BigInt(`0x${mask}`).toString(2)].filter((bit) => bit === '1').length;
      return [{ destination: `${address}/${prefix}`, device, family: 'ipv4' }];
    });
}

function addressOfWord(word: string): string | undefined {
  if (!/^[0-9A-F]{8}$/.test(word)) return undefined;
  const bytes = endianness() === 'LE' ? [6, 4, 2, 0] : [0, 2, 4, 6];
  const text = bytes.map((at) => Number.parseInt(word.slice(at, at + 2), 16)).join('.');
  const address = parseAddress(text);
  return address === undefined ? undefined : formatAddress(address);
}

/** Whether there is more than what the kernel makes for its own addresses, multicast and the loopback device. */
function hasRoutes(text: string): boolean {
  return text.split('\n').some((line) => {
    const [destination = '', , , , , , , , flags = '0', device] = line.trim().split(/\s+/);
    if (device === undefined || device === 'lo' || destination.startsWith('ff')) return false;
    return (BigInt(`0x${flags}`) & notUnicast) === 0n;
  });
}
