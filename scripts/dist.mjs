// `npm run dist [-- --fast]`: dist/linux-unpacked and a Debian package, from what is on this machine.
// --fast packs loosely, for tests.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cli, ensureBuilt } from './setup/build.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { main, root, run, say, step } from './setup/lib.mjs';

const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const id = 'io.github.vivarium.Vivarium';

/** What the package holds besides the application, as fpm's `source=target`. */
async function systemFiles(work) {
  const assets = (path) => join(root, 'assets', path);
  const written = async (file, ...words) => {
    const text = await run([process.execPath, cli, ...words]);
    writeFileSync(join(work, file), file.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
    return join(work, file);
  };
  return [
    `${assets('linux/vivarium')}=/usr/bin/vivarium`,
    `${assets(`linux/${id}.metainfo.xml`)}=/usr/share/metainfo/${id}.metainfo.xml`,
    `${assets(`icons/${id}.svg`)}=/usr/share/icons/hicolor/scalable/apps/${id}.svg`,
    `${assets(`icons/${id}-symbolic.svg`)}=/usr/share/icons/hicolor/symbolic/apps/${id}-symbolic.svg`,
    // The privileged helper: how the bus starts it, who may speak to it, and what polkit asks first.
    `${assets('linux/helper/io.github.vivarium.Helper1.service')}=/usr/share/dbus-1/system-services/io.github.vivarium.Helper1.service`,
    `${assets('linux/helper/io.github.vivarium.Helper1.conf')}=/usr/share/dbus-1/system.d/io.github.vivarium.Helper1.conf`,
    `${assets('linux/helper/io.github.vivarium.policy')}=/usr/share/polkit-1/actions/io.github.vivarium.policy`,
    `${assets('linux/helper/vivarium-helper.service')}=/usr/lib/systemd/system/vivarium-helper.service`,
    `${assets('linux/helper/50-vivarium.rules')}=/usr/share/doc/vivarium/examples/50-vivarium.rules`,
    `${join(root, 'LICENSE')}=/usr/share/doc/vivarium/copyright`,
    ...['engine', 'window'].map(
      (part) => `${join(root, `out/licences/${part}.txt`)}=/usr/share/doc/vivarium/licences-${part}.txt`,
    ),
    `${await written('vivarium.1.gz', 'man')}=/usr/share/man/man1/vivarium.1.gz`,
    `${await written('vivarium.bash', 'completion', 'bash')}=/usr/share/bash-completion/completions/vivarium`,
    `${await written('_vivarium', 'completion', 'zsh')}=/usr/share/zsh/vendor-completions/_vivarium`,
    `${await written('vivarium.fish', 'completion', 'fish')}=/usr/share/fish/vendor_completions.d/vivarium.fish`,
  ];
}

await main(async () => {
  const electron = await ensureElectron();
  await ensureBuilt();
  // A substitute Electron is for development: the file's name and this line say so.
  const label = electron.fallback ? '-devel' : '';
  say(
    electron.fallback
      ? `packaging a development build: it carries Electron ${electron.version}, a substitute that is out of support`
      : `packaging with Electron ${electron.version}`,
  );
  const work = mkdtempSync(join(tmpdir(), 'vivarium-dist-'));
  try {
    // What lies in its resources would be carried along.
    const dist = join(work, 'electron');
    cpSync(electron.dist, dist, { recursive: true, filter: (path) => !/\/(complete|resources\/app)$/.test(path) });
    mkdirSync(join(dist, 'resources'), { recursive: true });
    const config = join(work, 'builder.json');
    const settings = {
      extends: join(root, 'electron-builder.yml'),
      electronDist: dist,
      electronVersion: electron.version,
      deb: {
        artifactName: `${name}${label}_${version}_\${arch}.\${ext}`,
        fpm: [...(await systemFiles(work)), '--before-remove', join(root, 'assets/linux/before-remove.sh')],
        ...(process.argv.includes('--fast') ? { compression: 'gz' } : {}),
      },
    };
    writeFileSync(config, JSON.stringify(settings));
    const builder = [join(root, 'node_modules/.bin/electron-builder'), '--linux', 'dir', 'deb', '--x64'];
    await step('packaging', 'npm run dist', () =>
      run([...builder, '--publish=never', '--config', config], {
        cwd: root,
        env: { ...process.env, CUSTOM_FPM_PATH: join(root, 'scripts/dist/fpm.mjs') },
      }),
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`dist/linux-unpacked and dist/${name}${label}_${version}_amd64.deb are ready`);
});
