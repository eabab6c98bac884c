/**
 * systemd-resolved for tests. Installing its package changes how this machine finds names, so where it isn't installed
 * the package is only unpacked, into setup's cache.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './corpus.ts';

const installed = '/usr/lib/systemd/systemd-resolved';

export interface ResolvedFiles {
  readonly daemon: string;
  readonly resolvectl: string;
  /** What the bus lets it do. */
  readonly policy: string;
}

/** @returns why there is none, where there is none. */
export function findResolved(): ResolvedFiles | string {
  if (existsSync(installed)) return filesBelow('/');
  const folder = join(cacheDir(), 'systemd-resolved');
  try {
    if (!existsSync(join(folder, 'root'))) unpack(folder);
  } catch (thrown) {
    return `the package systemd-resolved can't be had: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
  return filesBelow(join(folder, 'root'));
}

function unpack(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const options = { cwd: folder, timeout: 60_000, stdio: 'pipe' } as const;
  execFileSync('apt-get', ['download', '-q', 'systemd-resolved'], options);
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  execFileSync('dpkg-deb', ['--extract', file, 'root'], options);
}

const filesBelow = (root: string): ResolvedFiles => ({
  daemon: ['usr/lib', 'lib'].map((lib) => join(root, lib, 'systemd/systemd-resolved')).find(existsSync) ?? installed,
  resolvectl: join(root, 'usr/bin/resolvectl'),
  policy: join(root, 'usr/share/dbus-1/system.d/org.freedesktop.resolve1.conf'),
});
