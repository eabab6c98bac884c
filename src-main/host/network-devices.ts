/** The network devices of this host, as the kernel's files show them. */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { basename, join } from 'node:path';
import type { HostDevice } from '../../src-shared/model/network-view.ts';
import { readIfThere } from './files.ts';

/** Of every device but the loopback. Devices come and go: one that is gone while it is read is left out. */
export function listNetworkDevices(folder = '/sys/class/net'): readonly HostDevice[] {
  if (!existsSync(folder)) return [];
  const addresses = networkInterfaces();
  return readdirSync(folder)
    .filter((name) => name !== 'lo')
    .sort()
    .flatMap((name): HostDevice[] => {
      const path = (file: string): string => join(folder, name, file);
      const state = readIfThere(path('operstate'))?.trim();
      if (state === undefined) return [];
      const mac = readIfThere(path('address'))?.trim() ?? '';
      const master = existsSync(path('master')) ? basename(readlinkSync(path('master'))) : undefined;
      return [
        {
          name,
          kind: kindOf(path),
          // Some drivers do not tell.
          up: state === 'up' || state === 'unknown',
          ...(mac === '' ? {} : { mac }),
          ...(master === undefined ? {} : { master }),
          addresses: (addresses[name] ?? []).map(({ address, cidr }) => cidr ?? address),
        },
      ];
    });
}

function kindOf(path: (file: string) => string): HostDevice['kind'] {
  if (existsSync(path('bridge'))) return 'bridge';
  if (existsSync(path('bonding'))) return 'bond';
  if (existsSync(path('wireless')) || existsSync(path('phy80211'))) return 'wireless';
  return existsSync(path('device')) ? 'ethernet' : 'virtual';
}
