#!/usr/bin/env node
// Stands where electron-builder calls fpm, and lets dpkg-deb make the Debian package of the same arguments.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** fpm's options that take no value; every other one is followed by its value. */
const flags = new Set(['--force', '--debug']);

function parse(words) {
  const options = new Map();
  const files = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (flags.has(word)) continue;
    if (word.startsWith('-')) options.set(word, [...(options.get(word) ?? []), words[(at += 1)]]);
    else files.push(word.split('='));
  }
  return { all: (name) => options.get(name) ?? [], one: (name) => options.get(name)?.at(-1), files };
}

function kibibytes(path) {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return Math.ceil(stat.size / 1024);
  return readdirSync(path).reduce((sum, name) => sum + kibibytes(join(path, name)), 4);
}

const { all, one, files } = parse(process.argv.slice(2));
if (one('-s') !== 'dir' || one('-t') !== 'deb') throw new Error('only Debian packages of folders are made here');
const tree = mkdtempSync(join(tmpdir(), 'vivarium-deb-'));
try {
  chmodSync(tree, 0o755);
  for (const [from, to] of files) {
    // Icons are named by the application's id, as desktops expect; electron-builder names them by the program.
    const target = join(tree, to.replace(/\/apps\/vivarium\./, '/apps/io.github.vivarium.Vivarium.'));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(from.replace(/\/$/, ''), target, { recursive: true, verbatimSymlinks: true });
    if (statSync(from).isFile()) chmodSync(target, statSync(from).mode & 0o111 ? 0o755 : 0o644);
  }
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
  mkdirSync(join(tree, 'DEBIAN'));
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  writeFileSync(join(tree, 'DEBIAN/control'), lines.map(([name, value]) => `${name}: ${value}\n`).join(''));
  for (const [name, option] of [
    ['postinst', '--after-install'],
    ['prerm', '--before-remove'],
    ['postrm', '--after-remove'],
  ]) {
    const script = one(option);
    if (script !== undefined) writeFileSync(join(tree, 'DEBIAN', name), readFileSync(script), { mode: 0o755 });
  }
  const compression = { gz: ['-Zgzip', '-z1'], xz: ['-Zxz'] }[one('--deb-compression')] ?? ['-Zxz'];
  const { status } = spawnSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', tree, one('--package')], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(tree, { recursive: true, force: true });
}
