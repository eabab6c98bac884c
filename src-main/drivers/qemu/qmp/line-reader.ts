/** Lines out of a byte stream that arrives in pieces, with a bound on what one line may hold. */

const newline = 0x0a;

export interface LineReaderLimits {
  /** A longer line is refused: the peer is a process that a hostile guest may have taken over. */
  readonly maximumLineBytes: number;
}

/**
 * Takes chunks and gives back the lines they complete, without their line ends. It keeps what is unfinished for the
 * next chunk; its work is linear in the bytes, however they are cut.
 */
export class LineReader {
  readonly #limit: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor({ maximumLineBytes }: LineReaderLimits) {
    this.#limit = maximumLineBytes;
  }

  /** @throws RangeError when a line grows beyond the limit; the reader is of no use afterwards. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      this.#keep(chunk.subarray(from, end));
      lines.push(this.#take());
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines;
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#pendingBytes += part.length;
    if (this.#pendingBytes > this.#limit) throw new RangeError(`a line has more than ${this.#limit} bytes`);
    this.#pending.push(part);
  }

  #take(): string {
    const [only, second] = this.#pending;
    const bytes = only !== undefined && second === undefined ? only : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }
}
