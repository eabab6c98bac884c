/** The last `capacity` numbers of a series; NaN where nothing was measured. */
export class Ring {
  readonly capacity: number;
  readonly #values: Float32Array;
  #next = 0;
  #length = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#values = new Float32Array(capacity).fill(NaN);
  }

  get length(): number {
    return this.#length;
  }

  get last(): number {
    return this.at(this.#length - 1);
  }

  push(value: number | undefined): void {
    this.#values[this.#next] = value ?? NaN;
    this.#next = (this.#next + 1) % this.capacity;
    this.#length = Math.min(this.#length + 1, this.capacity);
  }

  /** Oldest first; NaN outside. */
  at(index: number): number {
    if (index < 0 || index >= this.#length) return NaN;
    return this.#values[(this.#next - this.#length + index + this.capacity) % this.capacity] ?? NaN;
  }
}
