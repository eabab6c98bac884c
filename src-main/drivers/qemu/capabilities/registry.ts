/**
 * The capabilities of this host's QEMUs: probed once, kept in the cache folder, probed again when the binary, its
 * modules or what decides about the accelerator changed.
 *
 * What QEMU is built with and whether KVM works here are kept apart: a changed `/dev/kvm` costs one check, not a probe,
 * and one that can't be opened costs nothing.
 */
import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { readIfThere, writeWhole } from '../../../host/files.ts';
import type { Logger } from '../../../engine/logger.ts';
import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';
import { type AcceleratorHost, acceleratorHost, checkKvm } from './accelerator.ts';
import type { AcceleratorFacts, CommonFacts } from './facts.ts';
import { probeAccelerator, probeCommon } from './probe.ts';
import { withProbeProcess } from './probe-process.ts';
import { makeQemuCapabilities, type ProbedQemu } from './qemu-capabilities.ts';
import type { QemuAccelerator } from './types.ts';

/** Raised whenever a probe finds out more, or something else, than before. */
const cacheVersion = 1;

/** Where QEMU keeps devices it loads on demand; a package that adds one changes what the same binary can do. */
const moduleFolders = [
  '/usr/lib/qemu',
  '/usr/lib64/qemu',
  `/usr/lib/${arch() === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/qemu`,
];

interface BinaryKey {
  readonly path: string;
  readonly changedMs: number;
  readonly size: number;
  readonly modules: readonly number[];
}

interface BinaryFacts {
  readonly common: CommonFacts;
  readonly tcg: AcceleratorFacts;
}

interface KvmFacts {
  readonly verdict: QemuAccelerator;
  /** Only where it works. */
  readonly kvm?: AcceleratorFacts;
}

export interface RegistryOptions {
  readonly cacheFolder: string;
  /** A short path for sockets of QEMUs that are being asked. */
  readonly runtimeFolder: string;
  readonly logger: Logger;
}

interface Known {
  readonly key: string;
  readonly capabilities: Promise<ProbedQemu>;
  /** When the host was last looked at. */
  checkedMs: number;
}

/** A package is not installed, nor a group joined, between one call and the next. */
const lookAgainMs = 500;

export class CapabilitiesRegistry {
  readonly #options: RegistryOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** @throws VirError when the binary can't be run or asked. */
  async get(binary: string): Promise<ProbedQemu> {
    const known = this.#known.get(binary);
    const now = performance.now();
    if (known !== undefined && now - known.checkedMs < lookAgainMs) return await known.capabilities;
    const [binaryKey, host] = await Promise.all([readBinaryKey(binary), acceleratorHost()]);
    const key = JSON.stringify([binaryKey, host]);
    const found = this.#known.get(binary);
    if (found?.key === key) {
      found.checkedMs = now;
      return await found.capabilities;
    }
    const capabilities = this.#load(binary, binaryKey, host);
    this.#known.set(binary, { key, capabilities, checkedMs: now });
    // A failure is told to everyone who waits, and tried again by the next.
    capabilities.catch(() => this.#known.delete(binary));
    return await capabilities;
  }

  async #load(binary: string, binaryKey: BinaryKey, host: AcceleratorHost): Promise<ProbedQemu> {
    const { cacheFolder, runtimeFolder } = this.#options;
    const folder = join(cacheFolder, 'capabilities');
    await Promise.all([folder, runtimeFolder].map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
    const file = join(folder, createHash('sha256').update(binary).digest('hex'));
    const facts = this.#cached<BinaryFacts>(`${file}.json`, binaryKey, () => this.#probe(binary));
    const kvm = this.#cached<KvmFacts>(`${file}.kvm.json`, [binaryKey, host], async () =>
      this.#probeKvm(binary, host, facts),
    );
    const [{ common, tcg }, { verdict, kvm: kvmFacts }] = await Promise.all([facts, kvm]);
    return makeQemuCapabilities({
      binary,
      common,
      byAccelerator: { tcg, ...(kvmFacts === undefined ? {} : { kvm: kvmFacts }) },
      accelerators: [verdict, { name: 'tcg', present: true, works: true }],
    });
  }

  async #probe(binary: string): Promise<BinaryFacts> {
    return await withProbeProcess(binary, 'tcg', this.#options.runtimeFolder, async (ask) => {
      const common = await probeCommon(ask);
      return { common, tcg: await probeAccelerator(ask, 'tcg', common) };
    });
  }

  async #probeKvm(binary: string, host: AcceleratorHost, facts: Promise<BinaryFacts>): Promise<KvmFacts> {
    const { runtimeFolder } = this.#options;
    const { common } = await facts;
    const verdict = await checkKvm({
      binary,
      architecture: common.architecture,
      builtIn: common.kvm.present || common.commands.includes('query-kvm'),
      host,
      scratchFolder: runtimeFolder,
    });
    if (!verdict.works) return { verdict };
    const kvm = await withProbeProcess(binary, 'kvm', runtimeFolder, (ask) => probeAccelerator(ask, 'kvm', common));
    return { verdict, kvm };
  }

  /** What a file holds when it was made for the same key, else what `find` finds, which is then kept in it. */
  async #cached<T>(file: string, key: unknown, find: () => Promise<T>): Promise<T> {
    const keyText = JSON.stringify([cacheVersion, key]);
    const kept = readCacheFile(file);
    if (kept?.key === keyText) return kept.value as T;
    const value = await find();
    try {
      await writeWhole(file, JSON.stringify({ key: keyText, value }));
    } catch (thrown) {
      // Without the cache everything works, only slower at the next start.
      this.#options.logger.log('warn', 'capabilities could not be kept', { file, error: thrown });
    }
    return value;
  }
}

const cacheFile = z.object({ key: z.string(), value: z.unknown() });

/** The cache is our own; a file that is torn or of another version counts as absent. */
function readCacheFile(file: string): { readonly key: string; readonly value: unknown } | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return cacheFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const noBinary = (path: string, { code, message }: NodeJS.ErrnoException): VirError =>
  new VirError({
    code: 'system-error',
    domain: 'qemu',
    message: say`The emulator '${path}' can't be used.`,
    cause: code === 'ENOENT' ? say`There is no such file.` : message,
    fix: say`Install it, or name another in <emulator>.`,
  });

async function readBinaryKey(path: string): Promise<BinaryKey> {
  const [binary, modules] = await Promise.all([
    stat(path).catch((thrown: NodeJS.ErrnoException) => {
      throw noBinary(path, thrown);
    }),
    Promise.all(
      moduleFolders.map((folder) =>
        stat(folder).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      ),
    ),
  ]);
  return { path, changedMs: binary.ctimeMs, size: binary.size, modules };
}
