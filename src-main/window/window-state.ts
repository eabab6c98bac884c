/** How large a window was, kept for the next time. A file that can't be read is as good as none. */
import { join } from 'node:path';
import { readIfThere, writeWhole } from '../host/files.ts';

export type WindowKind = 'main' | 'console';

/** In pixels. */
export interface WindowSize {
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

interface Stored extends Partial<Readonly<Record<WindowKind, WindowSize>>> {
  readonly dark?: boolean;
}

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

/** By hand: this is read before the first window is shown, and compiling a schema would take longer than all the rest. */
function parse(text: string | undefined): Stored {
  let found: unknown;
  try {
    found = JSON.parse(text ?? '{}');
  } catch {
    return {}; // Torn: only sizes are lost.
  }
  if (typeof found !== 'object' || found === null) return {};
  const { main, console, dark } = found as Readonly<Record<string, unknown>>;
  return {
    ...(isSize(main) ? { main } : {}),
    ...(isSize(console) ? { console } : {}),
    ...(typeof dark === 'boolean' ? { dark } : {}),
  };
}

function isSize(value: unknown): value is WindowSize {
  if (typeof value !== 'object' || value === null) return false;
  const { width, height, maximized } = value as Readonly<Record<string, unknown>>;
  return isLength(width, 200) && isLength(height, 150) && typeof maximized === 'boolean';
}

const isLength = (value: unknown, least: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= 20_000;
