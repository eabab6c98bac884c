/** Looks now and then whether guests have got the addresses that their filters wait for. */
import type { Logger } from '../../engine/logger.ts';

export interface LearnerParts {
  readonly logger: Logger;
  /** @returns whether to look again */
  readonly look: () => Promise<boolean>;
}

/** A guest waits this long, at most, between its lease and its first packet. */
const pauseMs = 500;

export class Learner {
  readonly #parts: LearnerParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: LearnerParts) {
    this.#parts = parts;
  }

  /** Looks from now on, for as long as there is something to look for. */
  watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#parts.look().then(this.#looked, (thrown: unknown) => {
        this.#parts.logger.log('warn', "A guest's address could not be given to its network filter.", {
          cause: thrown,
        });
        this.#looked(true);
      });
    }, pauseMs).unref();
  }

  readonly #looked = (again: boolean): void => {
    this.#timer = undefined;
    if (again) this.watch();
  };
}
