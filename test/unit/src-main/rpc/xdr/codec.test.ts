import { describe, expect, it } from 'vitest';
import type { Codec } from '../../../../../src-main/rpc/xdr/codec.ts';
import { list, optional, struct, union } from '../../../../../src-main/rpc/xdr/compounds.ts';
import { XdrReader } from '../../../../../src-main/rpc/xdr/reader.ts';
import {
  chars,
  charText,
  double,
  enumeration,
  flag,
  hyper,
  int,
  opaque,
  string,
  uhyper,
  uint,
  uuid,
} from '../../../../../src-main/rpc/xdr/scalars.ts';
import { XdrWriter } from '../../../../../src-main/rpc/xdr/writer.ts';

function encode<T>(codec: Codec<T>, value: T): string {
  const writer = new XdrWriter(1 << 20);
  codec.write(writer, value);
  return writer.finish().toString('hex');
}

function decode<T>(codec: Codec<T>, hex: string): T {
  const reader = new XdrReader(Buffer.from(hex, 'hex'));
  const value = codec.read(reader);
  reader.end();
  return value;
}

const cases: readonly (readonly [name: string, codec: Codec<unknown>, value: unknown, hex: string])[] = [
  ['an int', int, -2, 'fffffffe'],
  ['an unsigned int', uint, 0xffff_fffe, 'fffffffe'],
  ['a hyper beyond what a double holds', hyper, -9_007_199_254_740_993n, 'ffdfffffffffffff'],
  ['an unsigned hyper', uhyper, 2n ** 64n - 1n, 'ffffffffffffffff'],
  ['a double', double, 1.5, '3ff8000000000000'],
  ['a flag', flag, true, '00000001'],
  ['a string with its padding', string, 'häh', '00000004' + '68c3a468'],
  ['an empty string', string, '', '00000000'],
  ['bytes with their padding', opaque(8), Buffer.from([1, 2, 3, 4, 5]), '00000005' + '0102030405000000'],
  ['a UUID', uuid, '6695eb01-f6a4-8304-79aa-97f2502e193f', '6695eb01f6a4830479aa97f2502e193f'],
  ['characters of four bytes each', charText(3), 'ab', '00000061' + '00000062' + '00000000'],
  ['counted characters', chars(4), Uint8Array.from([0x61, 0xff]), '00000002' + '00000061' + 'ffffffff'],
  ['a name for a number', enumeration({ none: 0, sasl: 1 }), 'sasl', '00000001'],
  ['a list', list(int, 3), [1, 2], '00000002' + '00000001' + '00000002'],
  ['nothing', optional(int), undefined, '00000000'],
  ['something', optional(int), 7, '00000001' + '00000007'],
  ['a structure', struct({ a: int, b: flag }), { a: 1, b: false }, '0000000100000000'],
  ['a union', union({ number: [1, int], text: [7, string] }), { type: 'text', value: 'x' }, '000000070000000178000000'],
];

describe('XDR', () => {
  it.each(cases)('writes and reads %s', (_name, codec, value, hex) => {
    expect(encode(codec, value)).toBe(hex);
    expect(decode(codec, hex)).toEqual(value);
  });

  it('takes anything but zero for the mark of something, as some clients send it', () => {
    expect(decode(optional(int), '01000000' + '00000007')).toBe(7);
  });

  it('grows with what is written and keeps it', () => {
    const values = Array.from({ length: 5000 }, (_, index) => `value ${index}`);
    expect(decode(list(string, 5000), encode(list(string, 5000), values))).toEqual(values);
  });

  it.each([
    ['an int out of range', int, 2 ** 31],
    ['an unsigned int below zero', uint, -1],
    ['a fraction', uint, 0.5],
    ['a hyper out of range', hyper, 2n ** 63n],
    ['too many items', list(int, 1), [1, 2]],
    ['too many bytes', opaque(1), Buffer.alloc(2)],
    ['text that leaves no room for its end', charText(2), 'ab'],
    ['what is not a UUID', uuid, 'abc'],
    ['a UUID with a wrong digit', uuid, '6695eb01-f6a4-8304-79aa-97f2502e193g'],
    ['a UUID with a digit for a dash', uuid, '6695eb01-f6a4-8304079aa-97f2502e193f'],
    ['a UUID with a letter beyond ASCII', uuid, '6695eb01-f6a4-8304-79aa-97f2502e193é'],
    ['more than the message may hold', opaque(1 << 21), Buffer.alloc(1 << 21)],
  ] as readonly (readonly [string, Codec<unknown>, unknown])[])('refuses to write %s', (_name, codec, value) => {
    expect(() => encode(codec, value)).toThrow(expect.objectContaining({ name: 'XdrError' }));
  });

  it.each([
    ['a message that ends in the middle', int, '0000'],
    ['a string longer than what is left', string, '00000009' + '61000000'],
    ['a list longer than allowed', list(int, 1), '00000002' + '00000001' + '00000002'],
    ['a list announced but not sent', list(string, 1 << 30), '10000000'],
    ['a union without such a type', union({ a: [1, int] }), '00000009' + '00000000'],
    ['a number without a name', enumeration({ none: 0 }), '00000005'],
    ['bytes left over', int, '0000000100000001'],
  ] as readonly (readonly [string, Codec<unknown>, string])[])('refuses to read %s', (_name, codec, hex) => {
    expect(() => decode(codec, hex)).toThrow(expect.objectContaining({ name: 'XdrError' }));
  });

  it('writes a UUID however it is spelled, and texts of any letters and length', () => {
    expect(encode(uuid, '6695EB01F6A4830479AA97F2502E193F')).toBe('6695eb01f6a4830479aa97f2502e193f');
    for (const text of ['', 'a', 'abc', 'abcd', 'né', 'a'.repeat(47) + 'é', 'x'.repeat(49), '日本'.repeat(40)]) {
      const written = encode(struct({ before: string, after: int }), { before: text, after: 7 });
      expect(decode(struct({ before: string, after: int }), written)).toEqual({ before: text, after: 7 });
    }
  });

  it('names the field that is wrong', () => {
    const codec = struct({ outer: list(struct({ inner: string }), 9) });
    const hex = '00000002' + '0000000161000000' + '000000ff';
    expect(() => decode(codec, hex)).toThrow('outer[1].inner: 255 are announced, but the message ends before');
  });
});
