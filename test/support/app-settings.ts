import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../src-shared/contract/app.ts';
import type { AppHome } from './app-home.ts';
import { appUser } from './stage.ts';

/** What a user had chosen before: settings the application finds when it starts in this home. */
export function writeSettings(home: AppHome, settings: Partial<Settings>): void {
  const config = join(home.folder, '.config');
  const folder = join(config, 'vivarium');
  const file = join(folder, 'settings.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(settings));
  if (appUser === undefined) return;
  for (const path of [config, folder, file]) chownSync(path, appUser.uid, appUser.gid);
}
