/** Where a network's name and address server keeps its files: by the bridge, whose name is safe in paths. */
import { join } from 'node:path';

export interface DnsmasqFolderPaths {
  readonly configuration: string;
  readonly hosts: string;
  readonly names: string;
  readonly pid: string;
  readonly leases: string;
}

export function dnsmasqPaths(folder: string, bridge: string): DnsmasqFolderPaths {
  const path = (ending: string): string => join(folder, `${bridge}.${ending}`);
  return {
    configuration: path('conf'),
    hosts: path('hostsfile'),
    names: path('addnhosts'),
    pid: path('pid'),
    leases: path('leases'),
  };
}
