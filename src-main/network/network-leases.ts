/** The addresses that a network's server has given out, as its file has them. */
import { subnetOf } from '../../src-shared/model/network-subnet.ts';
import type { NetworkLease } from '../engine/network-api.ts';
import { readIfThere, removeIfThere } from '../host/files.ts';
import type { NetworkDefinition } from './complete.ts';
import { dnsmasqPaths } from './dnsmasq-paths.ts';
import { readLeases } from './leases.ts';

/** @param folder where dnsmasq's files are */
export function leasesOf(folder: string, { bridge, ip }: NetworkDefinition, mac?: string): readonly NetworkLease[] {
  const name = bridge?.name ?? '';
  const text = readIfThere(dnsmasqPaths(folder, name).leases) ?? '';
  const leases = readLeases(
    text,
    name,
    ip.flatMap((item) => subnetOf(item) ?? []),
    Date.now(),
  );
  return mac === undefined ? leases : leases.filter((lease) => lease.mac === mac.toLowerCase());
}

export function removeLeases(folder: string, { bridge }: NetworkDefinition): void {
  if (bridge?.name === undefined) return;
  try {
    removeIfThere(dnsmasqPaths(folder, bridge.name).leases);
  } catch (thrown) {
    // The helper's folder is root's. What stays there only gives guests their former addresses again.
    if ((thrown as NodeJS.ErrnoException).code !== 'EACCES') throw thrown;
  }
}
