/** Which machines use which files. */
import { type Disk, type Domain, parseDomain } from '../../src-shared/model/domain/index.ts';
import type { Connection } from './driver.ts';

/** The host paths of a domain's disks, in their order. */
export function diskPaths(domain: Domain): readonly string[] {
  return (domain.devices?.disk ?? []).map(pathOf).filter((path) => path !== undefined);
}

function pathOf(disk: Disk): string | undefined {
  switch (disk.type) {
    case 'file':
      return disk.source?.file;
    case 'block':
      return disk.source?.dev;
    case 'dir':
      return disk.source?.dir;
    default:
      return undefined;
  }
}

export interface DiskUsage {
  /** Names of the machines that use each path. */
  diskUsers(connection: Connection): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** A domain's XML is only read again when it has changed. */
export function createDiskUsage(): DiskUsage {
  const known = new Map<string, { readonly xml: string; readonly paths: readonly string[] }>();
  return {
    async diskUsers(connection) {
      const users = new Map<string, string[]>();
      for (const { uuid, name } of await connection.domains.list()) {
        const xml = await connection.domains.xml(uuid, { inactive: true });
        const key = `${connection.uri.text} ${uuid}`;
        const cached = known.get(key);
        const paths = cached?.xml === xml ? cached.paths : diskPaths(parseDomain(xml));
        known.set(key, { xml, paths });
        for (const path of paths) users.set(path, [...(users.get(path) ?? []), name]);
      }
      return users;
    },
  };
}
