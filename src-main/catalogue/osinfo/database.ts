/**
 * libosinfo's database of operating systems. It is hundreds of files, mostly translations; what is needed of them is
 * kept as one compact file in the cache, remade when any of them changes.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readXml } from '../../../src-shared/xml/read.ts';
import { privateFolder, readIfThere, writeWhole } from '../../host/files.ts';
import { type Environment, databaseFolders, findDatabaseFiles, type OsFiles } from './files.ts';
import { extend, type OsEntry, osEntries } from './entry.ts';

/** Raised when the shape of `OsEntry` changes. */
const indexVersion = 1;

interface Index {
  readonly version: number;
  readonly stamp: string;
  readonly entries: readonly OsEntry[];
}

export interface DatabaseProblem {
  readonly path: string;
  readonly cause: string;
}

export class OsDatabase {
  readonly entries: readonly OsEntry[];
  /** Files that could not be read; the others count all the same. */
  readonly problems: readonly DatabaseProblem[];
  readonly #byId: ReadonlyMap<string, OsEntry>;
  readonly #devices = new Map<string, ReadonlySet<string>>();

  constructor(entries: readonly OsEntry[], problems: readonly DatabaseProblem[] = []) {
    this.entries = entries;
    this.problems = problems;
    this.#byId = new Map(entries.map((entry) => [entry.id, entry]));
  }

  /** By id URL or any short id. */
  find(id: string): OsEntry | undefined {
    return this.#byId.get(id) ?? this.entries.find((entry) => entry.shortIds.includes(id));
  }

  /** The ids of the devices it has drivers for, its own and inherited; its own word counts more. */
  devices(entry: OsEntry): ReadonlySet<string> {
    const known = this.#devices.get(entry.id);
    if (known !== undefined) return known;
    const devices = new Set<string>();
    // Set before it is complete, so that a loop in the database ends.
    this.#devices.set(entry.id, devices);
    for (const parent of this.parents(entry)) for (const id of this.devices(parent)) devices.add(id);
    for (const { id, supported } of entry.devices) {
      if (supported) devices.add(id);
      else devices.delete(id);
    }
    return devices;
  }

  parents(entry: OsEntry): readonly OsEntry[] {
    return entry.parents.flatMap((id) => this.#byId.get(id) ?? []);
  }
}

export interface LoadOptions {
  readonly cacheFolder: string;
  readonly env?: Environment;
}

/** Reads the index from the cache when it is current, else the files. */
export async function loadOsDatabase({ cacheFolder, env = process.env }: LoadOptions): Promise<OsDatabase> {
  const { systems, stamp } = await findDatabaseFiles(databaseFolders(env));
  const path = join(cacheFolder, 'osinfo.json');
  const cached = readIndex(path, stamp);
  if (cached !== undefined) return new OsDatabase(cached);
  const { entries, problems } = await readSystems(systems);
  // An index with holes would hide a file that is repaired without its size and time changing: not worth the risk.
  if (problems.length === 0 && entries.length > 0) {
    await privateFolder(cacheFolder);
    const index: Index = { version: indexVersion, stamp, entries };
    await writeWhole(path, JSON.stringify(index));
  }
  return new OsDatabase(entries, problems);
}

function readIndex(path: string, stamp: string): readonly OsEntry[] | undefined {
  try {
    const text = readIfThere(path);
    if (text === undefined) return undefined;
    const index = JSON.parse(text) as Partial<Index>;
    return index.version === indexVersion && index.stamp === stamp ? index.entries : undefined;
  } catch {
    // It is only a cache: whatever is wrong with it, it is made again.
    return undefined;
  }
}

async function readSystems(
  systems: readonly OsFiles[],
): Promise<{ readonly entries: readonly OsEntry[]; readonly problems: readonly DatabaseProblem[] }> {
  const entries = new Map<string, OsEntry>();
  const problems: DatabaseProblem[] = [];
  for (const { main, extensions } of systems) {
    for (const path of [...(main === undefined ? [] : [main]), ...extensions]) {
      try {
        const text = await readFile(path, 'utf8');
        for (const entry of osEntries(readXml(text))) {
          const earlier = entries.get(entry.id);
          entries.set(entry.id, earlier === undefined ? entry : extend(earlier, entry));
        }
      } catch (thrown) {
        problems.push({ path, cause: thrown instanceof Error ? thrown.message : String(thrown) });
      }
    }
    // Hundreds of files are parsed: others get their turn between two.
    await nextTurn();
  }
  return { entries: [...entries.values()], problems };
}
