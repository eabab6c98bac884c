/** Short messages at the edge of the window: what was done, with Undo; what failed, with its four parts at hand. */
import { create } from 'zustand';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { errorDataOf } from '../client.ts';
import { errorText } from '../host-words.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'ok' | 'danger';
  readonly text: string;
  readonly error?: ErrorData;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** When it began to count down to something, and for how long. */
  readonly countdownMs?: number;
  /** Absent: stays until dismissed. */
  readonly timeoutMs?: number;
}

export const useNotices = create<{ readonly notices: readonly Notice[] }>()(() => ({ notices: [] }));

const shownAtMost = 4;
let nextId = 1;

export function notify(notice: Omit<Notice, 'id'>): number {
  const id = nextId;
  nextId += 1;
  useNotices.setState(({ notices }) => ({ notices: [...notices, { ...notice, id }].slice(-shownAtMost) }));
  return id;
}

export function dismiss(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** For the end of a promise chain: shows what went wrong. The same failure twice in a row is one notice. */
export function reportError(thrown: unknown): void {
  const error = errorDataOf(thrown);
  const known = useNotices.getState().notices.find((notice) => notice.error?.message === error.message);
  if (known !== undefined) dismiss(known.id);
  notify({ tone: 'danger', text: errorText(error).message, error, timeoutMs: 15_000 });
}
