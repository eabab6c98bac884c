/** The user's settings: one file, written whole, read tolerantly. */
import { join } from 'node:path';
import { type Settings, settings as schema } from '../../src-shared/contract/app.ts';
import { defaultSettings } from '../../src-shared/contract/default-settings.ts';
import { Emitter } from '../engine/events.ts';
import type { Logger } from '../engine/logger.ts';
import { readIfThere, writeWhole } from '../host/files.ts';

export interface SettingsStore {
  readonly events: Emitter<Settings>;
  get(): Settings;
  set(change: Partial<Settings>): Promise<Settings>;
}

/** A value that is not valid is reported and replaced by its default; the file is only written by `set`. */
export async function openSettings(folder: string, logger: Logger): Promise<SettingsStore> {
  const path = join(folder, 'settings.json');
  const events = new Emitter<Settings>();
  let current = merge(defaultSettings, parse(readIfThere(path), path, logger), path, logger);
  let writing: Promise<void> = Promise.resolve();
  return {
    events,
    get: () => current,
    async set(change) {
      current = { ...current, ...change };
      const text = `${JSON.stringify(current, undefined, 2)}\n`;
      writing = writing.catch(() => undefined).then(() => writeWhole(path, text));
      await writing;
      events.emit(current);
      return current;
    },
  };
}

function parse(text: string | undefined, path: string, logger: Logger): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch (error) {
    logger.log('warn', 'the settings file is not JSON; defaults are used', { path, error });
  }
  return {};
}

function merge(defaults: Settings, found: Record<string, unknown>, path: string, logger: Logger): Settings {
  let merged = defaults;
  for (const [key, value] of Object.entries(found)) {
    const candidate = schema.safeParse({ ...merged, [key]: value });
    if (candidate.success) merged = candidate.data;
    else logger.log('warn', 'a setting is not valid; its default is used', { path, setting: key });
  }
  return merged;
}
