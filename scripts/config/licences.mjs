import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folder and description of the package a bundled file is from; undefined for our own. */
function packageOf(file) {
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.replace(/^\0/, '').split('?')[0]);
  const about = match === null ? undefined : join(match[1], 'package.json');
  return about !== undefined && existsSync(about)
    ? { folder: match[1], ...JSON.parse(readFileSync(about, 'utf8')) }
    : undefined;
}

/** Writes down the licence of every package these files are from: shipping their code requires shipping it. */
function writeLicences(files, target) {
  const packages = new Map();
  for (const each of files.map(packageOf)) if (each !== undefined) packages.set(`${each.name} ${each.version}`, each);
  const sections = [...packages.keys()].sort().map((title) => {
    const { folder, license } = packages.get(title);
    const texts = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
    const bodies = texts.map((name) => readFileSync(join(folder, name), 'utf8').trim());
    return [`${title} (${license})`, ...bodies].join('\n\n');
  });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${sections.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}

/** The same as a plugin, for the code and the fonts that this build bundles. */
export function licences(target) {
  let root = '';
  return {
    name: 'vivarium:licences',
    configResolved: (config) => (root = config.root),
    generateBundle(_options, bundle) {
      const files = Object.values(bundle).flatMap((output) =>
        output.type === 'chunk' ? output.moduleIds : output.originalFileNames.map((name) => resolve(root, name)),
      );
      writeLicences(files, target);
    },
  };
}
