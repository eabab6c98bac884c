import { once } from 'node:events';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { createHome, type AppHome } from './app-home.ts';
import { currentStage } from './stage.ts';

const quitTimeoutMs = 20_000;

export interface LaunchOptions {
  /** Arguments after the application's folder. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The program that starts Electron, in the place of the stage's own. */
  readonly program?: string;
  /** The home of an earlier launch, to come back to. Whoever made it disposes of it. */
  readonly home?: AppHome;
}

export interface LaunchedApp {
  readonly app: ElectronApplication;
  /** The first window, once it has loaded. */
  readonly window: Page;
  readonly home: AppHome;
  /** What the application has written to its standard error so far. */
  stderr(): string;
  /** Ends the application the hard way, as a crash would; guests and the home stay. */
  kill(): Promise<void>;
  /** Quits the application; removes the home if this launch made it. */
  close(): Promise<void>;
}

/**
 * Starts the built application in real Electron on the run's private display, with Chromium's sandbox on, as a user
 * that is not root and in a home of its own.
 */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const stage = currentStage();
  const home = options.home ?? createHome();
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    DISPLAY: process.env['DISPLAY'] ?? '',
    LANG: 'C.UTF-8',
    ...home.env,
    ...options.env,
  };
  let said = '';
  try {
    const app = await _electron.launch({
      executablePath: options.program ?? stage.electron,
      args: ['-r', stage.loader, stage.app, ...(options.args ?? [])],
      chromiumSandbox: true,
      cwd: home.folder,
      env,
      timeout: 60_000,
    });
    const child = app.process();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const window = await app.firstWindow({ timeout: 60_000 });
    await window.waitForLoadState('domcontentloaded');
    const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
    return {
      app,
      window,
      home,
      stderr: () => said,
      kill: async () => {
        if (hasEnded()) return;
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      },
      close: async () => {
        try {
          if (hasEnded()) return;
          const quit = once(child, 'exit', { signal: AbortSignal.timeout(quitTimeoutMs) });
          await Promise.all([quit, app.close()]);
        } catch (cause) {
          child.kill('SIGKILL');
          throw new Error(`the application did not quit in ${quitTimeoutMs / 1000} s:\n${said.slice(-4000)}`, {
            cause,
          });
        } finally {
          if (options.home === undefined) home.dispose();
        }
      },
    };
  } catch (error) {
    if (options.home === undefined) home.dispose();
    throw new Error(`the application did not open a window${said === '' ? '' : `:\n${said.slice(-4000)}`}`, {
      cause: error,
    });
  }
}
