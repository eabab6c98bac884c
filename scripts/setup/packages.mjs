// The system packages Vivarium needs: found by one file each, so that a complete system costs no process to check.
import { existsSync, readFileSync } from 'node:fs';
import { asRoot, isMain, main, run, say, step } from './lib.mjs';

/** `why` is shown to people. `apt` and `dnf` name a package; `a|b` means the first the archive has. */
const need = (why, apt, dnf, ...files) => ({ why, apt, dnf, files });
const lib = (name) =>
  ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/lib/x86_64-linux-gnu'].map((dir) => `${dir}/${name}`);

const groups = {
  /** What the application needs to run machines and open its window. */
  run: [
    need('QEMU, which runs the machines', 'qemu-system-x86', 'qemu-system-x86', '/usr/bin/qemu-system-x86_64'),
    need(
      "QEMU's SPICE display",
      'qemu-system-modules-spice|qemu-system-common',
      'qemu-ui-spice-core qemu-char-spice qemu-audio-spice qemu-device-display-qxl',
      ...lib('qemu/ui-spice-core.so'),
    ),
    need('disk images', 'qemu-utils', 'qemu-img', '/usr/bin/qemu-img'),
    need('UEFI firmware', 'ovmf', 'edk2-ovmf', '/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/edk2/ovmf/OVMF_CODE.fd'),
    need('TPM emulation', 'swtpm', 'swtpm', '/usr/bin/swtpm'),
    need('TPM set-up', 'swtpm-tools', 'swtpm-tools', '/usr/bin/swtpm_setup'),
    need('recognising operating systems', 'osinfo-db', 'osinfo-db', '/usr/share/osinfo/os'),
    need('the window (GTK)', 'libgtk-3-0|libgtk-3-0t64', 'gtk3', ...lib('libgtk-3.so.0')),
    need('the window (NSS)', 'libnss3', 'nss', ...lib('libnss3.so')),
    need('the window (GBM)', 'libgbm1', 'mesa-libgbm', ...lib('libgbm.so.1')),
    need('the window (sound)', 'libasound2|libasound2t64', 'alsa-lib', ...lib('libasound.so.2')),
  ],
  /** What builds the small Linux guest that the first run offers; see scripts/guest/README.md. */
  guest: [
    need('a small Linux to try (boot medium)', 'xorriso', undefined, '/usr/bin/xorriso'),
    need('a small Linux to try (boot medium)', 'mtools', undefined, '/usr/bin/mformat'),
    need('a small Linux to try (boot loader)', 'grub-common', undefined, '/usr/bin/grub-mkrescue'),
    need('a small Linux to try (BIOS)', 'grub-pc-bin', undefined, '/usr/lib/grub/i386-pc/boot.img'),
    need('a small Linux to try (UEFI)', 'grub-efi-amd64-bin', undefined, '/usr/lib/grub/x86_64-efi/linux.mod'),
  ],
  /** What the tests use besides. */
  test: [
    need('a display for end-to-end tests', 'xvfb', undefined, '/usr/bin/Xvfb'),
    need('a real libvirtd to compare with', 'libvirt-daemon-system', undefined, '/usr/sbin/libvirtd'),
    need('a real virsh to compare with', 'libvirt-clients', undefined, '/usr/bin/virsh'),
    need('a second opinion on install media', 'libosinfo-bin', undefined, '/usr/bin/osinfo-detect'),
    need("unpacking libvirt's source", 'dpkg-dev', undefined, '/usr/bin/dpkg-source'),
    need('user-mode networking', 'passt', undefined, '/usr/bin/passt'),
    need('an install medium', 'grub-rescue-pc', undefined, '/usr/lib/grub-rescue/grub-rescue-cdrom.iso'),
    need('an install medium', 'memtest86+', undefined, '/usr/lib/memtest86+/memtest86+x64.iso'),
    need('checking the desktop entry', 'desktop-file-utils', undefined, '/usr/bin/desktop-file-validate'),
    need('checking the AppStream data', 'appstream', undefined, '/usr/bin/appstreamcli'),
    need('checking the man page', 'mandoc', undefined, '/usr/bin/mandoc'),
  ],
};

/** The needs of these groups that this system does not meet. */
export const missing = (...names) =>
  names.flatMap((name) => groups[name]).filter(({ files }) => !files.some((file) => existsSync(file)));

function manager() {
  if (existsSync('/usr/bin/apt-get')) return 'apt';
  if (existsSync('/usr/bin/dnf')) return 'dnf';
  return undefined;
}

/** Of each `a|b`, the first that the archive has; undefined when it has none. */
async function available(names) {
  const all = [...new Set(names.flatMap((name) => name.split('|')))];
  const policy = await run(['apt-cache', 'policy', ...all], { env: { ...process.env, LC_ALL: 'C' } });
  const there = new Set([...policy.matchAll(/^(\S+):\n.*\n {2}Candidate: (?!\(none\))/gm)].map(([, name]) => name));
  return names.map((name) => name.split('|').find((each) => there.has(each)));
}

const apt = (...words) => asRoot(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...words]);
const aptUpdate = () => run(apt('update'), { timeoutMs: 300_000 });

const managers = {
  apt: {
    program: '/usr/bin/apt-get',
    install: ['apt-get', 'install', '--no-install-recommends'],
    /** The names this archive has for what is wanted, asking it anew when one is unknown. */
    names: async (wanted) => {
      const names = wanted.map(({ apt: name }) => name);
      let found = await available(names);
      if (found.includes(undefined)) {
        await aptUpdate();
        found = await available(names);
      }
      const absent = names.filter((_, index) => found[index] === undefined);
      if (absent.length > 0) throw new Error(`the package archive has no ${absent.join(', ')}`);
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
  const byHand = asRoot([...manager.install, ...new Set(plain)]).join(' ');
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
