/** qemu-img: always told the format and the whole chain of every image it opens. */
import { run } from '../host/process.ts';
import type { ImageLayer } from './backing-chain.ts';
import { longestTransferMs, type TransferOptions, watchGrowth } from './transfer.ts';

const program = 'qemu-img';

export interface ImageCreation {
  readonly path: string;
  readonly format: string;
  readonly capacityBytes: number;
  /** `metadata` and `falloc` as in `-o preallocation=`. */
  readonly preallocation?: 'metadata' | 'falloc' | 'full';
  readonly backing?: { readonly path: string; readonly format: string };
  readonly compat?: string;
  readonly clusterBytes?: number;
  readonly features?: readonly string[];
  readonly nocow?: boolean;
}

/** The arguments of `qemu-img create`. */
export function createArguments(creation: ImageCreation): string[] {
  const { path, format, capacityBytes, backing } = creation;
  const options = [
    ...(backing === undefined ? [] : [`backing_fmt=${backing.format}`]),
    ...(creation.preallocation === undefined ? [] : [`preallocation=${creation.preallocation}`]),
    ...(creation.nocow === true ? ['nocow=on'] : []),
    ...(creation.compat === undefined ? [] : [`compat=${creation.compat}`]),
    ...(creation.clusterBytes === undefined ? [] : [`cluster_size=${creation.clusterBytes}`]),
    ...(creation.features ?? []).map((feature) => `${feature}=on`),
  ];
  return [
    ...['create', '-q', '-f', format],
    // -u: the backing image has been looked at already; qemu-img would open it by its own rules.
    ...(backing === undefined ? [] : ['-u', '-b', backing.path]),
    ...(options.length === 0 ? [] : ['-o', options.join(',')]),
    path,
    String(capacityBytes),
  ];
}

export async function createImage(creation: ImageCreation, signal?: AbortSignal): Promise<void> {
  await run([program, ...createArguments(creation)], {
    timeoutMs: longestTransferMs,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** A chain as one `json:` file name, every layer named with its format, so that nothing is left to recognise. */
export function imageName(chain: readonly ImageLayer[]): string {
  let node: object | null = null;
  for (const { path, format } of [...chain].reverse()) {
    const driver = format === 'iso' ? 'raw' : format;
    const file = { driver: 'file', filename: path };
    // Only formats that can have one know the option; null keeps them from following their header.
    const backing: object = canHaveBacking.has(driver) ? { backing: node } : {};
    node = { driver, file, ...backing };
  }
  return `json:${JSON.stringify(node)}`;
}

const canHaveBacking = new Set(['qcow', 'qcow2', 'qed', 'vmdk']);

/** How much a conversion of the chain would take on disk. */
export async function measureConversion(chain: readonly ImageLayer[], format: 'qcow2' | 'raw'): Promise<number> {
  const { stdout } = await run([program, 'measure', '--output=json', '-O', format, imageName(chain)], {
    timeoutMs: 5 * 60_000,
  });
  const { required } = JSON.parse(stdout) as { readonly required?: unknown };
  return typeof required === 'number' ? required : 0;
}

export interface Conversion {
  readonly from: readonly ImageLayer[];
  readonly to: Pick<ImageCreation, 'path' | 'format' | 'compat' | 'preallocation'>;
}

/** Writes the content of a chain, flattened, into a new image. */
export async function convertImage({ from, to }: Conversion, options: TransferOptions): Promise<void> {
  const total = from[0]?.virtualSizeBytes ?? 0;
  const settings = [
    ...(to.compat === undefined ? [] : [`compat=${to.compat}`]),
    ...(to.preallocation === undefined ? [] : [`preallocation=${to.preallocation}`]),
  ];
  const argv = [
    ...[program, 'convert', '-p', '-O', to.format],
    ...(settings.length === 0 ? [] : ['-o', settings.join(',')]),
    ...[imageName(from), to.path],
  ];
  await watchGrowth(
    to.path,
    options.signal,
    () => undefined,
    async (signal, moved) => {
      await run(argv, {
        signal,
        timeoutMs: longestTransferMs,
        // `    (12.34/100%)\r`, each time it has got on.
        onStdout: (text) => {
          const percent = [...text.matchAll(/\((\d+(?:\.\d+)?)\/100%\)/g)].pop()?.[1];
          if (percent === undefined) return;
          moved();
          options.progress(Math.round((total * Number(percent)) / 100), total);
        },
      });
    },
  );
  options.progress(total, total);
}

export async function resizeImage(
  chain: readonly ImageLayer[],
  capacityBytes: number,
  options: { readonly shrink?: boolean; readonly allocate?: boolean },
): Promise<void> {
  await run(
    [
      ...[program, 'resize', '-q'],
      ...(options.shrink === true ? ['--shrink'] : []),
      ...(options.allocate === true ? ['--preallocation=falloc'] : []),
      imageName(chain),
      String(capacityBytes),
    ],
    { timeoutMs: longestTransferMs },
  );
}
