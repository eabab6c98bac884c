import { useEffect, useRef } from 'react';
import { confirm, type Question } from '../feedback/confirm.tsx';
import { reportError } from '../feedback/notices.ts';
import { go } from '../routes.ts';

export interface LeaveGuard {
  /** Whether there is something to lose. */
  readonly changed: boolean;
  /** A place of the same page, whose other tabs keep the edit. */
  readonly keeps: (hash: string) => boolean;
  readonly question: () => Question;
  readonly discard: () => void;
}

const hashOf = (url: string): string => new URL(url).hash.slice(1);

/**
 * Asks before a page with an edit under way is left. The address has changed by the time anyone is told, so it is put
 * back, and changed again when the answer is yes.
 */
export function useLeaveGuard(guarded: LeaveGuard): void {
  const latest = useRef(guarded);
  useEffect(() => {
    latest.current = guarded;
  });
  useEffect(() => {
    const guard = (event: HashChangeEvent): void => {
      const { changed, keeps, question, discard } = latest.current;
      const wanted = hashOf(event.newURL);
      if (!changed || keeps(wanted)) return;
      event.stopImmediatePropagation();
      window.history.replaceState(null, '', event.oldURL);
      confirm(question()).then((sure) => {
        if (!sure) return;
        latest.current = { ...latest.current, changed: false };
        discard();
        go(wanted);
      }, reportError);
    };
    window.addEventListener('hashchange', guard, { capture: true });
    return () => window.removeEventListener('hashchange', guard, { capture: true });
  }, []);
}
