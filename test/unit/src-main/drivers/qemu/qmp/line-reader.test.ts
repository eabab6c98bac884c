import { describe, expect, it } from 'vitest';
import { LineReader } from '../../../../../../src-main/drivers/qemu/qmp/line-reader.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const reader = (): LineReader => new LineReader({ maximumLineBytes: 64 });

describe('LineReader', () => {
  it('gives lines without their line ends', () => {
    expect(reader().push(bytes('one\r\ntwo\n'))).toEqual(['one', 'two']);
  });

  it('gives the same lines wherever the bytes are cut, also inside a character', () => {
    const whole = bytes('{"a":"é€😀"}\r\n\r\nlast\n');
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const split = reader();
      expect([...split.push(whole.subarray(0, cut)), ...split.push(whole.subarray(cut))]).toEqual([
        '{"a":"é€😀"}',
        '',
        'last',
      ]);
    }
  });

  it('keeps an unfinished line for the next chunk', () => {
    const split = reader();
    expect(split.push(bytes('par'))).toEqual([]);
    expect(split.push(bytes('tial'))).toEqual([]);
    expect(split.push(bytes('\nnext'))).toEqual(['partial']);
  });

  it('refuses a line that grows beyond the limit, finished or not', () => {
    expect(() => reader().push(bytes(`${'x'.repeat(65)}\n`))).toThrow(RangeError);
    const split = reader();
    split.push(bytes('x'.repeat(40)));
    expect(() => split.push(bytes('x'.repeat(40)))).toThrow(RangeError);
  });

  it('counts each line for itself', () => {
    expect(reader().push(bytes(`${'x'.repeat(60)}\n`.repeat(5)))).toHaveLength(5);
  });
});
