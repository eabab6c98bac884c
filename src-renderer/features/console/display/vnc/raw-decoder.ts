/**
 * Draws rectangles of plain pixels (RFB's Raw encoding) as they arrive, as many whole lines at a time as there are.
 *
 * On a socket of this host plain pixels are what costs both sides least: QEMU copies its own format (blue first) without
 * looking at it, and turning it into the canvas's (red first, opaque) is one pass here.
 */
import type { NoVncDecoder, NoVncDisplay, NoVncSocket } from '@novnc/novnc';

const bytesPerPixel = 4;

export class NativeRawDecoder implements NoVncDecoder {
  #linesLeft = 0;

  decodeRect(x: number, y: number, width: number, height: number, socket: NoVncSocket, display: NoVncDisplay): boolean {
    if (width === 0 || height === 0) return true;
    if (this.#linesLeft === 0) this.#linesLeft = height;
    const bytesPerLine = width * bytesPerPixel;
    const lines = Math.min(this.#linesLeft, Math.floor(socket.rQlen() / bytesPerLine));
    if (lines > 0) {
      // A copy, because pixels have to be aligned to be taken as whole numbers.
      const bytes = socket.rQshiftBytes(lines * bytesPerLine, true);
      toCanvasPixels(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / bytesPerPixel));
      display.blitImage(x, y + height - this.#linesLeft, width, lines, bytes, 0);
      this.#linesLeft -= lines;
    }
    return this.#linesLeft === 0;
  }
}

/** 0x00RRGGBB, as QEMU keeps pixels, to 0xffBBGGRR, as a canvas reads bytes on a little-endian machine; in place. */
export function toCanvasPixels(pixels: Uint32Array): void {
  for (let at = 0; at < pixels.length; at += 1) {
    const pixel = pixels[at] ?? 0;
    pixels[at] = 0xff00_0000 | ((pixel & 0xff) << 16) | (pixel & 0xff00) | ((pixel >>> 16) & 0xff);
  }
}
