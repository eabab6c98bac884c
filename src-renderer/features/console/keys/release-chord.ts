/**
 * The chord that always gives the keyboard back: Ctrl and Alt pressed together and let go, with no other key between.
 * With another key (Ctrl+Alt+T) they are the guest's.
 */
const sideOf = (code: string): 'ctrl' | 'alt' | undefined =>
  code.startsWith('Control') ? 'ctrl' : code === 'AltLeft' ? 'alt' : undefined;

export class ReleaseChord {
  readonly #down = new Set<string>();
  #spoiled = false;

  /** Follows a key; true when it completes the chord. */
  key(code: string, down: boolean): boolean {
    if (down) {
      this.#down.add(code);
      if (sideOf(code) === undefined) this.#spoiled = true;
      return false;
    }
    const complete = !this.#spoiled && sideOf(code) !== undefined && this.#holds('ctrl') && this.#holds('alt');
    this.#down.delete(code);
    if (this.#down.size === 0 || complete) this.reset();
    return complete;
  }

  reset(): void {
    this.#down.clear();
    this.#spoiled = false;
  }

  #holds(side: 'ctrl' | 'alt'): boolean {
    return [...this.#down].some((code) => sideOf(code) === side);
  }
}
