import { describe, expect, it } from 'vitest';
import {
  fileMode,
  hexadecimal,
  idSet,
  integer,
  macAddress,
  octal,
  oneOf,
  onOff,
  sizeUnit,
  unsigned,
  unsigned64,
  uuid,
  yesNo,
} from '../../../../src-shared/xml/values.ts';

describe('numbers', () => {
  it('are exact or refused', () => {
    expect(unsigned.parse('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(unsigned.parse('9007199254740993')).toBeUndefined();
    expect(unsigned.parse('1152921504606846976')).toBe(2 ** 60);
    expect(unsigned.format(2 ** 60)).toBe('1152921504606846976');
    expect(unsigned.parse('18446744073709551616')).toBeUndefined();
    expect(unsigned64.parse('18446744073709551615')).toBe(18_446_744_073_709_551_615n);
  });

  it('may be hexadecimal, with white space around', () => {
    expect(unsigned.parse(' 0x1F ')).toBe(31);
    expect(unsigned.parse('1F')).toBeUndefined();
    expect(unsigned.parse('-1')).toBeUndefined();
    expect(integer.parse('-1')).toBe(-1);
  });

  it('of PCI addresses are written in hexadecimal', () => {
    const slot = hexadecimal(2, 0x1f);
    expect([slot.parse('0x1f'), slot.parse('3'), slot.parse('0x20')]).toEqual([31, 3, undefined]);
    expect(slot.format(3)).toBe('0x03');
  });

  it('of file modes are octal', () => {
    expect(octal(4, 0o777).parse('0755')).toBe(0o755);
    expect(octal(4, 0o777).format(0o7)).toBe('0007');
    expect(octal(4, 0o777).parse('888')).toBeUndefined();
    expect(fileMode.format(0)).toBe('00');
  });
});

describe('words', () => {
  it('are one of a list, and the list is there for completion', () => {
    const type = oneOf('file', 'block');
    expect([type.parse('file'), type.parse('File')]).toEqual(['file', undefined]);
    expect(type.words).toEqual(['file', 'block']);
    expect(type.expected).toBe('one of file, block');
  });

  it('of switches are exact', () => {
    expect([yesNo.parse('yes'), yesNo.parse('on'), onOff.parse('off'), onOff.parse('default')]).toEqual([
      true,
      undefined,
      false,
      undefined,
    ]);
  });
});

describe('identities', () => {
  it('are accepted in any spelling and written in one', () => {
    expect(uuid.parse('C7A5FDBDEDAF9455926AD65C16DB1809')).toBe('c7a5fdbd-edaf-9455-926a-d65c16db1809');
    expect(uuid.parse('c7a5')).toBeUndefined();
    expect(macAddress.parse('0:16:3E:1:2:3')).toBe('00:16:3e:01:02:03');
    expect(macAddress.parse('00:16:3e:01:02')).toBeUndefined();
  });
});

describe('sets of ids', () => {
  it('are ranges with exclusions', () => {
    expect(idSet.parse('0-3,^2, 8')).toEqual([0, 1, 3, 8]);
    expect(idSet.format([0, 1, 3, 8, 9])).toBe('0-1,3,8-9');
  });

  it.each(['', '3-1', '^0', '1,,2', 'a', '^1-2', '0-99999999999'])('refuse %j', (source) => {
    expect(idSet.parse(source)).toBeUndefined();
  });
});

describe('units', () => {
  it('are the spellings libvirt knows', () => {
    expect(['KiB', 'g', 'MB', 'bytes'].map(sizeUnit.parse)).toEqual(['KiB', 'g', 'MB', 'bytes']);
    expect(sizeUnit.parse('parsec')).toBeUndefined();
  });
});
