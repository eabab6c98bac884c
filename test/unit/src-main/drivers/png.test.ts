import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pngFromPpm } from '../../../../src-main/drivers/png.ts';

const ppm = (head: string, ...pixels: number[]): Buffer => Buffer.concat([Buffer.from(head), Buffer.from(pixels)]);

describe('pngFromPpm', () => {
  it('keeps size and pixels', () => {
    const png = pngFromPpm(ppm('P6\n2 1\n255\n', 255, 0, 0, 0, 0, 255));
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2, 1]);
    const at = png.indexOf('IDAT');
    const data = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    expect([...data]).toEqual([0, 255, 0, 0, 0, 0, 255]);
    // The end has a checksum that is the same in every PNG.
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  });

  it('refuses what is not whole', () => {
    expect(() => pngFromPpm(ppm('P6\n2 2\n255\n', 1, 2, 3))).toThrow(RangeError);
    expect(() => pngFromPpm(ppm('P5\n1 1\n255\n', 1))).toThrow(RangeError);
  });
});
