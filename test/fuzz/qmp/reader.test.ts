/** A QEMU that a guest has taken over may write anything on its monitor; reading it must neither throw elsewhere nor grow. */
import { describe, expect, it } from 'vitest';
import { LineReader } from '../../../src-main/drivers/qemu/qmp/line-reader.ts';
import { parseMessage } from '../../../src-main/drivers/qemu/qmp/message.ts';

/** The same bytes in each run, so that a failure can be looked at. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const honest = [
  '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n',
  '{"return": {"running": true, "status": "running"}, "id": 1}\r\n',
  '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "SHUTDOWN", "data": {"guest": true}}\r\n',
  '{"id": 7, "error": {"class": "GenericError", "desc": "nein: ä€😀"}}\r\n',
].map((line) => Buffer.from(line));

const limit = 4096;

describe('the QMP reader', () => {
  it('gives back every line, however the bytes arrive', () => {
    const below = generator(1);
    const stream = Buffer.concat(Array.from({ length: 200 }, () => honest[below(honest.length)] ?? Buffer.alloc(0)));
    const whole = new LineReader({ maximumLineBytes: limit }).push(stream);
    for (let round = 0; round < 200; round += 1) {
      const reader = new LineReader({ maximumLineBytes: limit });
      const lines: string[] = [];
      for (let at = 0; at < stream.length; ) {
        const size = 1 + below(below(2) === 0 ? 5 : 600);
        lines.push(...reader.push(stream.subarray(at, at + size)));
        at += size;
      }
      expect(lines).toEqual(whole);
    }
  });

  it('refuses mangled messages with an error of its own, and nothing else', () => {
    const below = generator(2);
    let understood = 0;
    let refused = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.from(honest[below(honest.length)] ?? '');
      for (let flips = below(4); flips >= 0; flips -= 1) {
        const at = below(bytes.length);
        if (below(3) === 0) bytes.copyWithin(at, below(bytes.length));
        else bytes[at] = below(256);
      }
      const reader = new LineReader({ maximumLineBytes: limit });
      for (const line of reader.push(bytes)) {
        try {
          parseMessage(line);
          understood += 1;
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SyntaxError);
          refused += 1;
        }
      }
    }
    expect(understood).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });

  it('stops at the limit, whatever is poured into it', () => {
    const below = generator(3);
    for (let round = 0; round < 500; round += 1) {
      const reader = new LineReader({ maximumLineBytes: limit });
      let poured = 0;
      const pour = (): void => {
        for (; poured < 16 * limit; ) {
          const chunk = Buffer.alloc(1 + below(2000), 0x20 + below(90));
          poured += chunk.length;
          reader.push(chunk);
        }
      };
      expect(pour).toThrow(RangeError);
      expect(poured).toBeLessThanOrEqual(limit + 2000);
    }
  });

  it.each([
    'null',
    '[]',
    '1',
    '"QMP"',
    '{}',
    '{"QMP":1}',
    '{"event":1,"timestamp":{"seconds":1,"microseconds":1}}',
    '{"event":"X"}',
    '{"event":"X","data":[],"timestamp":{"seconds":1,"microseconds":1}}',
    '{"error":{}}',
    '{"error":"no","id":1}',
    `${'['.repeat(2000)}`,
  ])('refuses %s', (line) => expect(() => parseMessage(line)).toThrow());

  it('is not fooled by names of the language', () => {
    const message = parseMessage('{"return": {"__proto__": {"polluted": true}}, "id": 1}');
    expect(message.kind).toBe('return');
    expect('polluted' in {}).toBe(false);
  });
});
