/**
 * Whether the host itself finds the guests of a virtual network by their names: libvirt's `<domain … register='yes'>`. We
 * do it too where nothing is said and nobody's real names are hidden by it; `register='no'` leaves the host as it is.
 */
import type { Sentence } from '../words.ts';
import type { Network } from './network.ts';

export interface HostNames {
  /** What guests' names end in. */
  readonly domain?: string;
  /** False when the network says that the host is to be left as it is. */
  readonly wanted: boolean;
  /** Why the host was not told whom to ask, and what to do about it; absent when it was, or will be at the next start. */
  readonly reason?: Sentence;
  readonly fix?: Sentence;
  /** What each guest that told its name is called by, where that leads, and what the host finds. */
  readonly names: readonly HostName[];
}

export interface HostName {
  readonly name: string;
  readonly address: string;
  /** Empty when the host finds nothing. */
  readonly found: readonly string[];
  /** Whether `address` is among it. */
  readonly resolves: boolean;
}

/** The host is told unless the network says otherwise. */
export const wantsHostNames = ({ domain }: Pick<Network, 'domain'>): boolean => domain?.register !== false;

/** @throws TypeError for a network without a domain, of which nothing can be said */
export function withHostNames(network: Network, wanted: boolean): Network {
  if (network.domain === undefined) throw new TypeError(`the network '${network.name}' has no domain`);
  const { register: _, ...domain } = network.domain;
  return { ...network, domain: wanted ? domain : { ...domain, register: false } };
}

/** Nobody has a name there in the Internet: RFC 2606, 6761 and 8375, ICANN's `internal`, and what is never given away. */
const privateEnds = [
  'test',
  'internal',
  'home.arpa',
  'example',
  'lan',
  'home',
  'corp',
  'private',
  'intranet',
  'localdomain',
];

/** Whether the host may ask a virtual network's server about a domain without losing sight of somebody's real one. */
export function isPrivateDomain(domain: string): boolean {
  const name = domain.toLowerCase();
  const labels = name.split('.');
  if (name.length > 253 || !labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label))) return false;
  return privateEnds.some((end) => name === end || name.endsWith(`.${end}`));
}
