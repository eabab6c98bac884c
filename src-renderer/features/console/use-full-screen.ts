/** The window on the whole display. Asked of the window, not of the page: Escape is the guest's. */
import { useEffect } from 'react';
import { engine } from '../../app/client.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { useIsFullScreen } from '../../app/store/full-screen.ts';

/** Chromium's way to be given the desktop's own keys; it works on the whole display only. */
interface KeyboardLock {
  lock(): Promise<void>;
  unlock(): void;
}

const keyboardLock = (): KeyboardLock | undefined => (navigator as { readonly keyboard?: KeyboardLock }).keyboard;

export function useFullScreen(allKeys: boolean): readonly [boolean, (on: boolean) => void] {
  const full = useIsFullScreen();
  useEffect(() => {
    if (!full || !allKeys) return undefined;
    // A desktop that does not give its keys away keeps them; nothing else depends on it.
    keyboardLock()
      ?.lock()
      .catch(() => undefined);
    return () => keyboardLock()?.unlock();
  }, [full, allKeys]);
  const set = (on: boolean): void => {
    engine.call('window.set-fullscreen', { on }).catch(reportError);
  };
  return [full, set];
}
