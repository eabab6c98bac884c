/** The QEMU binaries of this host. */
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';

export interface Emulator {
  readonly path: string;
  /** libvirt's name of what it emulates. */
  readonly architecture: string;
}

const binaryName = /^qemu-system-([a-z0-9_]+)$/;
/** Where distributions put a QEMU that is not in PATH (Red Hat's `qemu-kvm` emulates the host's kind). */
const outsidePath = ['/usr/libexec/qemu-kvm'];

/** All emulators, the host's own kind first; the first of a kind in the order of PATH wins. */
export async function findEmulators(path = process.env['PATH'] ?? ''): Promise<readonly Emulator[]> {
  const found = new Map<string, Emulator>();
  for (const folder of path.split(':')) {
    if (folder === '') continue;
    const names = await readdir(folder).catch(() => []);
    for (const name of names.sort()) {
      const target = binaryName.exec(name)?.[1];
      if (target === undefined) continue;
      const architecture = libvirtArchitecture(target);
      const file = join(folder, name);
      if (!found.has(architecture) && (await isProgram(file))) found.set(architecture, { path: file, architecture });
    }
  }
  const native = hostArchitecture();
  for (const file of outsidePath) {
    if (!found.has(native) && (await isProgram(file))) found.set(native, { path: file, architecture: native });
  }
  return [...found.values()].sort((a, b) => rank(a, native) - rank(b, native));
}

/** libvirt's name of this host's architecture. */
export function hostArchitecture(): string {
  const names: Readonly<Record<string, string>> = { x64: 'x86_64', ia32: 'i686', arm64: 'aarch64', arm: 'armv7l' };
  return names[arch()] ?? arch();
}

export const noEmulator = (architecture: string): VirError =>
  new VirError({
    code: 'config-unsupported',
    domain: 'qemu',
    message: say`There is no QEMU for ${architecture} guests on this host.`,
    fix: say`Install the package that has qemu-system-${architecture === 'i686' ? 'i386' : architecture}.`,
  });

function libvirtArchitecture(target: string): string {
  if (target === 'i386') return 'i686';
  return target === 'arm' ? 'armv7l' : target;
}

const rank = (emulator: Emulator, native: string): number => (emulator.architecture === native ? 0 : 1);

async function isProgram(path: string): Promise<boolean> {
  const runnable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return runnable && (await stat(path)).isFile();
}
