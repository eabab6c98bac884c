// An RPM package of a tree, by rpmbuild, from fpm's options.
import { spawnSync } from 'node:child_process';
import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The application's folder as a whole; everything else by its file, since the folders are the system's. */
function owned(tree, path = '') {
  return readdirSync(join(tree, path)).flatMap((name) => {
    const each = `${path}/${name}`;
    const isWhole = /^\/opt\/[^/]+$|^\/usr\/share\/vivarium$/.test(each);
    return lstatSync(join(tree, each)).isDirectory() && !isWhole ? owned(tree, each) : [`"${each}"`];
  });
}

/** Scripts of shell have no macros of rpm's. */
const scriptlet = (head, path) => [head, readFileSync(path, 'utf8').replaceAll('%', '%%')];

/** `PACKAGE: SCRIPT`, as fpm takes a trigger. */
const trigger = (kind) => (text) => {
  const [, name, path] = /^(\S+): (.+)$/.exec(text);
  return scriptlet(`%${kind} -- ${name}`, path);
};

function specification({ tree, all, one }) {
  const [synopsis, ...description] = one('--description').split('\n');
  const tags = {
    Name: one('--name'),
    Version: one('--version'),
    Release: one('--iteration') ?? '1',
    Summary: one('--rpm-summary') ?? synopsis,
    License: one('--license') ?? 'unknown',
    URL: one('--url'),
    Vendor: one('--vendor'),
    Packager: one('--maintainer'),
    AutoReqProv: 'no',
  };
  const compression = one('--rpm-compression')?.startsWith('gz') ? 'w1.gzdio' : 'w6.xzdio';
  const scripts = [
    ['%post', '--after-install'],
    ['%preun', '--before-remove'],
    ['%postun', '--after-remove'],
    ['%posttrans', '--rpm-posttrans'],
  ].flatMap(([head, option]) => (one(option) === undefined ? [] : scriptlet(head, one(option))));
  return [
    `%define _binary_payload ${compression}`,
    // The files are taken as they are: nothing is stripped, compressed or given links by build ids.
    ...['%define __os_install_post %{nil}', '%define _build_id_links none', '%define debug_package %{nil}'],
    ...Object.entries(tags).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])),
    ...all('-d').map((name) => `Requires: ${name}`),
    ...all('--rpm-tag'),
    '%description',
    ...(description.length === 0 ? [synopsis] : description.map((line) => line.trim())),
    '%install',
    `mkdir -p "%{buildroot}" && cp -al '${tree}/.' "%{buildroot}/"`,
    ...scripts,
    ...all('--rpm-trigger-after-install').flatMap(trigger('triggerin')),
    ...all('--rpm-trigger-after-target-uninstall').flatMap(trigger('triggerpostun')),
    '%files',
    '%defattr(-,root,root,-)',
    ...owned(tree),
    '',
  ].join('\n');
}

/** Answers the exit code. */
export function makeRpm({ work, tree, all, one }) {
  const top = join(work, 'rpm');
  mkdirSync(top);
  const file = join(top, 'package.spec');
  writeFileSync(file, specification({ tree, all, one }));
  const define = (name, value) => ['--define', `${name} ${value}`];
  const argv = ['-bb', '--quiet', '--target', one('--architecture'), ...define('_topdir', top), file];
  const { status, error } = spawnSync('rpmbuild', argv, { stdio: 'inherit' });
  if (error?.code === 'ENOENT') throw new Error("rpmbuild is not installed: it is in the package 'rpm' or 'rpm-build'");
  if (status !== 0) return status ?? 1;
  const folder = join(top, 'RPMS', one('--architecture'));
  const [made] = readdirSync(folder);
  copyFileSync(join(folder, made), one('--package'));
  return 0;
}
