// The system packages Vivarium needs: found by one file each, so that a complete system costs no process to check.
import { existsSync, readFileSync } from 'node:fs';
import { asRoot, byHandAsRoot, isMain, main, run, say, step } from './lib.mjs';
import { groups } from './needs.mjs';

/** The needs of these groups that this system does not meet. */
export const missing = (...names) =>
  names.flatMap((name) => groups[name]).filter(({ files }) => !files.some((file) => existsSync(file)));

function manager() {
  if (existsSync('/usr/bin/apt-get')) return 'apt';
  if (existsSync('/usr/bin/dnf')) return 'dnf';
  return undefined;
}

/** Of each `a|b`, the first that has a candidate in what `apt-cache policy` says; undefined when none has. */
export function firstAvailable(names, policy) {
  const there = new Set([...policy.matchAll(/^(\S+):\n.*\n {2}Candidate: (?!\(none\))/gm)].map(([, name]) => name));
  return names.map((name) => name.split('|').find((each) => there.has(each)));
}

async function available(names) {
  const all = [...new Set(names.flatMap((name) => name.split('|')))];
  return firstAvailable(names, await run(['apt-cache', 'policy', ...all], { env: { ...process.env, LC_ALL: 'C' } }));
}

const apt = (...words) => asRoot(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...words]);
/** Answers what it complained of: an archive that can't be reached is none of its errors. */
const aptUpdate = () => run(apt('update'), { timeoutMs: 300_000, complaints: true });

const managers = {
  apt: {
    program: '/usr/bin/apt-get',
    install: ['apt-get', 'install', '--no-install-recommends'],
    /** The names this archive has for what is wanted, asking it anew when one is unknown. */
    names: async (wanted) => {
      const names = wanted.map(({ apt: name }) => name);
      let found = await available(names);
      let complaints = '';
      if (found.includes(undefined)) {
        complaints = (await aptUpdate()).trim();
        found = await available(names);
      }
      const absent = names.filter((_, index) => found[index] === undefined);
      if (absent.length > 0) {
        const said = complaints === '' ? '' : `\n    ${complaints.split('\n').slice(-6).join('\n    ')}`;
        throw new Error(`the package archive has no ${absent.join(', ')}${said}`);
      }
      return found;
    },
    run: async (names) => {
      const install = apt('install', '-y', '--no-install-recommends', ...names);
      await run(install, { timeoutMs: 1_800_000 }).catch(async () => {
        // A listing older than the archive names files that are gone: refresh it once.
        await aptUpdate();
        await run(install, { timeoutMs: 1_800_000 });
      });
    },
  },
  dnf: {
    program: '/usr/bin/dnf',
    install: ['dnf', 'install', '--setopt=install_weak_deps=False'],
    names: async (wanted) => wanted.map(({ dnf }) => dnf),
    run: (names) => run(asRoot([...managers.dnf.install, '-y', ...names]), { timeoutMs: 1_800_000 }),
  },
};

/** Installs what these groups lack, saying what and why first. */
export async function ensurePackages(...groupNames) {
  const lacking = missing(...groupNames);
  if (lacking.length === 0) return;
  const [tool, manager] = Object.entries(managers).find(([, { program }]) => existsSync(program)) ?? [
    'apt',
    managers.apt,
  ];
  const wanted = lacking.filter((each) => each[tool] !== undefined);
  if (wanted.length === 0) return;
  const plain = wanted.map((each) => each[tool].split('|')[0]);
  const byHand = byHandAsRoot([...manager.install, ...new Set(plain)]);
  await step('installing system packages', byHand, async () => {
    if (!existsSync(manager.program))
      throw new Error('neither apt-get nor dnf is here; install what these packages hold');
    const names = await manager.names(wanted);
    say('installing system packages:');
    for (const [index, { why }] of wanted.entries()) console.error(`    ${names[index].padEnd(28)} ${why}`);
    await manager.run([...new Set(names.flatMap((name) => name.split(' ')))]);
    const still = wanted.filter(({ files }) => !files.some((file) => existsSync(file)));
    if (still.length > 0)
      throw new Error(`still not here after installing: ${still.map(({ files }) => files[0]).join(', ')}`);
  });
}

/** Debian's family, whose packages the small guest and the test data are made from. */
export function isDebianLike() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

if (isMain(import.meta)) await main(() => ensurePackages('run', 'guest', ...process.argv.slice(2)));
