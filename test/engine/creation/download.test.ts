/** Downloads from a server of our own that can break off, change its mind and lie. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDownload } from '../../../src-main/creation/check-download.ts';
import { download, forgetDownload } from '../../../src-main/creation/download.ts';
import { errorOf } from '../../support/errors.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));

let folder: string;
let server: Server;
let base: string;
let requests: IncomingMessage['headers'][];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-download-'));
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.headers);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** A server that can continue, as long as the file is the same. */
function serve(bytes: Buffer, etag: string, breakAfter = Number.POSITIVE_INFINITY) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { range, 'if-range': condition } = request.headers;
    const from = condition === etag ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
    if (from > 0 && from >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      'content-length': bytes.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    const part = bytes.subarray(from, Math.min(bytes.length, breakAfter));
    if (from + part.length === bytes.length) response.end(part);
    else response.write(part, () => setTimeout(() => response.destroy(), 50));
  };
}

const fetch = async (path = '/image.iso', rest: { signal?: AbortSignal; silenceMs?: number } = {}) => {
  const progress: [number, number | undefined][] = [];
  const file = await download({
    url: base + path,
    folder,
    signal: new AbortController().signal,
    progress: (done, total) => progress.push([done, total]),
    ...rest,
  });
  return { file, progress };
};

describe('download', () => {
  it('fetches a file with progress, privately', async () => {
    answer = serve(content, '"1"');
    const { file, progress } = await fetch();
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(progress.at(-1)).toEqual([content.length, content.length]);
    expect(requests[0]?.['accept-encoding']).toBe('identity');
  });

  it('goes on where it broke off', async () => {
    answer = serve(content, '"1"', 100_000);
    expect((await errorOf(fetch())).data.cause).toContain('100000');
    answer = serve(content, '"1"');
    const { file } = await fetch();
    expect(requests[1]).toMatchObject({ range: 'bytes=100000-', 'if-range': '"1"' });
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('begins anew when the file on the server is another one now', async () => {
    answer = serve(content, '"1"', 100_000);
    await errorOf(fetch());
    const changed = Buffer.alloc(50_000, 9);
    answer = serve(changed, '"2"');
    expect(readFileSync((await fetch()).file).equals(changed)).toBe(true);
  });

  it('does not fetch again what is complete, until it is forgotten', async () => {
    answer = serve(content, '"1"');
    await fetch();
    const again = await fetch();
    expect(readFileSync(again.file).equals(content)).toBe(true);
    expect(again.progress).toEqual([]);
    await forgetDownload(folder, `${base}/image.iso`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('begins anew when the server cannot say whether the file is the same', async () => {
    answer = (_request, response) => response.writeHead(200).end('first');
    await fetch();
    answer = (_request, response) => response.writeHead(200).end('second');
    expect(readFileSync((await fetch()).file, 'utf8')).toBe('second');
    expect(requests[1]?.range).toBeUndefined();
  });

  it('can be cancelled, and goes on later', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { etag: '"1"', 'content-length': content.length });
      response.write(content.subarray(0, 1000));
    };
    const controller = new AbortController();
    const running = fetch('/image.iso', { signal: controller.signal });
    const ended = running.then(
      () => 'done',
      (thrown: unknown) => thrown,
    );
    await expect.poll(() => requests.length).toBe(1);
    controller.abort(new Error('cancelled by the test'));
    expect(await ended).toMatchObject({ message: 'cancelled by the test' });
  });

  it('follows redirects, but not for ever, and not to other kinds of addresses', async () => {
    answer = (request, response) => {
      if (request.url === '/image.iso') response.writeHead(302, { location: '/elsewhere' }).end();
      else serve(content, '"1"')(request, response);
    };
    expect(readFileSync((await fetch()).file).length).toBe(content.length);
    answer = (_request, response) => response.writeHead(302, { location: '/image2.iso' }).end();
    expect((await errorOf(fetch('/image2.iso'))).data.cause).toContain('without end');
    answer = (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    expect((await errorOf(fetch('/image3.iso'))).data.cause).toContain('file:');
  });

  it("tells the server's words, its silence, and that it is not there", async () => {
    answer = (_request, response) => response.writeHead(404).end();
    expect(await errorOf(fetch())).toMatchObject({
      code: 'http-error',
      data: { cause: 'The server says: 404 Not Found' },
    });
    answer = () => undefined;
    expect((await errorOf(fetch('/silent', { silenceMs: 100 }))).data.cause).toContain('silent');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect((await errorOf(fetch())).data.cause).toContain('refuses');
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  it('refuses before it begins what does not fit', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 2 ** 52 });
      response.write('x');
    };
    expect((await errorOf(fetch())).data.cause).toContain('missing');
  });
});

describe('checkDownload', () => {
  it.each([
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
    ['gzip', Buffer.from([0x1f, 0x8b, 8])],
    ['web page', Buffer.from('\n<!DOCTYPE html><html>')],
    ['neither', Buffer.from('hello')],
  ])('names %s', async (word, bytes) => {
    const path = join(folder, 'file');
    writeFileSync(path, bytes);
    const unknown = { path, kind: 'unknown', format: 'raw', sizeBytes: bytes.length } as const;
    const error = await errorOf(checkDownload(path, 'http://x/y', () => Promise.resolve(unknown)));
    expect(error.data.cause).toContain(word);
  });
});
