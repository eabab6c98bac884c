/**
 * Changes of the host's interfaces, made as a whole or not at all, and taken back unless somebody says that they may stay.
 * One at a time: this is the side that executes, an engine of root's or the privileged helper.
 */
import type { PendingChange } from '../../../src-shared/model/interface-summary.ts';
import { say } from '../../../src-shared/words.ts';
import type { Logger } from '../../engine/logger.ts';
import { type Performer, StepsError, type UndoFailure } from '../../host/steps.ts';
import type { InterfaceAction } from './actions.ts';
import { changeFailed, fileChanged, interfaceError } from './errors.ts';
import { type InterfaceRecord, outlivesBoot, type StandingEntry } from './record.ts';
import type { KeeperSteps } from './keepers/keeper.ts';
import type { InterfaceStep } from './plan-live.ts';

export interface ChangeParts {
  readonly record: InterfaceRecord;
  readonly performer: Performer<InterfaceAction>;
  readonly logger: Logger;
  /** Told after each change, and when one is taken back by itself. */
  readonly changed: () => void;
  /** Starts what takes a change back when this process is gone by its deadline. */
  readonly guard?: () => void;
}

/** What a change is, besides its steps. */
export interface ChangeOptions {
  readonly kind: 'bridge' | 'unbridge';
  /** Who has it done. */
  readonly by: string;
  readonly bridge: string;
  readonly device: string;
  /** Until it is rolled back; kept at once when absent. */
  readonly confirmSeconds?: number;
  /** Whether what was reached before is reached after: what does not come true takes the change back. */
  readonly isConnected?: () => Promise<boolean>;
}

