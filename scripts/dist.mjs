// `npm run dist [-- --fast] [--rpm] [--without-firewalld-zone]`: dist/linux-unpacked and a Debian package, from what is on
// this machine. --fast packs loosely, for tests; --rpm makes an RPM package too, where rpmbuild is installed.
// --with-firewalld-zone (the default) and --without-firewalld-zone say whether the packages bring firewalld's zone.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtFiles, scripts, systemFiles, wantsFirewalldZone } from './dist/contents.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { main, root, run, say, step, StepFailed } from './setup/lib.mjs';

const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const words = process.argv.slice(2);
const known = ['--fast', '--rpm', '--with-firewalld-zone', '--without-firewalld-zone'];

await main(async () => {
  const strange = words.find((word) => !known.includes(word));
  if (strange !== undefined) throw new StepFailed('packaging', `'${strange}' is none of ${known.join(', ')}`);
  const firewalldZone = wantsFirewalldZone(words);
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
    const files = [...systemFiles({ firewalldZone }), ...(await builtFiles(work))];
    const isFast = words.includes('--fast');
    const formats = ['deb', ...(words.includes('--rpm') ? ['rpm'] : [])];
    const settings = {
      extends: join(root, 'electron-builder.yml'),
      electronDist: dist,
      electronVersion: electron.version,
      deb: {
        artifactName: `${name}${label}_${version}_\${arch}.\${ext}`,
        fpm: [...files, ...scripts.deb],
        ...(isFast ? { compression: 'gz' } : {}),
      },
      rpm: {
        artifactName: `${name}${label}-${version}.\${arch}.\${ext}`,
        fpm: [...files, ...scripts.rpm],
        ...(isFast ? { compression: 'gzip' } : {}),
      },
    };
    writeFileSync(config, JSON.stringify(settings));
    const builder = [join(root, 'node_modules/.bin/electron-builder'), '--linux', 'dir', ...formats, '--x64'];
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
  say(firewalldZone ? "they bring firewalld's zone 'vivarium'" : 'they bring no zone for firewalld');
});
