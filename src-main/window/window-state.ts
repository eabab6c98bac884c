/** How large a window was, kept for the next time. A file that can't be read is as good as none. */
import { join } from 'node:path';
import * as z from 'zod';
import { readIfThere, writeWhole } from '../host/files.ts';

const size = z.object({
  width: z.number().int().min(200).max(20_000),
  height: z.number().int().min(150).max(20_000),
  maximized: z.boolean(),
});
const stored = z.object({ main: size.optional(), console: size.optional(), dark: z.boolean().optional() });

export type WindowKind = 'main' | 'console';
export type WindowSize = z.output<typeof size>;
type Stored = z.output<typeof stored>;

const initial: Readonly<Record<WindowKind, WindowSize>> = {
  main: { width: 1280, height: 800, maximized: false },
  console: { width: 1064, height: 872, maximized: false },
};

export interface WindowState {
  size(kind: WindowKind): WindowSize;
  /** Whether the last theme was dark: what colour a window has before its page is drawn. */
  readonly dark: boolean | undefined;
  remember(change: Stored): Promise<void>;
}

export function windowState(stateFolder: string): WindowState {
  const path = join(stateFolder, 'window.json');
  let current = parse(readIfThere(path));
  let written = Promise.resolve();
  return {
    size: (kind) => current[kind] ?? initial[kind],
    get dark() {
      return current.dark;
    },
    remember(change) {
      current = { ...current, ...change };
      const text = `${JSON.stringify(current, undefined, 2)}\n`;
      // One after the other, the newest last; an earlier failure was its own caller's to hear of.
      written = written.catch(() => undefined).then(() => writeWhole(path, text));
      return written;
    },
  };
}

function parse(text: string | undefined): Stored {
  if (text === undefined) return {};
  try {
    return stored.parse(JSON.parse(text));
  } catch {
    return {}; // Torn or from another version: only sizes are lost.
  }
}
