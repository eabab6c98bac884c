import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './corpus.ts';
import { appUser, mirror, userFolder } from './stage.ts';

/** A home of its own for the application under test, which several launches one after the other may share. */
export interface AppHome {
  readonly folder: string;
  /** The environment that makes it the home. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends every process that lives in this home, guests included, and removes it. */
  dispose(): void;
}

/** Processes whose environment or arguments name the folder; guests outlive the application that started them. */
function processesOf(folder: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(Number).filter((pid) => {
    try {
      return ['environ', 'cmdline'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(folder));
    } catch {
      return false; // It ended while we looked, or is not ours to look at.
    }
  });
}

function killAll(folder: string): void {
  for (let round = 0; round < 50; round += 1) {
    const pids = processesOf(folder);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in between.
      }
    }
  }
}

/** Makes an empty home, with the small guest in its cache as setup would have put it there. */
export function createHome(): AppHome {
  const folder = userFolder('vvm-');
  const own = (path: string, mode: number): string => {
    const full = join(folder, path);
    mkdirSync(full, { mode });
    if (appUser !== undefined) chownSync(full, appUser.uid, appUser.gid);
    return full;
  };
  const runtime = own('run', 0o700);
  for (const path of ['.cache', '.cache/vivarium', '.cache/vivarium/guest']) own(path, 0o755);
  const guest = join(cacheDir(), 'guest');
  if (existsSync(guest)) {
    for (const name of readdirSync(guest)) mirror(join(guest, name), join(folder, '.cache/vivarium/guest', name));
  }
  return {
    folder,
    env: {
      HOME: folder,
      XDG_RUNTIME_DIR: runtime,
      XDG_CONFIG_HOME: join(folder, '.config'),
      XDG_DATA_HOME: join(folder, '.local/share'),
      XDG_STATE_HOME: join(folder, '.local/state'),
      XDG_CACHE_HOME: join(folder, '.cache'),
    },
    dispose: () => {
      killAll(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
