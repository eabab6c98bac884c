// A Debian package of a tree, by dpkg-deb, from fpm's options.
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function kibibytes(path) {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return Math.ceil(stat.size / 1024);
  return readdirSync(path).reduce((sum, name) => sum + kibibytes(join(path, name)), 4);
}

/** Answers the exit code. */
export function makeDeb({ tree, all, one }) {
  const size = kibibytes(tree);
  const [synopsis, ...description] = one('--description').split('\n');
  const fields = {
    Package: one('--name'),
    Version: one('--version'),
    Section: one('--category'),
    Priority: one('--deb-priority'),
    Architecture: one('--architecture'),
    Depends: all('-d').join(', '),
    Recommends: all('--deb-recommends').join(', '),
    'Installed-Size': size,
    Maintainer: one('--maintainer'),
    Homepage: one('--url'),
    Description: [synopsis, ...description.map((line) => ` ${line.trim()}`)].join('\n'),
  };
  const control = (name, text, mode = 0o644) => writeFileSync(join(tree, 'DEBIAN', name), text, { mode });
  mkdirSync(join(tree, 'DEBIAN'));
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  control('control', lines.map(([name, value]) => `${name}: ${value}\n`).join(''));
  for (const [name, option] of [
    ['postinst', '--after-install'],
    ['prerm', '--before-remove'],
    ['postrm', '--after-remove'],
  ]) {
    const script = one(option);
    if (script !== undefined) control(name, readFileSync(script), 0o755);
  }
  const triggers = all('--deb-interest-noawait').map((path) => `interest-noawait ${path}\n`);
  if (triggers.length > 0) control('triggers', triggers.join(''));
  const compression = { gz: ['-Zgzip', '-z1'], xz: ['-Zxz'] }[one('--deb-compression')] ?? ['-Zxz'];
  const { status } = spawnSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', tree, one('--package')], {
    stdio: 'inherit',
  });
  return status ?? 1;
}
