/** Something that happens in a few seconds unless it is undone. */
export interface DelayedAction {
  cancel(): void;
}

/** Runs `action` once after `delayMs`, unless cancelled before. */
export function delayed(
  delayMs: number,
  action: () => void,
  timers: Pick<typeof globalThis, 'setTimeout' | 'clearTimeout'> = globalThis,
): DelayedAction {
  const timer = timers.setTimeout(action, delayMs);
  return { cancel: () => timers.clearTimeout(timer) };
}
