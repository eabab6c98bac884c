/**
 * Whether this host has what machines need, for the first run: each check says what it found, why that is not enough,
 * what to do, and the command that does it.
 */
import { constants, existsSync, readFileSync } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { HostCheck } from '../../src-shared/contract/app.ts';
import { crossing, say, type Sentence, textOf } from '../../src-shared/words.ts';
import { readIfThere } from './files.ts';

export interface CheckParts {
  /** Whether machines run with hardware virtualisation, found out by running one; why not, when not. */
  kvm(): Promise<{ readonly works: boolean; readonly reason?: string }>;
  /** The version of the QEMU in use: `7.2.0`. Rejects when there is none. */
  qemuVersion(): Promise<string>;
  /** Where images are kept. */
  readonly dataFolder: string;
  readonly host?: CheckHost;
}

/** What the checks look at, so that a test can be another host. */
export interface CheckHost {
  /** The path of a program, as a shell would find it. */
  findProgram(name: string): Promise<string | undefined>;
  exists(path: string): boolean;
  read(path: string): string | undefined;
  listFolder(path: string): Promise<readonly string[]>;
  mayReadAndWrite(path: string): Promise<boolean>;
  freeBytes(path: string): Promise<number>;
  readonly user: string;
  readonly isRoot: boolean;
  /** The numeric group of a file; undefined when there is no such file. */
  groupOf(path: string): Promise<number | undefined>;
}

interface Outcome extends Pick<HostCheck, 'status' | 'command'> {
  readonly found: Sentence;
  readonly cause?: Sentence;
  readonly fix?: Sentence;
}

const gib = 2 ** 30;
/** An install and its disk; below it only the smallest machines fit. */
const enoughBytes = 20 * gib;
const littleBytes = 2 * gib;

/** All checks, in the order they matter. One that fails by itself is a failed check, not a failure of all. */
export async function checkHost(parts: CheckParts): Promise<readonly HostCheck[]> {
  const host = parts.host ?? thisHost;
  const checks: readonly (readonly [string, () => Promise<Outcome>])[] = [
    ['kvm', async () => await checkKvm(parts, host)],
    ['groups', async () => await checkGroups(host)],
    ['qemu', async () => await checkQemu(parts, host)],
    ['firmware', async () => await checkFirmware(host)],
    ['tpm', async () => await checkTpm(host)],
    ['network', async () => await checkNetwork(host)],
    ['osinfo', async () => await checkOsinfo(host)],
    ['space', async () => await checkSpace(parts, host)],
    ['sandbox', async () => await Promise.resolve(checkSandbox(host))],
  ];
  return await Promise.all(
    checks.map(async ([id, check]) => {
      try {
        return { id, ...shown(await check()) };
      } catch (thrown) {
        const cause = thrown instanceof Error ? thrown.message : String(thrown);
        return { id, ...shown({ status: 'failed', found: say`This could not be found out.`, cause }) };
      }
    }),
  );
}

const shown = ({ status, command, found, cause, fix }: Outcome): Omit<HostCheck, 'id'> => ({
  status,
  ...crossing({ found, cause, fix }),
  found: textOf(found),
  ...(command === undefined ? {} : { command }),
});

async function checkKvm(parts: CheckParts, host: CheckHost): Promise<Outcome> {
  const { works, reason } = await parts.kvm();
  if (works) return { status: 'ok', found: say`Machines run with hardware virtualisation.` };
  const found = say`Machines run by emulation, many times slower.`;
  if (!host.exists('/dev/kvm')) {
    const flags = /^flags\s*:.*\b(?:vmx|svm)\b/m.test(host.read('/proc/cpuinfo') ?? '');
    return flags
      ? {
          status: 'warning',
          found,
          cause: say`The kernel’s module kvm is not loaded, although the processor has what it needs.`,
          fix: say`Load it. If that fails, virtualisation is switched off in the firmware of this computer.`,
          command: 'sudo modprobe -a kvm_intel kvm_amd',
        }
      : {
          status: 'warning',
          found,
          cause: say`The processor offers no virtualisation.`,
          fix: say`Switch on Intel VT-x or AMD-V in the firmware of this computer; inside a virtual machine, nested virtualisation.`,
        };
  }
  return { status: 'warning', found, ...(reason === undefined ? {} : { cause: reason }) };
}

