// What a package holds besides the application, and which scripts its installation runs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cli } from '../setup/build.mjs';
import { root, run } from '../setup/lib.mjs';

const id = 'io.github.vivarium.Vivarium';
const linux = (path) => join(root, 'assets/linux', path);

/** What firewalld is given (`firewalld/update` knows the same): zones of virtual networks, and a routed one's policies. */
const zoneFiles = [
  ...['zones/vivarium.xml', 'zones/vivarium-routed.xml'],
  ...['policies/vivarium-in.xml', 'policies/vivarium-out.xml', 'policies/vivarium-to-host.xml'],
];

/**
 * Whether the packages bring firewalld's zone: `--with-firewalld-zone`, the default, or `--without-firewalld-zone`. It
 * only decides what is installed; the engine always looks for a zone and says which it found.
 */
export function wantsFirewalldZone(words) {
  const said = words.filter((word) => /^--with(?:out)?-firewalld-zone$/.test(word)).at(-1);
  return said !== '--without-firewalld-zone';
}

/** Files of the system, as fpm's `source=target`. */
export function systemFiles({ firewalldZone }) {
  const files = {
    [linux('vivarium')]: '/usr/bin/vivarium',
    [linux(`${id}.metainfo.xml`)]: `/usr/share/metainfo/${id}.metainfo.xml`,
    [join(root, `assets/icons/${id}.svg`)]: `/usr/share/icons/hicolor/scalable/apps/${id}.svg`,
    [join(root, `assets/icons/${id}-symbolic.svg`)]: `/usr/share/icons/hicolor/symbolic/apps/${id}-symbolic.svg`,
    // The privileged helper: how the bus starts it, who may speak to it, and what polkit asks first.
    [linux('helper/io.github.vivarium.Helper1.service')]:
      '/usr/share/dbus-1/system-services/io.github.vivarium.Helper1.service',
    [linux('helper/io.github.vivarium.Helper1.conf')]: '/usr/share/dbus-1/system.d/io.github.vivarium.Helper1.conf',
    [linux('helper/io.github.vivarium.policy')]: '/usr/share/polkit-1/actions/io.github.vivarium.policy',
    [linux('helper/vivarium-helper.service')]: '/usr/lib/systemd/system/vivarium-helper.service',
    [linux('helper/50-vivarium.rules')]: '/usr/share/doc/vivarium/examples/50-vivarium.rules',
    [join(root, 'LICENSE')]: '/usr/share/doc/vivarium/copyright',
    // Without the zones it takes away what a package with them had installed.
    [linux('firewalld/update')]: '/usr/share/vivarium/firewalld/update',
    ...(firewalldZone
      ? Object.fromEntries(
          zoneFiles.map((file) => [linux(`firewalld/${file}`), `/usr/share/vivarium/firewalld/${file}`]),
        )
      : {}),
  };
  return Object.entries(files).map(([from, to]) => `${from}=${to}`);
}

/** What is made of the built application. */
export async function builtFiles(work) {
  const written = async (file, ...words) => {
    const text = await run([process.execPath, cli, ...words]);
    writeFileSync(join(work, file), file.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
    return join(work, file);
  };
  return [
    ...['engine', 'window'].map(
      (part) => `${join(root, `out/licences/${part}.txt`)}=/usr/share/doc/vivarium/licences-${part}.txt`,
    ),
    `${await written('vivarium.1.gz', 'man')}=/usr/share/man/man1/vivarium.1.gz`,
    `${await written('vivarium.bash', 'completion', 'bash')}=/usr/share/bash-completion/completions/vivarium`,
    `${await written('_vivarium', 'completion', 'zsh')}=/usr/share/zsh/vendor-completions/_vivarium`,
    `${await written('vivarium.fish', 'completion', 'fish')}=/usr/share/fish/vendor_completions.d/vivarium.fish`,
  ];
}

const update = linux('firewalld/update');

/** fpm's options for what runs when a package comes and goes, besides `afterInstall` and `afterRemove`. */
export const scripts = {
  deb: [
    ...['--before-remove', linux('before-remove.sh')],
    // Whatever changes there, firewalld's own installation above all, calls the package's script.
    ...['--deb-interest-noawait', '/usr/lib/firewalld'],
  ],
  rpm: [
    ...['--before-remove', linux('before-remove.sh')],
    // Once more when the former version's files are gone, which rpm removes last.
    ...['--rpm-posttrans', update],
    ...['--rpm-trigger-after-install', `firewalld: ${update}`],
    ...['--rpm-trigger-after-target-uninstall', `firewalld: ${update}`],
  ],
};
