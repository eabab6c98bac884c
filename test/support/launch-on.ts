import type { Page } from 'playwright-core';
import type { Settings } from '../../src-shared/contract/app.ts';
import { type AppHome, createHome } from './app-home.ts';
import { writeSettings } from './app-settings.ts';
import { launchApp, type LaunchedApp } from './electron.ts';

export interface OpenedApp {
  readonly home: AppHome;
  readonly launched: LaunchedApp;
  readonly page: Page;
  /** What its page has thrown or logged as an error so far. */
  readonly errors: readonly string[];
  /** Quits the application and removes its home. */
  close(): Promise<void>;
}

/** The application in a new home, in English and light, on one connection. */
export async function launchOn(uri: string, settings: Partial<Settings> = {}): Promise<OpenedApp> {
  const home = createHome();
  writeSettings(home, { defaultUri: uri, language: 'en', theme: 'light', ...settings });
  const launched = await launchApp({ home });
  const page = launched.window;
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return {
    home,
    launched,
    page,
    errors,
    async close() {
      await launched.close();
      home.dispose();
    },
  };
}
