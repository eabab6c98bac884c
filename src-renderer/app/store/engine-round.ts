/** Which engine in a row this window uses: what was asked of an earlier one is asked again. */
import { create } from 'zustand';

const useRound = create<number>()(() => 0);

export const nextRound = (): void => useRound.setState((round) => round + 1, true);

/** As a dependency of what asks the engine once. */
export const useEngineRound = (): number => useRound();
