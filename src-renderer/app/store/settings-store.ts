import { create } from 'zustand';
import type { Settings } from '../../../src-shared/contract/app.ts';
import { engine } from '../client.ts';

/** What holds until the engine has said otherwise. */
export const initialSettings: Settings = {
  theme: 'system',
  language: 'system',
  density: 'comfortable',
  reducedMotion: 'system',
  tray: false,
  defaultUri: 'qemu:///session',
  consoleScaling: 'fit',
  consoleResizeGuest: true,
  consoleGrabKeys: true,
  defaultGraphics: 'spice',
  binDays: 30,
  confirmForceOff: true,
  machinesView: 'list',
  firstRunDone: false,
  shortcuts: {},
};

const rememberedAs = 'settings';

export const hasRememberedSettings = (): boolean => localStorage.getItem(rememberedAs) !== null;

/** As they were last time, so that the first paint has the right colours and words. */
function remembered(): Settings {
  const text = localStorage.getItem(rememberedAs);
  if (text === null) return initialSettings;
  try {
    return { ...initialSettings, ...(JSON.parse(text) as Partial<Settings>) };
  } catch {
    return initialSettings;
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