export class InterfaceChanges {
  readonly #parts: ChangeParts;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ChangeParts) {
    this.#parts = parts;
  }

  pending(): PendingChange | undefined {
    const entry = this.#parts.record.read();
    if (entry === undefined) return undefined;
    const { kind, bridge, device, startedMs, deadlineMs } = entry;
    return {
      ...{ kind, startedMs },
      ...(bridge === undefined ? {} : { bridge }),
      ...(device === undefined ? {} : { device }),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    };
  }

  /** After a start: what was half done is taken back, what stands goes on until its time is over. */
  async recover(): Promise<void> {
    await this.#alone(async () => {
      const { record, logger } = this.#parts;
      const entry = record.read();
      if (entry === undefined) return;
      if (entry.state === 'keeping') {
        logger.log('warn', 'A change of interfaces was being kept; the rest is done now.');
        return await this.#keep(entry);
      }
      const isOfThisBoot = entry.boot === record.boot;
      const isOver = entry.deadlineMs !== undefined && entry.deadlineMs <= Date.now();
      if (isOfThisBoot && entry.state === 'standing' && !isOver) return this.#arm(entry.deadlineMs);
      logger.log('warn', 'A change of interfaces was left; it is rolled back.', {
        kind: entry.kind,
        state: entry.state,
      });
      await this.#takeBack(entry);
    });
  }

  async begin(by: string): Promise<void> {
    await this.#alone(async () => {
      const { record } = this.#parts;
      if (record.read() !== undefined)
        throw interfaceError('operation-invalid', say`there is another transaction running.`);
      const { boot } = record;
      await record.write({
        ...{ kind: 'changes', state: 'standing', boot, startedMs: Date.now(), steps: [], keep: [], by },
      });
      this.#parts.changed();
    });
  }

  async commit(): Promise<void> {
    await this.#alone(async () => {
      const entry = this.#parts.record.read();
      if (entry === undefined) {
        throw interfaceError('operation-invalid', say`no transaction running, nothing to be committed.`);
      }
      await this.#keep(entry);
    });
  }

  async rollback(): Promise<void> {
    await this.#alone(async () => {
      const entry = this.#parts.record.read();
      if (entry === undefined) {
        throw interfaceError('operation-invalid', say`no transaction running, nothing to rollback.`);
      }
      const [failure] = await this.#takeBack(entry);
      if (failure === undefined) return;
      throw interfaceError(
        'operation-failed',
        say`Not everything could be rolled back.`,
        {
          cause: say`${failure.sentence} ${String(failure.cause)}`,
          fix: say`Roll back again; what is done stays done.`,
        },
        failure.cause,
      );
    });
  }

  /** Makes steps about an interface that join an open change, or are final at once. */
  async make(name: string, by: string, plan: () => Promise<readonly InterfaceStep[]>): Promise<void> {
    await this.#alone(async () => {
      const { record } = this.#parts;
      const open = record.read();
      if (open !== undefined && open.kind !== 'changes') throw busy();
      const steps = await plan();
      const { boot } = record;
      const before: StandingEntry = open ?? {
        ...{ kind: 'changes', state: 'standing', boot, startedMs: Date.now(), steps: [], keep: [], by, name },
      };
      const entry = { ...before, steps: [...before.steps, ...steps] };
      await this.#apply(entry, steps, open);
      if (open === undefined) await this.#keep(entry);
      this.#parts.changed();
    });
  }

  /** Makes a change that stands until it is kept. */
  async attempt(plan: () => Promise<KeeperSteps>, options: ChangeOptions): Promise<PendingChange | undefined> {
    return await this.#alone(async () => {
      const { record } = this.#parts;
      if (record.read() !== undefined) throw busy();
      const { now, keep } = await plan();
      const { kind, by, bridge, device, confirmSeconds, isConnected } = options;
      const startedMs = Date.now();
      const entry: StandingEntry = {
        ...{ kind, by, bridge, device, startedMs, boot: record.boot, steps: now, keep, state: 'standing' },
        ...(confirmSeconds === undefined ? {} : { deadlineMs: startedMs + confirmSeconds * 1000 }),
      };
      await this.#apply(entry, now, undefined);
      if (isConnected !== undefined && !(await isConnected())) {
        await this.#takeBack(entry);
        throw interfaceError('operation-failed', say`The bridge '${bridge}' was made and rolled back.`, {
          cause: say`The gateway that answered over ${device} does not answer over ${bridge}.`,
        });
      }
      if (confirmSeconds === undefined) {
        await this.#keep(entry);
        return undefined;
      }
      // The time is the user's: making it is not part of it.
      const standing = { ...entry, deadlineMs: Date.now() + confirmSeconds * 1000 };
      await record.write(standing);
      this.#arm(standing.deadlineMs);
      this.#parts.changed();
      return this.pending();
    });
  }

  /**
   * Takes back what was kept, by the inverses that are recorded of it.
   * @param first what is done before
   * @param files what is in the files of who keeps the host's configuration, at present
   * @returns what could not be taken back, and stays recorded
   */
  async undoKept(
    owner: string,
    first: readonly InterfaceStep[],
    files: (path: string) => string | undefined,
  ): Promise<readonly UndoFailure[]> {
    return await this.#alone(async () => {
      const { record, performer, changed } = this.#parts;
      const kept = record.find(owner);
      if (kept === undefined) return [];
      const failures: UndoFailure[] = [];
      for (const { action, sentence } of first) {
        try {
          await performer.perform(action);
        } catch (cause) {
          failures.push({ sentence, cause });
        }
      }
      for (const { action, inverse } of [...kept.steps].reverse()) {
        if (inverse === undefined) continue;
        try {
          if (action.verb === 'file-write' && files(action.path) !== action.content) throw fileChanged(action.path);
          await performer.perform(inverse.action);
        } catch (cause) {
          failures.push({ sentence: inverse.sentence, cause });
        }
      }
      if (failures.length === 0) await record.forget(owner);
      changed();
      return failures;
    });
  }

  /** Lets go without a word: the guard, or the next start, does what is left. */
  close(): void {
    clearTimeout(this.#timer);
  }

  /** Does the steps, all or none; the record knows every one before the first. */
  async #apply(
    entry: StandingEntry,
    steps: readonly InterfaceStep[],
    before: StandingEntry | undefined,
  ): Promise<void> {
    const { record, performer, guard } = this.#parts;
    await record.write({ ...entry, state: before === undefined ? 'applying' : 'standing' });
    if (entry.kind !== 'changes') guard?.();
    let at = 0;
    try {
      for (const { action } of steps) {
        await performer.perform(action);
        at += 1;
      }
    } catch (thrown) {
      const sentence = steps[at]?.sentence ?? '';
      const failures = await this.#undo(steps);
      if (failures.length === 0) await (before === undefined ? record.clear() : record.write(before));
      this.#parts.changed();
      throw changeFailed(new StepsError(sentence, thrown, failures));
    }
    await record.write(entry);
  }

  async #keep(entry: StandingEntry): Promise<void> {
    const { record, performer } = this.#parts;
    clearTimeout(this.#timer);
    await record.write({ ...entry, state: 'keeping' });
    let at = 0;
    try {
      for (const { action } of entry.keep) {
        await performer.perform(action);
        at += 1;
      }
    } catch (thrown) {
      // It works and was wanted, but would not last: it goes on standing, and can be rolled back.
      const failures = await this.#undo(entry.keep);
      const { deadlineMs: _, ...standing } = entry;
      await record.write({ ...standing, state: 'standing' });
      this.#parts.changed();
      throw changeFailed(new StepsError(entry.keep[at]?.sentence ?? '', thrown, failures));
    }
    await record.keep(entry);
    await record.clear();
    this.#parts.changed();
  }

  async #takeBack(entry: StandingEntry): Promise<readonly UndoFailure[]> {
    const { record, logger } = this.#parts;
    clearTimeout(this.#timer);
    const isOfThisBoot = entry.boot === record.boot;
    const steps = isOfThisBoot ? entry.steps : entry.steps.filter(({ action }) => outlivesBoot(action));
    const failures = await this.#undo(steps);
    for (const { sentence, cause } of failures)
      logger.log('error', 'It could not be rolled back.', { sentence, cause });
    if (failures.length === 0) await record.clear();
    this.#parts.changed();
    return failures;
  }

  /** Backwards; what fails does not keep the rest from being undone. */
  async #undo(steps: readonly InterfaceStep[]): Promise<readonly UndoFailure[]> {
    const failures: UndoFailure[] = [];
    for (const { inverse } of [...steps].reverse()) {
      if (inverse === undefined) continue;
      try {
        await this.#parts.performer.perform(inverse.action);
      } catch (cause) {
        failures.push({ sentence: inverse.sentence, cause });
      }
    }
    return failures;
  }

  #arm(deadlineMs: number | undefined): void {
    clearTimeout(this.#timer);
    if (deadlineMs === undefined) return;
    const { logger } = this.#parts;
    const end = async (): Promise<void> => {
      await this.#alone(async () => {
        const entry = this.#parts.record.read();
        // Somebody kept it, or took it back, at the last moment.
        if (entry?.deadlineMs !== deadlineMs || entry.state !== 'standing') return;
        logger.log('warn', 'Nobody kept the change of interfaces; it is rolled back.', { kind: entry.kind });
        await this.#takeBack(entry);
      });
    };
    this.#timer = setTimeout(
      () => {
        end().catch((error: unknown) =>
          logger.log('error', 'The change of interfaces could not be rolled back.', { error }),
        );
      },
      Math.max(0, deadlineMs - Date.now()),
    );
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return await turn;
  }
}

const busy = (): Error =>
  interfaceError('operation-invalid', say`there is another transaction running.`, {
    fix: say`Keep it, or roll it back, first.`,
  });
