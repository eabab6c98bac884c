/** What systemd-networkd made of each interface: which of its files it took, and under which name it has a lease. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readIfThere } from '../../host/files.ts';
import type { InterfaceDevice, NetworkdLink } from './facts.ts';

/** `networkd.conf(5)`'s places, the strongest first. */
const folders = ['/etc/systemd/network', '/run/systemd/network', '/usr/local/lib/systemd/network'].concat([
  '/usr/lib/systemd/network',
  '/lib/systemd/network',
]);

export function observeNetworkd(devices: readonly InterfaceDevice[]): Readonly<Record<string, NetworkdLink>> {
  return Object.fromEntries(
    devices.flatMap(({ name, index }) => {
      const file = valueOf('links', index, 'NETWORK_FILE');
      const clientId = valueOf('leases', index, 'CLIENTID');
      const unit = file === undefined || file === '' ? undefined : unitText(file);
      if (unit === undefined && clientId === undefined) return [];
      return [
        [name, { ...(unit === undefined ? {} : { unit }), ...(clientId === undefined ? {} : { clientId }) }] as const,
      ];
    }),
  );
}

function valueOf(folder: 'links' | 'leases', index: number, key: string): string | undefined {
  const text = readIfThere(`/run/systemd/netif/${folder}/${index}`) ?? '';
  return text
    .split('\n')
    .find((line) => line.startsWith(`${key}=`))
    ?.slice(key.length + 1);
}

function unitText(file: string): string | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  return [text, ...dropIns(basename(file))].map((each) => (each.endsWith('\n') ? each : `${each}\n`)).join('');
}

/** A file of the same name in a stronger place is the one that counts; they are read in the order of their names. */
function dropIns(name: string): readonly string[] {
  const found = new Map<string, string>();
  for (const folder of folders.map((each) => join(each, `${name}.d`))) {
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder)) {
      if (file.endsWith('.conf') && !found.has(file)) found.set(file, join(folder, file));
    }
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).flatMap(([, path]) => readIfThere(path) ?? []);
}
