/** What holds until the user says otherwise. Apart from the contract's schemas, which the window does not load. */
import type { Settings } from './app.ts';

export const defaultSettings: Settings = {
  theme: 'system',
  language: 'system',
  density: 'comfortable',
  reducedMotion: 'system',
  tray: false,
  notifications: true,
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
  hosts: [],
  listenTls: { on: false, address: '0.0.0.0', port: 16_514, pki: '', passwords: false, allowedNames: [] },
  listenTcp: { on: false, address: '127.0.0.1', port: 16_509 },
};
