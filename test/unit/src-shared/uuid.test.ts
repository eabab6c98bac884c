import { describe, expect, it } from 'vitest';
import { isPlausibleUuid, parseUuid, uuidFromBytes } from '../../../src-shared/uuid.ts';

describe('UUIDs', () => {
  it('made of random bytes are of version 4', () => {
    expect(uuidFromBytes(new Uint8Array(16).fill(0xff))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
    expect(() => uuidFromBytes(new Uint8Array(3))).toThrow('16 bytes');
  });

  it('are read in any spelling', () => {
    expect(parseUuid(' C7A5FDBD-EDAF-9455-926A-D65C16DB1809 ')).toBe('c7a5fdbd-edaf-9455-926a-d65c16db1809');
    expect(parseUuid('nothing')).toBeUndefined();
  });

  it('that are one byte repeated identify nothing', () => {
    expect(isPlausibleUuid('00000000-0000-0000-0000-000000000000')).toBe(false);
    expect(isPlausibleUuid('c7a5fdbd-edaf-9455-926a-d65c16db1809')).toBe(true);
  });
});
