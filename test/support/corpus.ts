import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder where setup keeps what it fetched or built: `$XDG_CACHE_HOME/vivarium`. */
export function cacheDir(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'vivarium');
}

/**
 * The `tests` folder of libvirt's own source, whose files are the corpus that conformance tests are scored on.
 * Setup fetches Debian's source package once; it is never committed.
 *
 * @throws Error that names the setup command when the source is not there.
 */
export function corpusDir(): string {
  const sources = join(cacheDir(), 'sources');
  const versions = existsSync(sources) ? readdirSync(sources).filter((name) => /^libvirt-\d/.test(name)) : [];
  for (const name of versions.sort().reverse()) {
    const tests = join(sources, name, 'tests');
    if (existsSync(join(tests, 'genericxml2xmlindata'))) return tests;
  }
  throw new Error(`libvirt's test corpus is not in ${sources}. Fetch it with: node scripts/setup/corpus.mjs`);
}
