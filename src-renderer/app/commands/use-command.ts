import { useEffect, useRef } from 'react';
import { commands } from './commands.ts';
import type { Command } from './registry.ts';

/** A command that exists while its component is shown. What it runs is always the latest rendering's. */
export function useShortcutCommand(command: Command): void {
  const latest = useRef(command);
  useEffect(() => {
    latest.current = command;
  });
  const { id } = command;
  useEffect(() => {
    const { isEnabled: _enabled, run: _run, ...fixed } = latest.current;
    return commands.add({
      ...fixed,
      isEnabled: () => latest.current.isEnabled?.() !== false,
      run: (argument) => latest.current.run(argument),
    });
  }, [id]);
}
