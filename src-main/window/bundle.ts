/** `app://bundle/…`: the files of the built renderer, and no others. */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { isAppUrl } from '../ipc/electron-origin.ts';
import { contentSecurityPolicy } from './policy.ts';

interface BundledFile {
  readonly file: string;
  readonly type: string;
}

/** The files that exist, by the path of their URL. Fixed when the application starts. */
export type BundleManifest = ReadonlyMap<string, BundledFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** In a page, the place of this load's style nonce: `<meta property="csp-nonce" content="…">`. */
const noncePlaceholder = '__CSP_NONCE__';

export function readManifest(root: string): BundleManifest {
  const manifest = new Map<string, BundledFile>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    manifest.set(file.slice(root.length).replaceAll('\\', '/'), { file, type });
  }
  return manifest;
}

/** What Electron's buffer protocols are answered with. */
export interface BundleAnswer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly data: Buffer;
}

/** Answers a request for the scheme. Paths are only ever looked up, never joined. */
export async function serveBundle(manifest: BundleManifest, url: string, method: string): Promise<BundleAnswer> {
  const found = isAppUrl(url) && method === 'GET' ? manifest.get(new URL(url).pathname) : undefined;
  if (found === undefined) return { statusCode: 404, headers: commonHeaders, data: Buffer.alloc(0) };
  const data = await readFile(found.file);
  const headers = { ...commonHeaders, 'Content-Type': found.type };
  if (!found.type.startsWith('text/html')) return { statusCode: 200, headers, data };
  const nonce = randomBytes(18).toString('base64');
  return {
    statusCode: 200,
    data: Buffer.from(data.toString('utf8').replaceAll(noncePlaceholder, nonce)),
    headers: {
      ...headers,
      'Content-Security-Policy': contentSecurityPolicy(nonce),
      // The nonce is good for one load.
      'Cache-Control': 'no-store',
    },
  };
}

const commonHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
