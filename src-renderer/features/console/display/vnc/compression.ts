/**
 * Whether pixels come compressed or as they are.
 *
 * Every byte of a picture is copied four times on its way from QEMU to the canvas, so that compressing is worth it even
 * on one host, as long as it makes little of much: text, windows, plain areas. Pictures and films become hardly smaller,
 * and take QEMU longer to compress than to send. What a guest shows is only found out by trying.
 */
export type Transfer = 'compressed' | 'plain';

const bytesPerPixel = 4;
/** Smaller updates tell nothing, and cost little either way. */
const tellingPixels = 128 * 128;
/** Compressed to more than this part of its size, it had better come as it is. */
const worthIt = 1 / 3;
/** Until compressing is tried again; twice as long each time that it was in vain. */
const firstPauseMs = 2_000;
const longestPauseMs = 60_000;

export class Compression {
  readonly #now: () => number;
  #transfer: Transfer = 'compressed';
  #pauseMs = firstPauseMs;
  #pausedAt = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** An update was received: its pixels, and the bytes of those that came compressed. Answers how the next should come. */
  received({ pixels, bytes }: { readonly pixels: number; readonly bytes: number }): Transfer {
    if (this.#transfer === 'plain') {
      if (this.#now() - this.#pausedAt >= this.#pauseMs) this.#transfer = 'compressed';
    } else if (pixels >= tellingPixels) {
      if (bytes <= pixels * bytesPerPixel * worthIt) {
        this.#pauseMs = firstPauseMs;
      } else {
        this.#transfer = 'plain';
        this.#pausedAt = this.#now();
        this.#pauseMs = Math.min(2 * this.#pauseMs, longestPauseMs);
      }
    }
    return this.#transfer;
  }
}
