/** RC4, which DIGEST-MD5 can't do without and today's crypto libraries leave out. */
export class Rc4 {
  readonly #state = Uint8Array.from({ length: 256 }, (_, index) => index);
  #i = 0;
  #j = 0;

  constructor(key: Uint8Array) {
    const state = this.#state;
    for (let i = 0, j = 0; i < 256; i += 1) {
      const own = state[i] ?? 0;
      j = (j + own + (key[i % key.length] ?? 0)) & 255;
      state[i] = state[j] ?? 0;
      state[j] = own;
    }
  }

  /** Goes on where it stopped; the same both ways. */
  apply(bytes: Uint8Array): Buffer {
    const state = this.#state;
    const out = Buffer.allocUnsafe(bytes.length);
    let i = this.#i;
    let j = this.#j;
    for (let index = 0; index < bytes.length; index += 1) {
      i = (i + 1) & 255;
      const own = state[i] ?? 0;
      j = (j + own) & 255;
      const other = state[j] ?? 0;
      state[i] = other;
      state[j] = own;
      out[index] = (bytes[index] ?? 0) ^ (state[(own + other) & 255] ?? 0);
    }
    this.#i = i;
    this.#j = j;
    return out;
  }
}
