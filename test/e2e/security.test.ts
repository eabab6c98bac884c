import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { ask, askRaw } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';

let launched: LaunchedApp;
let page: Page;

beforeAll(async () => {
  launched = await launchApp();
  page = launched.window;
  await page.getByRole('navigation').first().waitFor();
});
afterAll(async () => {
  await launched.close();
});

/** What the session's protocol handler answers, asked from the main process, where no page's policy applies. */
const fetchStatus = (url: string): Promise<number | string> =>
  launched.app.evaluate(async ({ session }, address) => {
    try {
      return (await session.defaultSession.fetch(address)).status;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }, url);

const openConsoleWindow = async (): Promise<Page> => {
  const shown = launched.app.waitForEvent('window');
  await ask(page, 'window.open-console', {
    uri: 'qemu:///session',
    uuid: '6d3c5d4e-0c0a-4b3f-9a4c-0a2b9d1c7e11',
  });
  return await shown;
};

const dangerous = [
  'nodeIntegration',
  'nodeIntegrationInWorker',
  'nodeIntegrationInSubFrames',
  'webviewTag',
  'allowRunningInsecureContent',
  'experimentalFeatures',
  'navigateOnDragDrop',
];

describe('every window', () => {
  test('is sandboxed and isolated, without Node or webviews', async () => {
    const consoleWindow = await openConsoleWindow();
    const preferences = await launched.app.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => {
        const typed = contents as unknown as { getLastWebPreferences(): Record<string, unknown> };
        return typed.getLastWebPreferences();
      }),
    );
    expect(preferences).toHaveLength(2);
    for (const each of preferences) {
      expect(each).toMatchObject({ sandbox: true, contextIsolation: true, webSecurity: true });
      // What is off may be absent.
      for (const name of dangerous) expect(each[name] ?? false, name).toBe(false);
    }
    await consoleWindow.close();
  });

  test('has nothing of Node or Electron in its page', async () => {
    const found = await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter((name) => name in window),
    );
    expect(found).toEqual([]);
    const bridge = await page.evaluate(() => Object.keys((window as unknown as { vivarium: object }).vivarium));
    expect(bridge.sort()).toEqual(['call', 'pathOf', 'subscribe']);
  });

  test('runs its renderer in Chromium’s sandbox', async () => {
    const sandboxed = await launched.app.evaluate(({ app }) =>
      app
        .getAppMetrics()
        .filter(({ type }) => type === 'Tab')
        .map(({ sandboxed: is }) => is),
    );
    // Only some platforms say; where it is said, it is true.
    expect(sandboxed.every((is) => is !== false)).toBe(true);
    expect(launched.app.process().spawnargs).not.toContain('--no-sandbox');
  });
});

describe('the page’s policy', () => {
  test('is sent with the page and has a new nonce for each load', async () => {
    const policyOf = (): Promise<string> =>
      launched.app.evaluate(async ({ session }) => {
        const answer = await session.defaultSession.fetch('app://bundle/index.html');
        return answer.headers.get('content-security-policy') ?? '';
      });
    const [first, second] = [await policyOf(), await policyOf()];
    expect(first).toContain("default-src 'none'");
    expect(first).toContain("script-src 'self';");
    expect(first).toContain("connect-src 'none'");
    expect(first).not.toContain('unsafe');
    expect(first).not.toBe(second);
  });

  test('refuses inline and generated script, and every connection', async () => {
    const tried = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.head.append(script);
      const attempt = async (act: () => unknown): Promise<string> => {
        try {
          await act();
          return 'allowed';
        } catch {
          return 'refused';
        }
      };
      return {
        inline: 'injected' in window,
        // In a task of the page's own: what a debugger evaluates may generate code.
        generated: await new Promise((resolve) => {
          setTimeout(() => resolve(attempt(() => new Function('return 1')() as unknown)), 0);
        }),
        bundle: await attempt(() => fetch('app://bundle/index.html')),
        network: await attempt(() => fetch('https://example.com/')),
      };
    });
    expect(tried).toEqual({ inline: false, generated: 'refused', bundle: 'refused', network: 'refused' });
  });

  test('is violated by no screen of the application', async () => {
    const violations: string[] = [];
    await page.exposeFunction('reportViolation', (text: string) => violations.push(text));
    await page.evaluate(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const report = (window as unknown as { reportViolation(text: string): void }).reportViolation;
        report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
      });
    });
    for (const place of ['machines', 'create', 'storage', 'performance', 'hosts', 'settings', 'bin']) {
      await page.evaluate((to) => {
        window.location.hash = `/${to}`;
      }, place);
      await page.locator('main h1, main h2, main [role="toolbar"]').first().waitFor();
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    expect(violations).toEqual([]);
  });
});