async function checkGroups(host: CheckHost): Promise<Outcome> {
  if (!host.exists('/dev/kvm')) return { status: 'ok', found: say`There is no /dev/kvm to have access to.` };
  if (await host.mayReadAndWrite('/dev/kvm')) return { status: 'ok', found: say`${host.user} may use /dev/kvm.` };
  const group = groupName(host, await host.groupOf('/dev/kvm'));
  const cause = say`${host.user} may not use /dev/kvm.`;
  return group === undefined || group === 'root'
    ? {
        status: 'warning',
        found: cause,
        cause: say`Only root may.`,
        fix: say`Give the device to the group kvm, as udev’s own rules do.`,
      }
    : {
        status: 'warning',
        found: cause,
        cause: say`It is for members of the group ${group}.`,
        fix: say`Become a member, then log out and in again.`,
        command: `sudo usermod -aG ${group} ${host.user}`,
      };
}

function groupName(host: CheckHost, id: number | undefined): string | undefined {
  if (id === undefined) return undefined;
  return new RegExp(`^([^:\\n]+):[^:\\n]*:${id}:`, 'm').exec(host.read('/etc/group') ?? '')?.[1];
}

async function checkQemu(parts: CheckParts, host: CheckHost): Promise<Outcome> {
  const missing = (await host.findProgram('qemu-img')) === undefined;
  let version: string;
  try {
    version = await parts.qemuVersion();
  } catch (thrown) {
    return {
      status: 'failed',
      found: say`There is no QEMU that works.`,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      ...install(host, { apt: 'qemu-system-x86 qemu-utils', dnf: 'qemu-system-x86 qemu-img', pacman: 'qemu-full' }),
    };
  }
  if (!missing) return { status: 'ok', found: say`QEMU ${version}` };
  return {
    status: 'failed',
    found: say`QEMU ${version}, but not qemu-img`,
    cause: say`Disk images can’t be made or converted without qemu-img.`,
    ...install(host, { apt: 'qemu-utils', dnf: 'qemu-img', pacman: 'qemu-img' }),
  };
}

/** QEMU's own descriptions of firmware: `/usr/share/qemu/firmware/*.json`. */
async function checkFirmware(host: CheckHost): Promise<Outcome> {
  const folders = ['/usr/share/qemu/firmware', '/etc/qemu/firmware'];
  const names = await Promise.all(folders.map(async (folder) => await host.listFolder(folder)));
  const texts = names.flatMap((list, index) =>
    list.filter((name) => name.endsWith('.json')).flatMap((name) => host.read(join(folders[index] ?? '', name)) ?? []),
  );
  const uefi = texts.filter((text) => /"uefi"/.test(text) && /"x86_64"/.test(text));
  const advice = install(host, { apt: 'ovmf', dnf: 'edk2-ovmf', pacman: 'edk2-ovmf' });
  if (uefi.length === 0) {
    return {
      status: 'warning',
      found: say`There is no UEFI firmware for machines.`,
      cause: say`Windows 11 and some other systems need it.`,
      ...advice,
    };
  }
  if (uefi.some((text) => /"secure-boot"/.test(text))) return { status: 'ok', found: say`UEFI, with secure boot` };
  return {
    status: 'warning',
    found: say`UEFI, without secure boot`,
    cause: say`Windows 11 needs secure boot.`,
    ...advice,
  };
}

async function checkTpm(host: CheckHost): Promise<Outcome> {
  const path = await host.findProgram('swtpm');
  if (path !== undefined) return { status: 'ok', found: path };
  return {
    status: 'warning',
    found: say`The program swtpm is not there.`,
    cause: say`Windows 11 needs a TPM, which it emulates.`,
    ...install(host, { apt: 'swtpm swtpm-tools', dnf: 'swtpm swtpm-tools', pacman: 'swtpm' }),
  };
}

async function checkNetwork(host: CheckHost): Promise<Outcome> {
  const path = await host.findProgram('passt');
  if (path !== undefined) return { status: 'ok', found: say`QEMU’s own, and ${path}` };
  return {
    status: 'ok',
    found: say`QEMU’s own; passt, which is faster, is not installed.`,
    ...install(host, { apt: 'passt', dnf: 'passt', pacman: 'passt' }),
  };
}

