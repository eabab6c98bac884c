#!/usr/bin/env node
// Stands where electron-builder calls fpm, and lets dpkg-deb or rpmbuild make the package of the same arguments.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeDeb } from './deb.mjs';
import { makeRpm } from './rpm.mjs';

/** fpm's options that take no value; every other one is followed by its value. */
const flags = new Set(['--force', '--debug']);
const makers = { deb: makeDeb, rpm: makeRpm };

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

const { files, ...options } = parse(process.argv.slice(2));
const make = makers[options.one('-t')];
if (options.one('-s') !== 'dir' || make === undefined)
  throw new Error('only deb and rpm packages of folders are made here');
const work = mkdtempSync(join(tmpdir(), 'vivarium-package-'));
try {
  const tree = join(work, 'tree');
  mkdirSync(tree, { mode: 0o755 });
  for (const [from, to] of files) {
    // Icons are named by the application's id, as desktops expect; electron-builder names them by the program.
    const target = join(tree, to.replace(/\/apps\/vivarium\./, '/apps/io.github.vivarium.Vivarium.'));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(from.replace(/\/$/, ''), target, { recursive: true, verbatimSymlinks: true });
    if (statSync(from).isFile()) chmodSync(target, statSync(from).mode & 0o111 ? 0o755 : 0o644);
  }
  process.exitCode = make({ work, tree, ...options });
} finally {
  rmSync(work, { recursive: true, force: true });
}
