import { useEffect, useRef } from 'react';
import { confirm, type Question } from '../feedback/confirm.tsx';
import { reportError } from '../feedback/notices.ts';
import { go } from '../routes.ts';
import { guardPlace } from '../use-place.ts';

export interface LeaveGuard {
  /** Whether there is something to lose. */
  readonly changed: boolean;
  /** A place of the same page, whose other tabs keep the edit. */
  readonly keeps: (address: string) => boolean;
  readonly question: () => Question;
  readonly discard: () => void;
}

/** Asks before a page with an edit under way is left, and goes where it was to go when the answer is yes. */
export function useLeaveGuard(guarded: LeaveGuard): void {
  const latest = useRef(guarded);
  useEffect(() => {
    latest.current = guarded;
  });
  useEffect(
    () =>
      guardPlace((wanted) => {
        const { changed, keeps, question, discard } = latest.current;
        if (!changed || keeps(wanted)) return false;
        confirm(question()).then((sure) => {
          if (!sure) return;
          latest.current = { ...latest.current, changed: false };
          discard();
          go(wanted);
        }, reportError);
        return true;
      }),
    [],
  );
}
