/**
 * Fetches a file over HTTP(S), on from where an earlier attempt stopped. What arrived is kept in the cache with what the
 * server said of it, and is continued only when the server still has the same file.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { VirError } from '../../src-shared/errors.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { privateFolder, readIfThere, removeIfThere, writeWhole } from '../host/files.ts';
import { requireSpace } from '../storage/disk-space.ts';
import { explain } from '../storage/errors.ts';
import { version } from '../version.ts';

export interface DownloadOptions {
  readonly url: string;
  /** Where unfinished downloads are kept. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total?: number) => void;
  /** How long the server may say nothing; a minute unless told. */
  readonly silenceMs?: number;
}

const mostRedirects = 8;
const defaultSilenceMs = 60_000;
const keptMs = 7 * 24 * 3_600_000;

/** What identifies the version of the file on the server. */
interface Mark {
  readonly url: string;
  readonly validator?: string;
}

/**
 * @returns the path of the complete file. The caller moves it away and calls `forgetDownload`; until then asking again
 *   gives the same file without fetching it again.
 * @throws VirError `http-error` with the server's words, `operation-aborted`, or `system-error` for the disk's
 */
export async function download(options: DownloadOptions): Promise<string> {
  const { url, folder, signal } = options;
  await privateFolder(folder);
  await removeAbandoned(folder);
  const { path, markPath } = pathsOf(folder, url);
  const have = await sizeOf(path);
  const mark = readMark(markPath, url);
  const resume = have > 0 && mark?.validator !== undefined ? { from: have, validator: mark.validator } : undefined;
  try {
    const response = await get(options, url, resume, 0);
    const continues = response.statusCode === 206 && startsAt(response) === resume?.from;
    if (response.statusCode === 416) {
      // Our copy is of this very file, as the condition held, and nothing lies beyond it.
      response.destroy();
      if (lengthAt(response) === have) return path;
      await forgetDownload(folder, url);
      return await download(options);
    }
    const from = continues ? have : 0;
    const left = Number(response.headers['content-length'] ?? Number.NaN);
    const total = Number.isSafeInteger(left) ? from + left : undefined;
    if (total !== undefined) await requireSpace(folder, total - from, nameOf(url));
    await writeMark(markPath, { url, ...validatorOf(response) });
    await receive(response, path, from, total, options);
    return path;
  } catch (thrown) {
    signal.throwIfAborted();
    // A full disk is not kept full.
    if ((thrown as NodeJS.ErrnoException).code === 'ENOSPC') await forgetDownload(folder, url);
    throw explain(thrown, say`'${url}' can't be downloaded.`, nameOf(url), folder);
  }
}

/** Removes what is kept of a download. */
export async function forgetDownload(folder: string, url: string): Promise<void> {
  const { path, markPath } = pathsOf(folder, url);
  await rm(path, { force: true });
  await rm(markPath, { force: true });
}

function pathsOf(folder: string, url: string): { readonly path: string; readonly markPath: string } {
  const key = createHash('sha256').update(url).digest('hex').slice(0, 32);
  return { path: join(folder, `${key}.part`), markPath: join(folder, `${key}.json`) };
}

