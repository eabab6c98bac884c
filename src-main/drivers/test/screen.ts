/** The screen of a pretended guest, as a PNG: a colour of its own, lines of "text", and a bar that moves. */
import { crc32, deflateSync } from 'node:zlib';
import { characterOf } from './figures.ts';

export const screenSize = { width: 320, height: 200 } as const;

const barHeight = 6;
const barWidth = 40;
const lineHeight = 12;
const margin = 16;

/** Palette entries. */
const background = 0;
const text = 1;
const bar = 2;

export function screenshot(uuid: string, seconds: number): Uint8Array {
  const { width, height } = screenSize;
  const character = characterOf(uuid);
  // One filter byte in front of each row, as PNG wants it: 0, no filter.
  const rows = Buffer.alloc((width + 1) * height, background);
  const fill = (x: number, y: number, w: number, h: number, colour: number): void => {
    for (let row = Math.max(0, y); row < Math.min(height, y + h); row += 1) {
      const start = row * (width + 1) + 1;
      rows.fill(colour, start + Math.max(0, x), start + Math.min(width, x + w));
    }
  };
  const lines = 1 + (Math.floor(seconds) % Math.floor((height - 2 * margin - barHeight) / lineHeight));
  for (let line = 0; line < lines; line += 1) {
    const length = 40 + Math.round((width - 2 * margin - 40) * (character[line % character.length] ?? 0.5));
    fill(margin, margin + line * lineHeight, length, 5, text);
  }
  const at = Math.round((seconds * 37) % (width + barWidth)) - barWidth;
  fill(at, height - barHeight, barWidth, barHeight, bar);
  return png(rows, [colourOf(character[0] ?? 0, 0.18), [220, 224, 228], colourOf(character[0] ?? 0, 0.8)]);
}

type Rgb = readonly [number, number, number];

/** A hue at some brightness. */
function colourOf(hue: number, value: number): Rgb {
  const channel = (shift: number): number =>
    Math.round(255 * value * (0.6 + 0.4 * Math.cos(2 * Math.PI * (hue + shift))));
  return [channel(0), channel(1 / 3), channel(2 / 3)];
}

function png(rows: Buffer, palette: readonly Rgb[]): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(screenSize.width, 0);
  header.writeUInt32BE(screenSize.height, 4);
  // 8 bits a pixel, indexed colour, deflate, adaptive filtering, not interlaced.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
