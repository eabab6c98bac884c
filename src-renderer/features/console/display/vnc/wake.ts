/**
 * Keeps QEMU from dozing while the user waits for an answer.
 *
 * QEMU's VNC server looks at the guest's screen every 30 ms while it changes, and more and more seldom (up to every 2 s)
 * while it doesn't. Any input message sets the interval back to 30 ms, but the look it causes comes before the guest has
 * drawn anything, and the next only 80 ms later (`vnc_refresh` in ui/vnc.c). So after an input the server is nudged
 * until pixels came, with a message that means nothing to the guest.
 */
export interface Clock {
  now(): number;
  setTimeout(act: () => void, ms: number): number;
  clearTimeout(timer: number): void;
}

const nudgeIntervalMs = 8;
const patienceMs = 120;
/** The first picture after an input may have been on its way before it; the second was not. */
const picturesAwaited = 2;

const windowClock: Clock = {
  now: () => performance.now(),
  setTimeout: (act, ms) => window.setTimeout(act, ms),
  clearTimeout: (timer) => window.clearTimeout(timer),
};

export class Wake {
  readonly #nudge: () => void;
  readonly #clock: Clock;
  #timer: number | undefined;
  #untilMs = 0;
  #pictures = 0;

  constructor(nudge: () => void, clock: Clock = windowClock) {
    this.#nudge = nudge;
    this.#clock = clock;
  }

  /** The user did something that the guest may answer with pixels. */
  input(): void {
    this.#untilMs = this.#clock.now() + patienceMs;
    this.#pictures = 0;
    if (this.#timer === undefined) this.#arm();
  }

  /** The guest's screen changed. */
  picture(): void {
    this.#pictures += 1;
    if (this.#pictures >= picturesAwaited) this.stop();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      if (this.#clock.now() > this.#untilMs) return;
      this.#nudge();
      this.#arm();
    }, nudgeIntervalMs);
  }
}
