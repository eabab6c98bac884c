/**
 * What is on the display, read from the X server's own frame buffer: no program that is measured can claim to have drawn
 * what is not there.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startXvfb } from '../support/xvfb.ts';

const bytesPerPixel = 4;
const wordBytes = 4;
/** Numbers of the words of an XWD file's header that are used here (XWDFile.h). */
const header = { size: 0, width: 4, height: 5, bytesPerLine: 12, colours: 19, words: 25 };
const colourBytes = 12;

const pollMs = 4;
/** A picture is done when as many of its pixels are there: less than a row of a list is missing. Figures may go on. */
const enough = 0.97;
/** Any window has more; the pointer alone has less. */
const somethingPixels = 300;
/** Rows that are looked at; every row would cost more than what is measured. */
const rowsRead = 64;

/** The pixels by which a finished picture is known: edges of letters, icons and frames. */
export interface Picture {
  readonly rows: readonly { readonly y: number; readonly columns: readonly number[]; readonly colours: Uint32Array }[];
  readonly pixels: number;
  /** Its commonest colour, and on how many of the pixels looked at it is. */
  readonly colour: { readonly value: number; readonly count: number };
}

export class Screen {
  readonly display: string;
  readonly #stop: () => Promise<void>;
  readonly #fd: number;
  readonly #dataAt: number;
  readonly #width: number;
  readonly #height: number;
  readonly #bytesPerLine: number;

  private constructor(display: string, stop: () => Promise<void>, file: string) {
    this.display = display;
    this.#stop = stop;
    this.#fd = openSync(file, 'r');
    const head = Buffer.alloc(header.words * wordBytes);
    readSync(this.#fd, head, 0, head.length, 0);
    const word = (index: number): number => head.readUInt32BE(index * wordBytes);
    this.#dataAt = word(header.size) + word(header.colours) * colourBytes;
    this.#width = word(header.width);
    this.#height = word(header.height);
    this.#bytesPerLine = word(header.bytesPerLine);
  }

  static async start(size = { width: 1280, height: 800 }): Promise<Screen> {
    const folder = mkdtempSync(join(tmpdir(), 'vivarium-screen-'));
    const xvfb = await startXvfb(size, ['-fbdir', folder]);
    const stop = async (): Promise<void> => {
      await xvfb.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return new Screen(xvfb.display, stop, join(folder, 'Xvfb_screen0'));
  }

  async stop(): Promise<void> {
    closeSync(this.#fd);
    await this.#stop();
  }

  /** Waits until there is something, and nothing has changed for a while; answers what is then there. */
  async settled(quietMs = 1_500, timeoutMs = 60_000): Promise<Picture> {
    const deadline = performance.now() + timeoutMs;
    let before = this.#whole();
    while (this.#picture(before).pixels < somethingPixels) {
      if (performance.now() > deadline) throw new Error(`nothing appeared on the display within ${timeoutMs} ms`);
      await delay(100);
      before = this.#whole();
    }
    let quietSince = performance.now();
    while (performance.now() - quietSince < quietMs) {
      if (performance.now() > deadline) break;
      await delay(100);
      const now = this.#whole();
      if (differing(before, now) > now.length * 0.002) quietSince = performance.now();
      before = now;
    }
    return this.#picture(before);
  }

  /** What of `picture` is on the display, from 0 to 1. */
  share(picture: Picture): number {
    let there = 0;
    for (const { y, columns, colours } of picture.rows) {
      const row = this.#row(y);
      for (const [index, x] of columns.entries()) if (row[x] === colours[index]) there += 1;
    }
    return there / picture.pixels;
  }

  /** On how many of the pixels looked at `colour` is. */
  count(colour: number): number {
    let count = 0;
    for (let y = 0; y < this.#height; y += this.#step()) {
      for (const pixel of this.#row(y)) if (pixel === colour) count += 1;
    }
    return count;
  }

  /** Waits until `picture` is on the display; answers when that was, by `performance.now()`. */
  async drawn(picture: Picture, timeoutMs = 60_000): Promise<number> {
    let most = 0;
    const isThere = (): boolean => (most = Math.max(most, this.share(picture))) >= enough;
    return await this.#until(isThere, timeoutMs, () => `at most ${most.toFixed(3)} of it was there`);
  }

  async coloured({ value, count }: Picture['colour'], timeoutMs = 30_000): Promise<number> {
    return await this.#until(
      () => this.count(value) >= count * 0.9,
      timeoutMs,
      () => `${this.count(value)} of ${count} pixels have the colour`,
    );
  }

  async #until(isSo: () => boolean, timeoutMs: number, found: () => string): Promise<number> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      if (isSo()) return performance.now();
      await delay(pollMs);
    }
    throw new Error(`the display did not show it within ${timeoutMs} ms: ${found()}`);
  }

  #step(): number {
    return Math.max(1, Math.floor(this.#height / rowsRead));
  }

  #row(y: number): Uint32Array {
    const bytes = new Uint8Array(this.#width * bytesPerPixel);
    readSync(this.#fd, bytes, 0, bytes.length, this.#dataAt + y * this.#bytesPerLine);
    return new Uint32Array(bytes.buffer);
  }

  #whole(): Uint32Array {
    const all = new Uint32Array(this.#width * this.#height);
    for (let y = 0; y < this.#height; y += 1) all.set(this.#row(y), y * this.#width);
    return all;
  }

  #picture(all: Uint32Array): Picture {
    const inked = Array.from({ length: this.#height }, (_, y) => {
      const colours = all.subarray(y * this.#width, (y + 1) * this.#width);
      const columns: number[] = [];
      for (let x = 1; x < this.#width; x += 1) if (colours[x] !== colours[x - 1]) columns.push(x);
      return { y, columns, colours: Uint32Array.from(columns, (x) => colours[x] ?? 0) };
    }).filter(({ columns }) => columns.length > 4);
    const step = Math.max(1, inked.length / rowsRead);
    const rows = Array.from(
      { length: Math.min(rowsRead, inked.length) },
      (_, index) => inked[Math.floor(index * step)],
    ).filter((row) => row !== undefined);
    const counts = new Map<number, number>();
    for (let y = 0; y < this.#height; y += this.#step()) {
      for (const pixel of all.subarray(y * this.#width, (y + 1) * this.#width)) {
        counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
      }
    }
    const [value, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0]);
    return { rows, pixels: rows.reduce((sum, { columns }) => sum + columns.length, 0), colour: { value, count } };
  }
}

function differing(a: Uint32Array, b: Uint32Array): number {
  let count = 0;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) count += 1;
  return count;
}
