/** Serves the built renderer with the application's own policy, and opens it in a browser with the fake engine. */
import { build as bundle } from 'esbuild';
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { contentSecurityPolicy } from '../../../src-main/window/policy.ts';
import type { FakeOptions } from './fake-engine.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

export interface Harness {
  readonly url: string;
  /** Prepares a page before it goes to `url`. */
  install(page: Page, options?: Partial<FakeOptions>): Promise<void>;
  close(): void;
}

export async function startHarness(): Promise<Harness> {
  const folder = join(root, 'out/renderer-harness');
  const fake = await bundle({
    entryPoints: [join(root, 'test/support/renderer-harness/fake-engine.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'chrome130',
  });
  const script = fake.outputFiles[0]?.text ?? '';
  const server: Server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const name = path === '/' ? '/index.html' : path;
    readFile(join(folder, name)).then(
      (body) => {
        response.setHeader('Content-Type', types[extname(name)] ?? 'application/octet-stream');
        if (name === '/index.html') response.setHeader('Content-Security-Policy', contentSecurityPolicy('test-nonce'));
        response.end(name === '/index.html' ? body.toString().replaceAll('__CSP_NONCE__', 'test-nonce') : body);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the harness has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async install(page, options = {}) {
      const all: FakeOptions = { machines: 40, settings: {}, jobs: false, checks: 'ok', broken: false, ...options };
      const settings = JSON.stringify(all.settings);
      await page.addInitScript({
        content: `window.fakeOptions = ${JSON.stringify(all)}; localStorage.setItem('settings', JSON.stringify(${settings}));\n${script}`,
      });
    },
    close: () => {
      server.close();
    },
  };
}
