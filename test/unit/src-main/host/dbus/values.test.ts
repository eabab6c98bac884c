import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../../../src-main/host/dbus/decode.ts';
import { encodeBody } from '../../../../../src-main/host/dbus/encode.ts';
import { DBusFormatError, type DBusValue, parseSignature, Variant } from '../../../../../src-main/host/dbus/values.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s+/g, ''), 'hex');

describe('signatures', () => {
  it('are taken apart into complete types', () => {
    expect(parseSignature('sa{sv}(ia(yx))')).toEqual([
      { kind: 'basic', code: 's' },
      { kind: 'dictionary', key: { kind: 'basic', code: 's' }, value: { kind: 'variant' } },
      {
        kind: 'struct',
        fields: [
          { kind: 'basic', code: 'i' },
          {
            kind: 'array',
            of: {
              kind: 'struct',
              fields: [
                { kind: 'basic', code: 'y' },
                { kind: 'basic', code: 'x' },
              ],
            },
          },
        ],
      },
    ]);
  });

  it.each([
    'a',
    '(',
    '(s',
    '()',
    'a{sv',
    'a{s}',
    'a{vs}',
    'a{sss}',
    '{sv}',
    ')',
    'z',
    'h',
    'a'.repeat(40),
    's'.repeat(256),
  ])("are refused when they are none: '%s'", (text) => {
    expect(() => parseSignature(text)).toThrow(DBusFormatError);
  });
});

describe('values', () => {
  // Alignment and lengths by the specification's chapter on the wire format.
  it.each<readonly [string, readonly DBusValue[], string]>([
    ['yu', [1, 2], '01 000000 02000000'],
    ['s', ['foo'], '03000000 666f6f00'],
    ['g', ['a{sv}'], '05 617b73767d 00'],
    ['b', [true], '01000000'],
    ['ay', [Uint8Array.of(1, 2, 3)], '03000000 010203'],
    ['yax', [1, []], '01 000000 00000000'],
    ['ax', [[5n]], '08000000 00000000 0500000000000000'],
    ['a(y)', [[[1], [2]]], '09000000 00000000 01 00000000000000 02'],
    ['v', [new Variant('u', 7)], '01 75 00 00 07000000'],
    ['a{yn}', [new Map([[1, -2]])], '04000000 00000000 01 00 feff'],
    ['d', [1.5], '000000000000f83f'],
    ['qxt', [65535, -1n, 1n], 'ffff 000000000000 ffffffffffffffff 0100000000000000'],
  ])('of %s are written and read as the specification has them', (signature, values, hex) => {
    expect(encodeBody(signature, values).toString('hex')).toBe(bytes(hex).toString('hex'));
    expect(decodeBody(signature, bytes(hex))).toEqual(values);
  });

  it('are read in the byte order of who wrote them', () => {
    expect(decodeBody('uqs', bytes('00000001 0002 0000 00000001 61 00'), false)).toEqual([1, 2, 'a']);
  });

  it.each([
    ['a string that ends after its message', 's', 'ff000000 61'],
    ['a string without its zero', 's', '01000000 61 62'],
    ['a string with a zero inside', 's', '03000000 610062 00'],
    ['a string that is not UTF-8', 's', '01000000 ff 00'],
    ['a boolean that is neither', 'b', '02000000'],
    ['padding that is not zero', 'yu', '01 000001 02000000'],
    ['an array that ends after its message', 'ay', 'ff000000 01'],
    ['an array that ends inside of an element', 'au', '06000000 01000000 0200'],
    ['an array longer than the specification lets it be', 'ay', 'ffffffff'],
    ['an object path that is none', 'o', '03000000 2f612f 00'],
    ['a variant of two types', 'v', '02 7979 00 01 02'],
    ['more than its signature says', 'y', '01 02'],
    ['less than its signature says', 'yy', '01'],
  ])('are refused: %s', (_, signature, hex) => {
    expect(() => decodeBody(signature, bytes(hex))).toThrow(DBusFormatError);
  });

  it('are refused when variants nest without end', () => {
    const deep = bytes('01 76 00'.repeat(200));
    expect(() => decodeBody('v', deep)).toThrow('nest too deeply');
  });

  it.each<readonly [string, DBusValue]>([
    ['s', 'a\0b'],
    ['o', 'not/a/path'],
    ['x', 5],
    ['b', 1],
    ['v', 'text'],
    ['as', 'text'],
    ['(ss)', ['one']],
    ['a{ss}', []],
  ])('are not written when they are not of the type %s', (signature, value) => {
    expect(() => encodeBody(signature, [value])).toThrow(DBusFormatError);
  });
});