/** Downloads nobody has gone on with for a week. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{32}\.(?:part|json)$/.test(name)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > keptMs) await rm(path, { force: true });
  }
}

async function receive(
  response: IncomingMessage,
  path: string,
  from: number,
  total: number | undefined,
  { signal, progress, url }: DownloadOptions,
): Promise<void> {
  let done = from;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      done += chunk.length;
      progress(done, total);
      callback(undefined, chunk);
    },
  });
  const target = createWriteStream(path, { flags: from > 0 ? 'r+' : 'w', start: from, mode: 0o600 });
  try {
    await pipeline(response, count, target, { signal });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ETIMEDOUT') throw thrown;
    throw httpError(url, say`The connection broke off after ${done} bytes.`, say`Try again: it goes on from there.`);
  }
  if (total !== undefined && done !== total) {
    throw httpError(url, say`Only ${done} of ${total} bytes came.`, say`Try again: it goes on from there.`);
  }
  const file = await open(path, 'r+');
  try {
    // What an earlier, longer attempt may have left behind the end.
    await file.truncate(done);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function get(
  options: DownloadOptions,
  url: string,
  resume: { readonly from: number; readonly validator: string } | undefined,
  redirects: number,
): Promise<IncomingMessage> {
  const response = await ask(options, url, {
    'user-agent': `vivarium/${version}`,
    accept: '*/*',
    // Bytes as they are stored: lengths and ranges mean those.
    'accept-encoding': 'identity',
    ...(resume === undefined ? {} : { range: `bytes=${resume.from}-`, 'if-range': resume.validator }),
  });
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
    response.destroy();
    if (redirects >= mostRedirects)
      throw httpError(options.url, say`It leads from one address to the next without end.`);
    const next = new URL(headers.location, url);
    if (next.protocol !== 'https:' && !(next.protocol === 'http:' && url.startsWith('http:'))) {
      throw httpError(options.url, say`It leads to '${next.protocol}//…', which is not followed from here.`);
    }
    return await get(options, next.href, resume, redirects + 1);
  }
  if (statusCode === 200 || statusCode === 206 || (statusCode === 416 && resume !== undefined)) return response;
  response.destroy();
  throw httpError(
    options.url,
    `The server says: ${statusCode} ${response.statusMessage ?? ''}`.trim(),
    statusCode === 404 ? say`Check the address.` : undefined,
  );
}

async function ask(
  { url: original, signal, silenceMs = defaultSilenceMs }: DownloadOptions,
  url: string,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  const { protocol } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') throw httpError(original, say`'${protocol}' is no web address.`);
  return await new Promise((resolve, reject) => {
    const send = protocol === 'https:' ? httpsRequest : httpRequest;
    const request: ClientRequest = send(url, { headers, signal }, resolve);
    request.setTimeout(silenceMs, () =>
      request.destroy(httpError(original, say`The server was silent for ${Math.round(silenceMs / 1000)} s.`)),
    );
    request.on('error', (thrown) => reject(thrown instanceof VirError ? thrown : unreachable(original, thrown)));
    request.end();
  });
}

/** What `If-Range` accepts: a strong entity tag, else the date. */
function validatorOf({ headers }: IncomingMessage): { readonly validator?: string } {
  const { etag, 'last-modified': modified } = headers;
  if (etag !== undefined && !etag.startsWith('W/')) return { validator: etag };
  return modified === undefined ? {} : { validator: modified };
}

/** `bytes ∗/LENGTH`, by which a server says how long the file is. */
function lengthAt({ headers }: IncomingMessage): number | undefined {
  const length = /^bytes \*\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  return length === undefined ? undefined : Number(length);
}

function startsAt({ headers }: IncomingMessage): number | undefined {
  const start = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

function readMark(path: string, url: string): Mark | undefined {
  try {
    const text = readIfThere(path);
    const mark = text === undefined ? undefined : (JSON.parse(text) as Partial<Mark>);
    return mark?.url === url
      ? { url, ...(mark.validator === undefined ? {} : { validator: mark.validator }) }
      : undefined;
  } catch {
    // Damaged: then it begins anew.
    removeIfThere(path);
    return undefined;
  }
}

async function writeMark(path: string, mark: Mark): Promise<void> {
  await writeWhole(path, JSON.stringify(mark));
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw thrown;
  }
}

function nameOf(url: string): string {
  const last = new URL(url).pathname.split('/').pop() ?? '';
  return last === '' ? url : last;
}

function httpError(url: string, cause: Sentence, fix?: Sentence): VirError {
  return new VirError({
    code: 'http-error',
    domain: 'none',
    message: say`'${url}' can't be downloaded.`,
    cause,
    ...(fix === undefined ? {} : { fix }),
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'There is no such host.',
  EAI_AGAIN: 'The name can’t be looked up: there is no network, or no name server.',
  ECONNREFUSED: 'The host refuses connections.',
  ECONNRESET: 'The server broke the connection off.',
  ETIMEDOUT: 'The host does not answer.',
  ENETUNREACH: 'The network can’t be reached.',
  EHOSTUNREACH: 'The host can’t be reached.',
};

function unreachable(url: string, thrown: Error): Error {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'ABORT_ERR') return thrown;
  const cause = (code === undefined ? undefined : reasons[code]) ?? thrown.message;
  return new VirError(
    { code: 'http-error', domain: 'none', message: say`'${url}' can't be downloaded.`, cause },
    { cause: thrown },
  );
}
