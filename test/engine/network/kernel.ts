/**
 * The distribution's own kernel with the host's `ip` and `bridge`, for what the kernel that tests run on lacks: a script
 * is run in a machine that has nothing else.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  copyFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run } from '../../../src-main/host/process.ts';
import { cacheDir } from '../../support/corpus.ts';
import { smallGuest } from '../../support/guest.ts';

const metapackage = 'linux-image-cloud-amd64';

/** Debian's kernel, unpacked in the cache and not installed; undefined where there is no such package. */
export async function unpackedKernel(): Promise<string | undefined> {
  const listing = await run(['apt-cache', 'depends', metapackage], { acceptCodes: [0, 100] }).catch(() => undefined);
  const name = /Depends: (linux-image-\d\S*)/.exec(listing?.stdout ?? '')?.[1];
  if (name === undefined) return undefined;
  const folder = join(cacheDir(), 'kernel', name);
  if (existsSync(folder)) return folder;
  const work = mkdtempSync(join(tmpdir(), 'vvk-'));
  try {
    await run(['apt-get', '-qq', '-o', 'APT::Sandbox::User=', 'download', name], { cwd: work, timeoutMs: 300_000 });
    const deb = readdirSync(work).find((file) => file.endsWith('.deb')) ?? '';
    mkdirSync(dirname(folder), { recursive: true });
    await run(['dpkg-deb', '-x', join(work, deb), `${folder}.new`], { timeoutMs: 60_000 });
    renameSync(`${folder}.new`, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

function find(folder: string, name: string): string {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`there is no ${name} below ${folder}`);
  return join(found.parentPath, found.name);
}

/**
 * @param modules in the order they are loaded
 * @param script of busybox's shell
 * @returns what the machine said, until it switched itself off
 */
export async function runOnKernel(kernel: string, modules: readonly string[], script: string): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'vvk-'));
  try {
    const root = join(work, 'root');
    const put = (file: string, place: string): void => {
      mkdirSync(dirname(join(root, place)), { recursive: true });
      copyFileSync(file, join(root, place));
    };
    for (const name of modules) put(find(join(kernel, 'lib/modules'), `${name}.ko`), `modules/${name}.ko`);
    for (const program of ['/sbin/ip', '/sbin/bridge']) {
      put(program, `host/${basename(program)}`);
      const { stdout } = await run(['ldd', program]);
      for (const [library] of stdout.matchAll(/\/\S+/g)) put(library, library);
    }
    const load = modules.map((name) => `insmod /modules/${name}.ko || echo "no ${name}"`).join('\n');
    const init = `#!/bin/sh
export PATH=/host:/bin:/sbin:/usr/bin:/usr/sbin
# Its own command of this name would come first.
ip() { /host/ip "$@"; }
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs run /run
${load}
${script}
echo END
poweroff -f
`;
    writeFileSync(join(root, 'script'), init, { mode: 0o755 });
    const extra = join(work, 'extra.cpio');
    await run(['sh', '-c', 'cd "$0" && find . | busybox cpio -o -H newc >"$1"', root, extra]);
    const { initrd } = smallGuest();
    // The kernel unpacks one after the other.
    await run(['sh', '-c', 'cat "$0" "$1" >"$2"', initrd, extra, join(work, 'initrd')]);
    const kernelFile = join(
      kernel,
      'boot',
      readdirSync(join(kernel, 'boot')).find((name) => /^vmlinuz/.test(name)) ?? '',
    );
    return await bootToEnd(kernelFile, join(work, 'initrd'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function bootToEnd(kernel: string, initrd: string): Promise<string> {
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg', '-cpu', 'max', '-m', '256', '-nodefaults', '-display', 'none', '-serial', 'stdio'],
      ...['-no-reboot', '-kernel', kernel, '-initrd', initrd],
      ...['-append', 'console=ttyS0 quiet mitigations=off rdinit=/script panic=-1'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), 90_000);
  await new Promise((done) => child.once('close', done));
  clearTimeout(timer);
  return output;
}
