/**
 * The images below an image. A chain is resolved here, file by file from their own headers, and QEMU is given every
 * layer with its format, so that it never follows a name or recognises a format by itself: the header of an image is
 * written by whoever had the image before, and a guest can write one into its raw disk.
 */
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { VirError, type ErrorCode } from '../../src-shared/errors.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { inspectImage, type BackingReference, type ImageHeader } from './image-header.ts';

export interface ImageReference {
  readonly path: string;
  /** QEMU's name of the format; `iso` counts as raw. */
  readonly format: string;
}

/** One image of a chain, the top first. */
export interface ImageLayer extends ImageReference {
  readonly virtualSizeBytes: number;
  /** What the file takes on disk. */
  readonly allocatedBytes: number;
}

/** How drivers ask for a chain. Rejects with a `VirError` that names the layer. */
export type BackingChainResolver = (image: ImageReference) => Promise<readonly ImageLayer[]>;

export interface ChainOptions {
  /** libvirt's limit, unless told. */
  readonly maxDepth?: number;
  readonly inspect?: typeof inspectImage;
}

const defaultMaxDepth = 200;

/** Follows an image down to the last one it needs. */
export async function resolveBackingChain(
  image: ImageReference,
  { maxDepth = defaultMaxDepth, inspect = inspectImage }: ChainOptions = {},
): Promise<readonly ImageLayer[]> {
  const layers: ImageLayer[] = [];
  const seen = new Set<string>();
  let next: ImageReference | undefined = image;
  let above: string | undefined;
  while (next !== undefined) {
    const { path, format }: ImageReference = next;
    if (layers.length >= maxDepth) {
      throw refuse(
        image.path,
        say`Its chain of backing images is longer than ${maxDepth}.`,
        say`Commit or flatten it.`,
      );
    }
    const { header, stats } = await look(path, above, inspect);
    const identity = `${stats.dev}:${stats.ino}`;
    if (seen.has(identity)) {
      throw refuse(image.path, say`The backing images form a loop: '${path}' appears twice.`, say`Rebase one of them.`);
    }
    seen.add(identity);
    const isRaw = format === 'raw' || format === 'iso';
    const size = header.format === 'raw' || header.format === 'iso' || !isRaw ? header.virtualSizeBytes : stats.size;
    layers.push({ path, format, virtualSizeBytes: size, allocatedBytes: stats.blocks * 512 });
    if (isRaw) break;
    check(path, format, header);
    next = header.backing === undefined ? undefined : await below(path, header.backing, inspect);
    above = path;
  }
  return layers;
}

async function look(
  path: string,
  above: string | undefined,
  inspect: typeof inspectImage,
): ReturnType<typeof inspectImage> {
  try {
    return await inspect(path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const cause =
      code === 'ENOENT' ? 'There is no such file.' : code === 'EACCES' ? 'It may not be read.' : String(thrown);
    throw new VirError(
      {
        code: 'system-error',
        domain: 'storage',
        message:
          above === undefined
            ? say`The image '${path}' can't be opened.`
            : say`The backing image '${path}' of '${above}' can't be opened.`,
        cause,
        ...(above === undefined
          ? {}
          : { fix: say`Put it back, or tell '${above}' its new place with qemu-img rebase -u.` }),
      },
      { cause: thrown },
    );
  }
}

/** Refuses an image whose header does not keep the promise of the definition, or that needs more than is listed. */
function check(path: string, format: string, header: ImageHeader): void {
  if (header.format !== format) {
    throw refuse(
      path,
      say`It is said to be ${format}, but its header is that of ${article(header.format)} image.`,
      say`Correct the format, if the image is to be trusted.`,
    );
  }
  if (header.problem !== undefined) throw refuse(path, header.problem);
  for (const file of header.dataFiles ?? []) {
    if (header.format === 'vmdk' && staysInside(file)) continue;
    throw refuse(
      path,
      file === ''
        ? say`Its data is in another file that it does not name.`
        : say`Its data is in another file, '${file}', which is not followed.`,
      say`Convert it to one file where it was made.`,
    );
  }
}

const article = (format: string): string => (/^[aeiou]/.test(format) ? `an ${format}` : `a ${format}`);

/** The extents of a split disk lie beside its descriptor; any other place is not the image's business. */
function staysInside(name: string): boolean {
  const clean = normalize(name);
  return name !== '' && !isAbsolute(clean) && !clean.startsWith('..') && !name.includes('\0');
}

async function below(path: string, backing: BackingReference, inspect: typeof inspectImage): Promise<ImageReference> {
  const local = localImage(backing.reference);
  if (local === undefined) {
    throw refuse(
      path,
      say`Its backing image '${backing.reference}' is not a local file.`,
      say`Copy the backing image here.`,
    );
  }
  const target = isAbsolute(local.path) ? local.path : join(dirname(path), local.path);
  const format = backing.format ?? local.format;
  if (format !== undefined) return { path: target, format };
  // As libvirt does: without a recorded format only raw is safe to assume, and only where nothing else is recognised.
  const { header } = await look(target, path, inspect);
  if (header.format === 'raw' || header.format === 'iso') return { path: target, format: 'raw' };
  throw refuse(
    path,
    say`It does not record the format of its backing image '${target}', which looks like ${header.format}.`,
    say`If that is right, record it: qemu-img rebase -u -b '${backing.reference}' -F ${header.format} '${path}'`,
  );
}

/**
 * The file a backing reference means, with its format where the reference itself says it; undefined when it is anything
 * but a plain local file. The syntaxes are QEMU's: `path`, `file:path`, `json:{…}`, and `protocol:…`, which is refused.
 */
export function localImage(reference: string): { readonly path: string; readonly format?: string } | undefined {
  if (reference.startsWith('json:')) return jsonImage(reference.slice(5));
  if (reference.startsWith('file:')) return { path: reference.slice(5).replace(/^\/\/(?=\/)/, '') };
  return reference === '' || /^[^/:]*:/.test(reference) ? undefined : { path: reference };
}

/** `{"driver":"qcow2","file":{"driver":"file","filename":"…"}}`, nested or flat. Any other option changes the meaning. */
function jsonImage(text: string): { readonly path: string; readonly format?: string } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: not a place we know.
    return undefined;
  }
  const { driver, file, ...flat } = plainObject(value);
  const inner = file === undefined ? flatFile(driver === 'file' ? value : flat) : plainObject(file);
  const { driver: protocol, filename, ...rest } = inner;
  if (file !== undefined && Object.keys(flat).length > 0) return undefined;
  if (typeof filename !== 'string' || Object.keys(rest).length > 0) return undefined;
  if (protocol !== undefined && protocol !== 'file') return undefined;
  return { path: filename, ...(typeof driver === 'string' && driver !== 'file' ? { format: driver } : {}) };
}

const plainObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

/** `file.filename` and `file.driver` as members without their prefix. */
const flatFile = (value: unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(plainObject(value)).map(([key, item]) => [key.replace(/^file\./, ''), item]));

function refuse(path: string, cause: Sentence, fix?: Sentence, code: ErrorCode = 'operation-invalid'): VirError {
  return new VirError({
    code,
    domain: 'storage',
    message: say`The image '${path}' can't be used.`,
    cause,
    ...(fix === undefined ? {} : { fix }),
  });
}
