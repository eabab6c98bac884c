/** Where one run of a guest keeps its sockets and small files. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { socketPath } from '../../../host/xdg.ts';

/** What a guest's name may take of a path: sockets have 107 bytes in all. */
const longestShortName = 20;

export interface RunPaths {
  /** Removed with everything in it when the guest stops. */
  readonly folder: string;
  readonly monitor: string;
  /** The socket of a channel, console or display: `name` is at most 20 bytes. */
  socket(name: string): string;
  file(name: string): string;
}

export interface QemuFolders {
  /** `runtime/qemu`: the status files of running guests, `run/` and `probe/`. */
  readonly status: string;
  readonly run: string;
  readonly probe: string;
  readonly logs: string;
  readonly saves: string;
  readonly nvram: string;
  readonly snapshots: string;
  readonly tpm: string;
}

export function qemuFolders(directories: { readonly runtime: string; readonly state: string }): QemuFolders {
  const runtime = join(directories.runtime, 'qemu');
  const state = join(directories.state, 'qemu');
  return {
    status: runtime,
    run: join(runtime, 'run'),
    probe: join(runtime, 'probe'),
    logs: join(directories.state, 'log', 'qemu'),
    saves: join(state, 'save'),
    nvram: join(state, 'nvram'),
    snapshots: join(state, 'snapshot'),
    tpm: join(state, 'tpm'),
  };
}

/** @throws VirError `config-unsupported` when the runtime folder is too deep for sockets. */
export function runPaths(runFolder: string, id: number, name: string): RunPaths {
  const folder = join(runFolder, `${id}-${shortName(name)}`);
  return {
    folder,
    monitor: socketPath(folder, 'monitor.sock'),
    socket: (socket) => socketPath(folder, socket),
    file: (file) => join(folder, file),
  };
}

/** A name that fits into a path, still told apart from others that begin alike. */
function shortName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  if (plain === name && plain.length <= longestShortName) return plain;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${plain.slice(0, longestShortName - hash.length - 1)}-${hash}`;
}
