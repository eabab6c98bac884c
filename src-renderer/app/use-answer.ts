import { useCallback, useEffect, useState } from 'react';
import type { ErrorData } from '../../src-shared/errors.ts';
import { errorDataOf } from './client.ts';
import { useEngineRound } from './store/engine-round.ts';

export interface Answer<T> {
  readonly value: T | undefined;
  readonly error: ErrorData | undefined;
  /** Asks again; what is shown stays until the new answer is there. */
  readonly reload: () => void;
}

/**
 * A question asked when a screen opens, again when `key` changes, and when something announced says that the answer is
 * another now. Answers to earlier keys are dropped.
 */
export function useAnswer<T>(key: string | undefined, ask: () => Promise<T>): Answer<T> {
  const [state, setState] = useState<{
    readonly key?: string | undefined;
    readonly value?: T;
    readonly error?: ErrorData;
  }>({});
  const [round, setRound] = useState(0);
  const engineRound = useEngineRound();
  useEffect(() => {
    if (key === undefined) return;
    let current = true;
    ask().then(
      (value) => {
        if (current) setState({ key, value });
      },
      (thrown: unknown) => {
        if (current) setState({ key, error: errorDataOf(thrown) });
      },
    );
    return () => {
      current = false;
    };
    // `ask` is made anew with each rendering and is what `key` says.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, round, engineRound]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const isCurrent = state.key === key;
  return { value: isCurrent ? state.value : undefined, error: isCurrent ? state.error : undefined, reload };
}
