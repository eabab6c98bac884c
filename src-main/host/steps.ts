/**
 * Changes of the host: planned as data, shown to people, executed, recorded, and undone backwards. A planner makes the
 * list; only a performer touches the host. The same list serves the preview, the executor and the undo.
 */
import type { Step } from './step.ts';
import type { Ledger } from './steps-ledger.ts';

export type { Step } from './step.ts';

/**
 * Carries out one action. It has to be idempotent: after a crash nobody knows how far a list came, so that an inverse
 * may meet a host on which its step was never done.
 */
export interface Performer<A> {
  perform(action: A, signal?: AbortSignal): Promise<void>;
}

/** What could not be undone; everything else was. */
export interface UndoFailure {
  readonly sentence: string;
  readonly cause: unknown;
}

/** Steps that failed, and what that left behind. */
export class StepsError extends Error {
  override readonly name = 'StepsError';
  readonly sentence: string;
  readonly leftBehind: readonly UndoFailure[];

  constructor(sentence: string, thrown: unknown, leftBehind: readonly UndoFailure[]) {
    super(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
    this.sentence = sentence;
    this.leftBehind = leftBehind;
  }
}

/**
 * Does every step, or none. The whole list is in the ledger before the first change, so that whoever comes after a crash
 * can undo it.
 * @throws StepsError when a step fails; those before it are undone then.
 */
export async function applySteps<A>(
  ledger: Ledger<A>,
  performer: Performer<A>,
  owner: string,
  steps: readonly Step<A>[],
  signal?: AbortSignal,
): Promise<void> {
  // Somebody else's record of a shared step knows how the host was before.
  const recorded = steps.map((step) => (step.shared === undefined ? step : (ledger.shared(step.shared) ?? step)));
  await ledger.record(owner, recorded);
  let at = 0;
  try {
    for (const step of recorded) {
      signal?.throwIfAborted();
      const isDone = step.shared !== undefined && ledger.usersOf(step.shared).some((user) => user !== owner);
      if (!isDone) await performer.perform(step.action, signal);
      at += 1;
    }
  } catch (thrown) {
    const sentence = recorded[at]?.sentence ?? '';
    throw new StepsError(sentence, thrown, await undoSteps(ledger, performer, owner));
  }
}

/**
 * Undoes what an owner's list did, backwards. What fails stays in the ledger for a later attempt; the rest is undone all
 * the same.
 */
export async function undoSteps<A>(
  ledger: Ledger<A>,
  performer: Performer<A>,
  owner: string,
): Promise<readonly UndoFailure[]> {
  const failures: UndoFailure[] = [];
  const left: Step<A>[] = [];
  for (const step of [...ledger.steps(owner)].reverse()) {
    const { inverse, shared } = step;
    const isNeeded = shared !== undefined && ledger.usersOf(shared).some((user) => user !== owner);
    if (inverse === undefined || isNeeded) continue;
    try {
      await performer.perform(inverse.action);
    } catch (cause) {
      failures.push({ sentence: inverse.sentence, cause });
      left.unshift(step);
    }
  }
  if (left.length === 0) await ledger.forget(owner);
  else await ledger.record(owner, left);
  return failures;
}
