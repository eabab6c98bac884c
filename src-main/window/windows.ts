/** The windows there are: one main window, and at most one console window a machine. */
import { app, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import type { ContractEvent } from '../../src-shared/contract/index.ts';
import type { Logger } from '../engine/logger.ts';
import { clientIdOf, type ElectronTransport } from '../ipc/electron-transport.ts';
import type { ConsoleWindowRequest } from './calls.ts';
import { createWindow } from './create-window.ts';
import type { WindowState } from './window-state.ts';

export const iconPath = (): string => join(app.getAppPath(), 'assets/icons/256x256.png');

export interface Windows {
  /** Shows the main window, making it if there is none. */
  showMain(): BrowserWindow;
  /** Shows a machine's console window, making it if there is none. */
  showConsole(request: ConsoleWindowRequest, title: string): void;
  /** Tells the main window, showing it. */
  announce(event: ContractEvent): void;
  /** Tells every window, where it is. */
  tell(event: ContractEvent): void;
  byClient(clientId: string): BrowserWindow | undefined;
}

export function windows(transport: ElectronTransport, state: WindowState, logger: Logger): Windows {
  let main: BrowserWindow | undefined;
  const consoles = new Map<string, BrowserWindow>();
  const onStateError = (error: unknown): void => {
    logger.log('warn', 'the window size could not be kept', { error });
  };
  const raise = (window: BrowserWindow): void => {
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  const open = (kind: 'main' | 'console', route: string, title: string): BrowserWindow => {
    const window = createWindow({ kind, route, title, state, icon: iconPath(), onStateError });
    transport.attach(window.webContents);
    // Electron's pages do not learn it from `display-mode`.
    const tellFull = (argument: 'on' | 'off') => () => {
      transport.announce(window.webContents, { channel: 'command', command: 'full-screen', argument });
    };
    window.on('enter-full-screen', tellFull('on'));
    window.on('leave-full-screen', tellFull('off'));
    return window;
  };
  const all = (): readonly BrowserWindow[] =>
    [...(main === undefined ? [] : [main]), ...consoles.values()].filter((window) => !window.isDestroyed());
  const showMain = (): BrowserWindow => {
    if (main !== undefined) {
      raise(main);
      return main;
    }
    main = open('main', '/', app.getName());
    main.once('closed', () => {
      main = undefined;
    });
    return main;
  };
  return {
    showMain,
    showConsole({ uri, uuid, alias }, title) {
      const key = `${uri} ${uuid}`;
      const known = consoles.get(key);
      if (known !== undefined) {
        raise(known);
        return;
      }
      const query = new URLSearchParams({ uri, uuid, ...(alias === undefined ? {} : { alias }) });
      const window = open('console', `/console?${query.toString()}`, title);
      consoles.set(key, window);
      window.once('closed', () => consoles.delete(key));
    },
    announce(event) {
      transport.announce(showMain().webContents, event);
    },
    tell(event) {
      for (const window of all()) transport.announce(window.webContents, event);
    },
    byClient: (clientId) => all().find((window) => clientIdOf(window.webContents) === clientId),
  };
}
