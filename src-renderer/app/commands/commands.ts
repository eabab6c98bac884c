import { reportError } from '../feedback/notices.ts';
import { useSettings } from '../store/settings-store.ts';
import { CommandRegistry } from './registry.ts';

/** The window's commands. Features add theirs when they are loaded. */
export const commands = new CommandRegistry(reportError);

/** The keys of a command, for a tooltip or a menu. */
export function keysOf(id: string): string | undefined {
  return commands.shortcut(id, useSettings.getState().shortcuts);
}
