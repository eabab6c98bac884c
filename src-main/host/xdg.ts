/** Where an engine keeps things, by the XDG base directory specification. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';

/** The shape of the engine's `EngineDirectories`. */
export interface XdgDirectories {
  readonly config: string;
  readonly state: string;
  readonly data: string;
  readonly runtime: string;
  readonly cache: string;
}

export interface XdgOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  readonly uid?: number;
  readonly temporary?: string;
}

const application = 'vivarium';

/** `sun_path` has 108 bytes, the last a NUL. */
const longestSocketPath = 107;
/** What the engine and its drivers put below the runtime folder, at most (`/qemu/run/<uuid>/<alias>.sock`). */
const longestSocketName = 64;

/**
 * The five folders. A relative value counts as absent, as the specification says. Without a usable `XDG_RUNTIME_DIR`
 * (or when it is so deep that no socket would fit) the runtime folder is one in /tmp that belongs to this user.
 */
export function xdgDirectories(options: XdgOptions = {}): XdgDirectories {
  const env = options.env ?? process.env;
  const home = options.home ?? homedir();
  const uid = options.uid ?? process.getuid?.() ?? 0;
  const folder = (variable: string, fallback: string): string => {
    const value = env[variable];
    return join(value !== undefined && isAbsolute(value) ? value : join(home, fallback), application);
  };
  return {
    config: folder('XDG_CONFIG_HOME', '.config'),
    state: folder('XDG_STATE_HOME', '.local/state'),
    data: folder('XDG_DATA_HOME', '.local/share'),
    cache: folder('XDG_CACHE_HOME', '.cache'),
    runtime: runtimeFolder(env['XDG_RUNTIME_DIR'], uid, options.temporary ?? tmpdir()),
  };
}

function runtimeFolder(given: string | undefined, uid: number, temporary: string): string {
  const usual = `/run/user/${uid}`;
  const base = given !== undefined && isAbsolute(given) ? given : ownedBy(usual, uid) ? usual : undefined;
  if (base === undefined) return join(temporary, `${application}-${uid}`);
  const folder = join(base, application);
  if (Buffer.byteLength(folder) + longestSocketName <= longestSocketPath) return folder;
  // The same deep folder leads to the same short one, so that a restarted engine finds its guests again.
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  return join(temporary, `${application}-${uid}-${hash}`);
}

function ownedBy(path: string, uid: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === uid;
}

/**
 * A path for a unix socket.
 * @throws VirError `config-unsupported` when the kernel could not bind it.
 */
export function socketPath(...parts: readonly string[]): string {
  const path = join(...parts);
  const length = Buffer.byteLength(path);
  if (length <= longestSocketPath) return path;
  throw new VirError({
    code: 'config-unsupported',
    domain: 'none',
    message: say`The path '${path}' is too long for a socket.`,
    cause: say`It has ${length} bytes; the kernel allows ${longestSocketPath}.`,
    fix: say`Set XDG_RUNTIME_DIR to a shorter folder.`,
  });
}
