/** Names and passwords that the user keeps for libvirt's clients (https://libvirt.org/auth.html, "client configuration"). */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { VirError } from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';

export interface KeptCredentials {
  readonly name?: string;
  readonly password?: string;
  readonly realm?: string;
}

export interface AuthConfPlace {
  /** The URI's `authfile=`. */
  readonly file?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/** A file that is named must be there; of the usual ones the first that can be read counts. */
async function findFile({
  file,
  env = process.env,
}: AuthConfPlace): Promise<{ path: string; text: string } | undefined> {
  const named = env['LIBVIRT_AUTH_FILE'] ?? file;
  if (named !== undefined) {
    try {
      return { path: named, text: await readFile(named, 'utf8') };
    } catch (thrown) {
      throw unusable(named, thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  const config = env['XDG_CONFIG_HOME'];
  const own = config === undefined || config === '' ? join(env['HOME'] ?? homedir(), '.config') : config;
  for (const path of [join(own, 'libvirt', 'auth.conf'), '/etc/libvirt/auth.conf']) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/**
 * What is kept for a host; nothing when nothing is.
 * @throws VirError for a file that is named and can't be read, or one whose sections lead nowhere.
 */
export async function readAuthConf(host: string | undefined, place: AuthConfPlace = {}): Promise<KeptCredentials> {
  const found = await findFile(place);
  if (found === undefined) return {};
  const groups = parseKeyFile(found.text);
  const group = groups.get(`auth-libvirt-${host ?? 'localhost'}`) ?? groups.get('auth-libvirt-default');
  if (group === undefined) return {};
  const credentials = group.get('credentials');
  if (credentials === undefined) throw unusable(found.path, say`A section for this host has no 'credentials'.`);
  const values = groups.get(`credentials-${credentials}`);
  if (values === undefined) throw unusable(found.path, say`There is no section 'credentials-${credentials}'.`);
  const [name, password, realm] = [values.get('authname'), values.get('password'), values.get('realm')];
  return {
    ...(name === undefined ? {} : { name }),
    ...(password === undefined ? {} : { password }),
    ...(realm === undefined ? {} : { realm }),
  };
}

const escapes: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };

/** GLib's key files: sections with lines `key=value`, in which a few characters are escaped. */
function parseKeyFile(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const groups = new Map<string, Map<string, string>>();
  let group: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (heading !== undefined) {
      group = groups.get(heading) ?? new Map();
      groups.set(heading, group);
      continue;
    }
    const [, key, value = ''] = /^\s*([^#=\s][^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key === undefined || group === undefined) continue;
    group.set(
      key,
      value.replaceAll(/\\(.)/g, (whole, letter: string) => escapes[letter] ?? whole),
    );
  }
  return groups;
}

function unusable(path: string, cause: Sentence): VirError {
  return new VirError({ code: 'auth-failed', domain: 'auth', message: say`'${path}' can't be used.`, cause });
}
