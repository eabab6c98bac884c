// Fetches the distribution's source package of libvirt, whose test data the conformance tests are scored on.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cache, isMain, main, run, say, step } from './lib.mjs';

const sources = join(cache, 'sources');

/** The unpacked source, or undefined while it is not in the cache. */
function unpacked(folder = sources) {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^libvirt-\d/.test(name)) : [];
  const name = names.find((each) => existsSync(join(folder, each, 'tests', 'genericxml2xmlindata')));
  return name === undefined ? undefined : join(folder, name);
}

/**
 * What an apt file names as a source of binary packages, as `deb-src` stanzas; `isDeb822` tells its syntax. Only what
 * contains one of `uris`, when there are any: others' archives have no libvirt.
 */
export function toSourceStanzas(content, isDeb822, uris) {
  const ours = (text) => uris.length === 0 || uris.some((uri) => text.includes(uri));
  const text = content.replace(/^#.*\n/gm, '');
  if (isDeb822) {
    return text
      .split(/\n\s*\n/)
      .filter((stanza) => /^Types:.*\bdeb\b/m.test(stanza) && !/^Enabled:\s*no/im.test(stanza) && ours(stanza))
      .map((stanza) => stanza.replace(/^Types:.*$/m, 'Types: deb-src').replace(/^Architectures:.*\n/m, ''))
      .map((stanza) => `${stanza.trim()}\n`);
  }
  return text.split('\n').flatMap((line) => {
    const [, options, uri, suite, components] = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    if (uri === undefined || !ours(uri)) return [];
    const signedBy = /signed-by=(\S+)/.exec(options ?? '')?.[1];
    return [
      `Types: deb-src\nURIs: ${uri}\nSuites: ${suite}\n${components ? `Components: ${components}\n` : ''}` +
        `${signedBy === undefined ? '' : `Signed-By: ${signedBy}\n`}`,
    ];
  });
}

/** What this machine's apt is configured to take from these places. */
function sourceStanzas(uris) {
  const files = ['/etc/apt/sources.list'];
  const parts = '/etc/apt/sources.list.d';
  if (existsSync(parts)) files.push(...readdirSync(parts).map((name) => join(parts, name)));
  return files
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .flatMap((file) => toSourceStanzas(readFileSync(file, 'utf8'), file.endsWith('.sources'), uris));
}

/** Answers the folder of libvirt's source, fetching it once. Nothing outside the cache is changed. */
export async function ensureCorpus() {
  const there = unpacked();
  if (there !== undefined) return there;
  const byHand = `cd ${sources} && apt-get source libvirt`;
  return step('fetching the source of libvirt (its test data)', byHand, async () => {
    if (!existsSync('/usr/bin/apt-get'))
      throw new Error('it is taken from a Debian or Ubuntu archive with apt-get, which is not here');
    say('fetching the source of libvirt, whose test data the conformance tests use (about 10 MB)');
    mkdirSync(sources, { recursive: true });
    const work = mkdtempSync(join(sources, '.fetch-'));
    try {
      const listing = await run([
        'apt-get',
        'indextargets',
        '--format',
        '$(ORIGIN) $(REPO_URI)',
        'Created-By: Packages',
      ]);
      const lines = listing.split('\n').map((line) => line.split(' '));
      const uris = lines
        .filter(([origin]) => origin === 'Debian' || origin === 'Ubuntu')
        .map(([, uri]) => uri.replace(/\/$/, ''));
      writeFileSync(join(work, 'source.sources'), sourceStanzas([...new Set(uris)]).join('\n'));
      for (const folder of ['lists/partial', 'cache/archives/partial', 'out'])
        mkdirSync(join(work, folder), { recursive: true });
      const apt = [
        'apt-get',
        '-qq',
        ...['-o', `Dir::Etc::sourcelist=${work}/source.sources`, '-o', 'Dir::Etc::sourceparts=/dev/null'],
        ...['-o', `Dir::State::lists=${work}/lists`, '-o', `Dir::Cache=${work}/cache`],
        ...['-o', 'APT::Sandbox::User=', '-o', 'Acquire::Languages=none'],
      ];
      await run([...apt, 'update'], { timeoutMs: 180_000 });
      await run([...apt, 'source', 'libvirt'], { cwd: join(work, 'out'), timeoutMs: 300_000 });
      const fetched = unpacked(join(work, 'out'));
      if (fetched === undefined) throw new Error('the source package has no tests/genericxml2xmlindata');
      const target = join(sources, fetched.slice(fetched.lastIndexOf('/') + 1));
      rmSync(target, { recursive: true, force: true });
      renameSync(fetched, target);
      return target;
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}

if (isMain(import.meta)) await main(async () => say(`libvirt's source is in ${await ensureCorpus()}`));
