import { createElement, lazy } from 'react';
import { showDialog } from '../feedback/dialogs.tsx';
import { onCommand } from '../feed.ts';
import { t } from '../i18n.ts';
import { go, paths, sections } from '../routes.ts';
import { startCreating } from '../store/create-start.ts';
import { changeSettings, useSettings } from '../store/settings-store.ts';
import { commands } from './commands.ts';
import { obeyFromOutside } from './outside.ts';
import type { Command } from './registry.ts';

const Palette = lazy(() => import('./palette.tsx'));
const ShortcutSheet = lazy(() => import('./shortcut-sheet.tsx'));

let paletteOpen = false;

async function openPalette(): Promise<void> {
  if (paletteOpen) return;
  paletteOpen = true;
  const chosen = await showDialog<() => void>((close) => createElement(Palette, { close }));
  paletteOpen = false;
  chosen?.();
}

const places: readonly Command[] = sections.map((section, index) => ({
  id: `go.${section}`,
  group: 'go',
  title: () => t(`nav.${section}`),
  shortcut: `Ctrl+${index + 1}`,
  run: () => go(paths[section]),
}));

const others: readonly Command[] = [
  { id: 'go.settings', group: 'go', title: () => t('nav.settings'), shortcut: 'Ctrl+,', run: () => go(paths.settings) },
  { id: 'go.bin', group: 'go', title: () => t('nav.bin'), run: () => go(paths.bin) },
  {
    id: 'create.machine',
    group: 'create',
    title: () => t('commands.createMachine'),
    shortcut: 'Ctrl+N',
    run: (path) => {
      startCreating(path === undefined ? undefined : { path });
    },
  },
  {
    id: 'application.palette',
    group: 'application',
    title: () => t('commands.palette'),
    shortcut: 'Ctrl+K',
    hidden: true,
    run: openPalette,
  },
  {
    id: 'application.shortcuts',
    group: 'application',
    title: () => t('commands.shortcuts'),
    shortcut: '?',
    run: async () => {
      await showDialog<void>((close) => createElement(ShortcutSheet, { close }));
    },
  },
  {
    id: 'view.density',
    group: 'view',
    title: () => t('commands.density'),
    run: () => changeSettings({ density: useSettings.getState().density === 'compact' ? 'comfortable' : 'compact' }),
  },
  ...(['system', 'light', 'dark', 'high-contrast'] as const).map(
    (theme): Command => ({
      id: `view.theme.${theme}`,
      group: 'view',
      title: () => t(`commands.theme.${theme}`),
      run: () => changeSettings({ theme }),
    }),
  ),
];

export function addApplicationCommands(): void {
  commands.add(...places, ...others);
  onCommand(obeyFromOutside);
}
