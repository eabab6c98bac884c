/** Which accelerators a host really has: one counts only when it has run guest code in time. */
import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { ProcessError, run } from '../../../host/process.ts';
import { readIfThere } from '../../../host/files.ts';
import type { QemuAccelerator } from './types.ts';
import { testRom, testRomDevice, testRomExitCode } from './test-rom.ts';

const kvmDevice = '/dev/kvm';
/** Counting takes 5 ms where KVM works and QEMU itself starts in a tenth of a second; the rest is for a busy host. */
const budgetMs = 1000;

/** What decides about KVM besides QEMU itself; when it changes, the check is made again. */
export interface AcceleratorHost {
  readonly bootId: string;
  readonly kernel: string;
  readonly user: number;
  /** Absent when there is no device. */
  readonly device?: { readonly mode: number; readonly owner: number; readonly group: number; readonly number: number };
  readonly accessible: boolean;
}

export async function acceleratorHost(): Promise<AcceleratorHost> {
  const found = await stat(kvmDevice).catch(() => undefined);
  const accessible = await access(kvmDevice, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  return {
    bootId: readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '',
    kernel: release(),
    user: process.getuid?.() ?? -1,
    ...(found === undefined
      ? {}
      : { device: { mode: found.mode, owner: found.uid, group: found.gid, number: found.rdev } }),
    accessible,
  };
}

export interface KvmCheckOptions {
  readonly binary: string;
  readonly architecture: string;
  /** QEMU's own word on whether KVM is built in. */
  readonly builtIn: boolean;
  readonly host: AcceleratorHost;
  /** Where the firmware image may be written for the moment. */
  readonly scratchFolder: string;
  readonly signal?: AbortSignal;
}

/** Far above what the test takes where it is worth anything. */
const cpuLimitS = 5;

/** Finds out whether KVM works with this QEMU, by running guest code where that has to be found out. */
export async function checkKvm(options: KvmCheckOptions): Promise<QemuAccelerator> {
  const { architecture, builtIn, host } = options;
  const no = (present: boolean, reason: string): QemuAccelerator => ({ name: 'kvm', present, works: false, reason });
  if (!builtIn) return no(false, 'This QEMU was built without KVM.');
  if (!runsNatively(architecture)) {
    return no(false, `KVM runs guests of the host's own kind only; ${architecture} guests are emulated.`);
  }
  if (host.device === undefined) {
    return no(
      false,
      'There is no /dev/kvm. Turn on virtualisation (VT-x or AMD-V) in the firmware setup, or nested virtualisation ' +
        'when this host is itself a virtual machine, and load the kvm_intel or kvm_amd module.',
    );
  }
  if (!host.accessible) {
    return no(
      true,
      '/dev/kvm may not be opened by this user. Become a member of its group: sudo usermod -aG kvm $USER, then log in ' +
        'again.',
    );
  }
  // Other processors have no check yet; opening the device is all that is known of them.
  if (architecture !== 'x86_64' && architecture !== 'i686') return { name: 'kvm', present: true, works: true };
  const failure = await runTestRom(options);
  if (failure === undefined) return { name: 'kvm', present: true, works: true };
  return no(true, failure);
}

/** @returns why guest code did not run in time, or undefined when it did. */
async function runTestRom({ binary, scratchFolder, signal }: KvmCheckOptions): Promise<string | undefined> {
  const folder = await mkdtemp(join(scratchFolder, 'kvm-'));
  try {
    const rom = join(folder, 'rom');
    await writeFile(rom, testRom());
    const argv = [binary, '-no-user-config', '-nodefaults', '-display', 'none', '-machine', 'pc', '-accel', 'kvm'];
    // Should this engine die meanwhile, the kernel ends the guest's busy loop.
    const { exitCode } = await run(
      ['prlimit', `--cpu=${cpuLimitS}`, '--', ...argv, '-m', '8', '-bios', rom, '-device', testRomDevice],
      {
        timeoutMs: budgetMs,
        acceptCodes: [testRomExitCode],
        ...(signal === undefined ? {} : { signal }),
      },
    );
    return exitCode === testRomExitCode ? undefined : `QEMU ended with status ${exitCode}.`;
  } catch (thrown) {
    if (!(thrown instanceof ProcessError) || thrown.failure === 'aborted') throw thrown;
    if (thrown.failure === 'timeout') {
      return (
        `/dev/kvm opens, but guest code does not run at a useful speed: counting to 16 million took more than ` +
        `${budgetMs} ms instead of 5. This happens in virtual machines without nested virtualisation; ask for it ` +
        'where this host is managed.'
      );
    }
    const said = thrown.stderr.trim().split('\n').pop() ?? '';
    return `/dev/kvm opens, but QEMU can't use it: ${said === '' ? (thrown.data.cause ?? '') : said}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runsNatively(architecture: string): boolean {
  switch (arch()) {
    case 'x64':
      return architecture === 'x86_64' || architecture === 'i686';
    case 'arm64':
      return architecture === 'aarch64' || architecture === 'armv7l';
    case 's390x':
    case 'riscv64':
      return architecture === arch();
    case 'ppc64':
      return architecture === 'ppc64' || architecture === 'ppc64le';
    default:
      return false;
  }
}
