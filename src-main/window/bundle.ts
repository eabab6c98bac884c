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

/** Answers a request for the scheme. Paths are only ever looked up, never joined. */
export async function serveBundle(manifest: BundleManifest, request: Request): Promise<Response> {
  const found = isAppUrl(request.url) && request.method === 'GET' && manifest.get(new URL(request.url).pathname);
  if (found === false || found === undefined) return new Response('', { status: 404, headers: commonHeaders });
  const body = await readFile(found.file);
  if (!found.type.startsWith('text/html')) {
    return new Response(new Uint8Array(body), { headers: { ...commonHeaders, 'Content-Type': found.type } });
  }
  const nonce = randomBytes(18).toString('base64');
  return new Response(body.toString('utf8').replaceAll(noncePlaceholder, nonce), {
    headers: {
      ...commonHeaders,
      'Content-Type': found.type,
      'Content-Security-Policy': contentSecurityPolicy(nonce),
      // The nonce is good for one load.
      'Cache-Control': 'no-store',
    },
  });
}

const commonHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