async function checkOsinfo(host: CheckHost): Promise<Outcome> {
  const version = host.read('/usr/share/osinfo/VERSION')?.trim();
  const vendors = await host.listFolder('/usr/share/osinfo/os');
  if (vendors.length > 0)
    return { status: 'ok', found: version === undefined ? say`osinfo-db` : say`osinfo-db ${version}` };
  return {
    status: 'warning',
    found: say`There is no database of operating systems.`,
    cause: say`Install media can’t be recognised without it.`,
    ...install(host, { apt: 'osinfo-db', dnf: 'osinfo-db', pacman: 'osinfo-db' }),
  };
}

async function checkSpace({ dataFolder }: CheckParts, host: CheckHost): Promise<Outcome> {
  // The folder itself may not be made yet.
  let folder = dataFolder;
  while (!host.exists(folder) && folder !== dirname(folder)) folder = dirname(folder);
  const free = await host.freeBytes(folder);
  const found = say`${(free / gib).toFixed(free < 10 * gib ? 1 : 0)} GiB free in ${folder}`;
  if (free >= enoughBytes) return { status: 'ok', found };
  return {
    status: free >= littleBytes ? 'warning' : 'failed',
    found,
    cause: say`An installed system takes 10 to 20 GiB.`,
    fix: say`Free some space, or make a storage pool on a larger disk.`,
  };
}

/** Chromium's sandbox and passt isolate themselves in user namespaces. */
function checkSandbox(host: CheckHost): Outcome {
  const value = (path: string): string | undefined => host.read(path)?.trim();
  const limited = value('/proc/sys/user/max_user_namespaces') === '0';
  if (limited || value('/proc/sys/kernel/unprivileged_userns_clone') === '0') {
    return {
      status: 'warning',
      found: say`User namespaces are switched off.`,
      cause: say`The window and the network of machines isolate themselves with them.`,
      fix: say`Switch them on.`,
      command: limited
        ? 'sudo sysctl user.max_user_namespaces=15000'
        : 'sudo sysctl kernel.unprivileged_userns_clone=1',
    };
  }
  if (value('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return {
      status: 'ok',
      found: say`User namespaces are for programs with an AppArmor profile, which the package brings.`,
    };
  }
  return { status: 'ok', found: say`User namespaces` };
}

interface Packages {
  readonly apt: string;
  readonly dnf: string;
  readonly pacman: string;
}

/** How to install packages here; without a known package manager, only what to look for. */
function install(host: CheckHost, packages: Packages): Pick<Outcome, 'fix' | 'command'> {
  const fix = say`Install ${packages.apt.replaceAll(' ', ', ')}.`;
  const sudo = host.isRoot ? '' : 'sudo ';
  if (host.exists('/usr/bin/apt-get')) return { fix, command: `${sudo}apt install ${packages.apt}` };
  if (host.exists('/usr/bin/dnf')) {
    return { fix: say`Install ${packages.dnf.replaceAll(' ', ', ')}.`, command: `${sudo}dnf install ${packages.dnf}` };
  }
  if (host.exists('/usr/bin/pacman')) {
    return {
      fix: say`Install ${packages.pacman.replaceAll(' ', ', ')}.`,
      command: `${sudo}pacman -S ${packages.pacman}`,
    };
  }
  return { fix };
}

const thisHost: CheckHost = {
  async findProgram(name) {
    const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
    for (const folder of [...folders, '/usr/bin', '/usr/sbin', '/usr/local/bin', join(homedir(), '.local/bin')]) {
      const path = join(folder, name);
      const isThere = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isThere) return path;
    }
    return undefined;
  },
  exists: existsSync,
  read(path) {
    // /proc and /sys files may exist and still refuse to be read; that is the same as not saying anything.
    try {
      return path.startsWith('/proc/') ? readFileSync(path, 'utf8') : readIfThere(path);
    } catch {
      return undefined;
    }
  },
  async listFolder(path) {
    try {
      return await readdir(path);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw thrown;
    }
  },
  mayReadAndWrite: async (path) =>
    await access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    ),
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path, { bigint: true });
    return Number(bavail * bsize);
  },
  user: userInfo().username,
  isRoot: process.getuid?.() === 0,
  async groupOf(path) {
    try {
      return (await stat(path)).gid;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw thrown;
    }
  },
};
