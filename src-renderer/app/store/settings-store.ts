import { create } from 'zustand';
import type { Settings } from '../../../src-shared/contract/app.ts';
import { defaultSettings } from '../../../src-shared/contract/default-settings.ts';
import { engine } from '../client.ts';

const rememberedAs = 'settings';

export const hasRememberedSettings = (): boolean => localStorage.getItem(rememberedAs) !== null;

/** As they were last time, so that the first paint has the right colours and words. */
function remembered(): Settings {
  const text = localStorage.getItem(rememberedAs);
  if (text === null) return defaultSettings;
  try {
    return { ...defaultSettings, ...(JSON.parse(text) as Partial<Settings>) };
  } catch {
    return defaultSettings;
  }
}

export const useSettings = create<Settings>()(() => remembered());

export function acceptSettings(settings: Settings): void {
  localStorage.setItem(rememberedAs, JSON.stringify(settings));
  useSettings.setState(settings);
}

/** Shows a change at once; the engine stores it and tells every window. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const before = useSettings.getState();
  acceptSettings({ ...before, ...change });
  try {
    acceptSettings(await engine.call('settings.set', change));
  } catch (error) {
    acceptSettings(before);
    throw error;
  }
}
