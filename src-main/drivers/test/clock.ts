/** How long a pretended guest has run: it stands still while the guest is paused. */
export class RunClock {
  readonly #now: () => number;
  #passedMs = 0;
  #sinceMs: number | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get seconds(): number {
    return (this.#passedMs + (this.#sinceMs === undefined ? 0 : this.#now() - this.#sinceMs)) / 1000;
  }

  run(): void {
    this.#sinceMs ??= this.#now();
  }

  stop(): void {
    this.#passedMs = this.seconds * 1000;
    this.#sinceMs = undefined;
  }
}
