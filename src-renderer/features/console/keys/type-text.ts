/** Types a text as key strokes. */
import { normalised, strokeOf } from './us-layout.ts';

export type PressKey = (code: string, down: boolean) => void;

export interface TypeTextOptions {
  readonly press: PressKey;
  readonly onProgress: (typed: number, total: number) => void;
  readonly signal: AbortSignal;
  /** Between two strokes; guests that poll their keyboard (firmware, boot loaders) lose what comes faster. */
  readonly intervalMs?: number;
}

const defaultIntervalMs = 20;

/**
 * Types what a US keyboard can, leaving out the rest. Ends early, with every key released, when the signal is aborted.
 * Answers how many characters were typed.
 */
export async function typeText(text: string, options: TypeTextOptions): Promise<number> {
  const { press, onProgress, signal, intervalMs = defaultIntervalMs } = options;
  const strokes = [...normalised(text)].flatMap((character) => strokeOf(character) ?? []);
  let shifted = false;
  let typed = 0;
  const setShift = (shift: boolean): void => {
    if (shift === shifted) return;
    press('ShiftLeft', shift);
    shifted = shift;
  };
  try {
    for (const { code, shift } of strokes) {
      if (signal.aborted) break;
      setShift(shift);
      press(code, true);
      press(code, false);
      typed += 1;
      onProgress(typed, strokes.length);
      await pause(intervalMs, signal);
    }
  } finally {
    setShift(false);
  }
  return typed;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
