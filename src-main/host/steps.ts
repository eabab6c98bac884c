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
  /**
   * Carries out several with the same result as one after another, as fast as it can. When it fails, any of them may or
   * may not have been done; doing them one by one then tells which can't be.
   */
  performAll?(actions: readonly A[], signal?: AbortSignal): Promise<void>;
}

/** @returns whether all of it was done; else any part of it may have been. */
async function doneTogether<A>(performer: Performer<A>, actions: readonly A[], signal?: AbortSignal): Promise<boolean> {
  if (performer.performAll === undefined || actions.length < 2) return false;
  try {
    await performer.performAll(actions, signal);
    return true;
  } catch {
    // Every action may be done twice, and each says itself what is wrong with it.
    return false;
  }
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
  const isOfOthers = ({ shared }: Step<A>): boolean =>
    shared !== undefined && ledger.usersOf(shared).some((user) => user !== owner);
  const needed = recorded.filter((step) => !isOfOthers(step));
  const actions = needed.map(({ action }) => action);
  if (signal?.aborted !== true && (await doneTogether(performer, actions, signal))) return;
  let at = 0;
  try {
    for (const action of actions) {
      signal?.throwIfAborted();
      await performer.perform(action, signal);
      at += 1;
    }
  } catch (thrown) {
    const sentence = needed[at]?.sentence ?? '';
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
  const undone = ledger
    .steps(owner)
    .toReversed()
    .flatMap((step) => {
      const { inverse, shared } = step;
      const isNeeded = shared !== undefined && ledger.usersOf(shared).some((user) => user !== owner);
      return inverse === undefined || isNeeded ? [] : [{ step, inverse }];
    });
  const isDone = await doneTogether(
    performer,
    undone.map(({ inverse }) => inverse.action),
  );
  for (const { step, inverse } of isDone ? [] : undone) {
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
