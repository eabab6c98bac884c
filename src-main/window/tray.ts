/** The optional icon in the desktop's tray: shows the window, or quits. Machines are not touched by either. */
import { Menu, nativeImage, Tray } from 'electron';
import type { Labels } from './labels.ts';

export interface TrayActions {
  readonly show: () => void;
  readonly newMachine: () => void;
  readonly quit: () => void;
}

const iconPixels = 22;

export function createTray(icon: string, words: Labels, actions: TrayActions): Tray {
  const tray = new Tray(nativeImage.createFromPath(icon).resize({ width: iconPixels, height: iconPixels }));
  tray.setToolTip('Vivarium');
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: words.show, click: actions.show },
      { label: words.newMachine, click: actions.newMachine },
      { type: 'separator' },
      { label: words.quit, click: actions.quit },
    ]),
  );
  tray.on('click', actions.show);
  return tray;
}
