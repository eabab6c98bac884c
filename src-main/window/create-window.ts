/** The only place where a window is made, so that every window has the same security preferences. */
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appHost, appScheme } from '../ipc/electron-origin.ts';
import type { WindowKind, WindowState } from './window-state.ts';

const preload = (): string => join(app.getAppPath(), 'out/preload/index.cjs');

export interface WindowOptions {
  readonly kind: WindowKind;
  /** The route after the `#`. */
  readonly route: string;
  readonly title: string;
  readonly state: WindowState;
  readonly icon?: string;
  /** Called when its size could not be kept. */
  readonly onStateError: (error: unknown) => void;
}

export function createWindow(options: WindowOptions): BrowserWindow {
  const { kind, state } = options;
  const wanted = state.size(kind);
  const available = screen.getDisplayNearestPoint(screen.getCursorScreenPoint()).workAreaSize;
  const dark = state.dark ?? nativeTheme.shouldUseDarkColors;
  const window = new BrowserWindow({
    width: Math.min(wanted.width, available.width),
    height: Math.min(wanted.height, available.height),
    minWidth: 480,
    minHeight: 320,
    title: options.title,
    backgroundColor: dark ? '#16181d' : '#f7f8fa',
    autoHideMenuBar: true,
    ...(options.icon !== undefined && existsSync(options.icon) ? { icon: options.icon } : {}),
    webPreferences: {
      preload: preload(),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
      // A console's picture and a guest's serial output go on while another window covers this one.
      backgroundThrottling: kind === 'main',
      v8CacheOptions: 'bypassHeatCheck',
    },
  });
  if (wanted.maximized) window.maximize();
  window.removeMenu();
  keepSize(window, options);
  // The page was not loaded only when the window was closed meanwhile; a broken page reports itself.
  window.loadURL(`${appScheme}://${appHost}/index.html#${options.route}`).catch((error: unknown) => {
    if (!window.isDestroyed()) throw error;
  });
  return window;
}

function keepSize(window: BrowserWindow, { kind, state, onStateError }: WindowOptions): void {
  let timer: NodeJS.Timeout | undefined;
  const keep = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    const { width, height } = window.getNormalBounds();
    state.remember({ [kind]: { width, height, maximized: window.isMaximized() } }).catch(onStateError);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(keep, 500);
  };
  window.on('resize', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', keep);
}
