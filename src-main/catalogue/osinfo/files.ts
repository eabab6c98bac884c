/**
 * Where libosinfo's database is, and which of its files count. Facts: libosinfo's loader (osinfo_loader.c).
 */
import { createHash } from 'node:crypto';
import { type Dirent, stat as statWithCallback } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

// Half the cost of fs/promises, for a thousand files.
const stat = promisify(statWithCallback);

export type Environment = Readonly<Record<string, string | undefined>>;

/** The three databases, the later one's files taking the place of the earlier one's. */
export function databaseFolders(env: Environment = process.env, home = homedir()): readonly string[] {
  const configHome = env['XDG_CONFIG_HOME'];
  const config = configHome !== undefined && isAbsolute(configHome) ? configHome : join(home, '.config');
  return [
    env['OSINFO_SYSTEM_DIR'] ?? '/usr/share/osinfo',
    env['OSINFO_LOCAL_DIR'] ?? '/etc/osinfo',
    env['OSINFO_USER_DIR'] ?? join(config, 'osinfo'),
  ];
}

/** The definition of one operating system: its file, then files in `NAME.d/` that add to it. */
export interface OsFiles {
  readonly main: string | undefined;
  readonly extensions: readonly string[];
}

export interface DatabaseFiles {
  readonly systems: readonly OsFiles[];
  /** Changes whenever any file was added, removed or changed. */
  readonly stamp: string;
}

/** Finds the files below `os/` of each folder. A folder that is not there is no error. */
export async function findDatabaseFiles(folders: readonly string[]): Promise<DatabaseFiles> {
  const systems = new Map<string, { main: string | undefined; extensions: string[] }>();
  for (const folder of folders) {
    const found = new Map<string, { main: string | undefined; extensions: string[] }>();
    for (const relative of await xmlFiles(join(folder, 'os'))) {
      const path = join(folder, 'os', relative);
      const extended = /^(.*)\.d\/[^/]*$/.exec(relative)?.[1];
      const key = extended ?? relative.replace(/\.xml$/, '');
      const entry = found.get(key) ?? { main: undefined, extensions: [] };
      if (extended === undefined) entry.main = path;
      else entry.extensions.push(path);
      found.set(key, entry);
    }
    for (const [key, entry] of found) {
      const earlier = systems.get(key);
      if (earlier === undefined || entry.main !== undefined) systems.set(key, entry);
      else earlier.extensions.push(...entry.extensions);
    }
  }
  const keys = [...systems.keys()].sort();
  const list = keys.flatMap((key) => systems.get(key) ?? []);
  return { systems: list, stamp: await stampOf(list) };
}

async function xmlFiles(folder: string): Promise<readonly string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true, recursive: true });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.xml'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Path, size and time of every file: an editor's change in place does not show in its folder. */
async function stampOf(systems: readonly OsFiles[]): Promise<string> {
  const paths = systems.flatMap(({ main, extensions }) => [...(main === undefined ? [] : [main]), ...extensions]);
  const stats = await Promise.all(paths.map(async (path) => await stat(path)));
  const hash = createHash('sha256');
  for (const [index, path] of paths.entries()) {
    const found = stats[index];
    hash.update(`${path}\0${found?.size ?? 0}\0${found?.mtimeMs ?? 0}\n`);
  }
  return hash.digest('hex');
}
