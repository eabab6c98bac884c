/** Text being typed into a guest: how far it is, and stopping it. */
import { useEffect, useRef, useState } from 'react';
import { reportError } from '../../app/feedback/notices.ts';
import { type PressKey, typeText } from './keys/type-text.ts';
import type { TypingOrder } from './type-text-dialog.tsx';

export interface Typing {
  /** Absent while nothing is typed. */
  readonly progress: { readonly typed: number; readonly total: number } | undefined;
  start(order: TypingOrder, press: PressKey): void;
  stop(): void;
}

const slowIntervalMs = 120;

export function useTyping(): Typing {
  const [progress, setProgress] = useState<Typing['progress']>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  return {
    progress,
    start({ text, slow }, press) {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      const { signal } = controller;
      typeText(text, {
        press,
        signal,
        onProgress: (typed, total) => !signal.aborted && setProgress({ typed, total }),
        ...(slow ? { intervalMs: slowIntervalMs } : {}),
      })
        .catch(reportError)
        .finally(() => {
          if (running.current === controller) setProgress(undefined);
        })
        .catch(reportError);
    },
    stop: () => {
      running.current?.abort();
      setProgress(undefined);
    },
  };
}
