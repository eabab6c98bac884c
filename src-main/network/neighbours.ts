/** Addresses that the host has seen guests use: its tables of neighbours. */
import { parseAddress } from '../../src-shared/model/network-address.ts';
import { run } from '../host/process.ts';

export interface Neighbour {
  readonly mac: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
}

interface IpNeighbour {
  readonly dst?: string;
  readonly lladdr?: string;
  readonly state?: readonly string[];
}

const timeoutMs = 5_000;

export async function listNeighbours(): Promise<readonly Neighbour[]> {
  const { stdout } = await run(['ip', '-json', 'neighbour', 'show'], { timeoutMs });
  if (stdout.trim() === '') return [];
  return (JSON.parse(stdout) as readonly IpNeighbour[]).flatMap(({ dst = '', lladdr, state = [] }) => {
    const family = parseAddress(dst)?.family;
    if (family === undefined || lladdr === undefined || state.includes('FAILED')) return [];
    return [{ mac: lladdr.toLowerCase(), family, address: dst }];
  });
}