describe('a page', () => {
  test('can’t go elsewhere, open windows or embed anything', async () => {
    const before = page.url();
    const opened = await page.evaluate(() => {
      const popup = window.open('https://example.com/');
      const frame = document.createElement('iframe');
      frame.src = 'https://example.com/';
      document.body.append(frame);
      window.location.href = 'https://example.com/';
      return popup !== null;
    });
    expect(opened).toBe(false);
    await expect.poll(() => page.evaluate(() => document.readyState)).toBe('complete');
    expect(page.url()).toBe(before);
    expect(await launched.app.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1);
    await page.evaluate(() => document.querySelector('iframe')?.remove());
  });

  test('is refused devices, places, notifications and the clipboard’s contents', async () => {
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi'];
      const ask_ = async (name: string): Promise<string> =>
        (await navigator.permissions.query({ name: name as PermissionName })).state;
      return await Promise.all(names.map(ask_));
    });
    expect(new Set(states)).toEqual(new Set(['denied']));
    const media = await page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'given',
        () => 'refused',
      ),
    );
    expect(media).toBe('refused');
  });

  test('can have only the application’s own sites opened in the browser', async () => {
    const reply = await askRaw(page, 'window.open-external', { url: 'https://example.com/' });
    expect(reply).toMatchObject({ ok: false, error: { code: 'operation-denied' } });
    const file = await askRaw(page, 'window.open-external', { url: 'file:///etc/passwd' });
    expect(file).toMatchObject({ ok: false, error: { code: 'invalid-arg' } });
  });

  test('can write a picture only where the save dialog was answered with', async () => {
    const base64 = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).toString('base64');
    const reply = await askRaw(page, 'window.save-png', { to: '/tmp/unasked.png', base64 });
    expect(reply).toMatchObject({ ok: false, error: { code: 'operation-denied' } });
  });
});

describe('a call', () => {
  test.each(['no.such-call', '__proto__', 'constructor', 'toString', ''])('named %o is not one', async (name) => {
    expect(await askRaw(page, name, {})).toMatchObject({ ok: false, error: { code: 'no-support' } });
  });

  test.each([
    ['domains.state', { uri: 'qemu:///session', uuid: '../../etc/passwd' }],
    ['domains.define', { uri: 'qemu:///session', xml: 'x'.repeat(5 * 1024 * 1024) }],
    ['storage.free-space', { path: 'relative/path' }],
    ['settings.set', { theme: 'blue' }],
    ['window.open-console', { uri: 'qemu:///session' }],
    ['clipboard.write', 42],
    ['jobs.cancel', undefined],
  ])('%s is refused an argument that does not fit', async (name, argument) => {
    expect(await askRaw(page, name, argument)).toMatchObject({ ok: false, error: { code: 'invalid-arg' } });
  });

  test('from contents that are no window of ours is refused, whatever they show', async () => {
    const replies = await launched.app.evaluate(async ({ app, WebContentsView }) => {
      const preload = `${app.getAppPath()}/out/preload/index.cjs`;
      const answers: unknown[] = [];
      for (const url of ['app://bundle/index.html', 'data:text/html,stranger']) {
        const view = new WebContentsView({ webPreferences: { preload, sandbox: true, contextIsolation: true } });
        await view.webContents.loadURL(url);
        answers.push(await view.webContents.executeJavaScript("window.vivarium.call('app.info', {})"));
        view.webContents.close();
      }
      return answers;
    });
    expect(replies).toEqual([
      expect.objectContaining({ ok: false, error: expect.objectContaining({ code: 'operation-denied' }) as unknown }),
      expect.objectContaining({ ok: false, error: expect.objectContaining({ code: 'operation-denied' }) as unknown }),
    ]);
  });
});

describe('the bundle', () => {
  test('is served', async () => {
    expect(await fetchStatus('app://bundle/index.html')).toBe(200);
  });

  test.each([
    'app://bundle/../package.json',
    'app://bundle/..%2f..%2fpackage.json',
    'app://bundle/%2e%2e/%2e%2e/package.json',
    'app://bundle/assets/../../main/index.js',
    'app://bundle//etc/passwd',
    'app://bundle/index.html/',
    'app://bundle/INDEX.HTML',
    'app://bundle/index.html%00.js',
    'app://elsewhere/index.html',
    'app://bundle.elsewhere/index.html',
  ])('has no %s', async (url) => {
    // A host that is not the bundle's is cancelled before it is looked up.
    expect([404, 'net::ERR_BLOCKED_BY_CLIENT']).toContain(await fetchStatus(url));
  });

  test('is all there is: other requests are cancelled', async () => {
    expect(await fetchStatus('https://example.com/')).toBe('net::ERR_BLOCKED_BY_CLIENT');
    expect(await fetchStatus('file:///etc/passwd')).toBe(403);
  });
});
