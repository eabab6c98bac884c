/** The helper reads as root what any user's program writes: it must take it or refuse it, and nothing else. */
import { describe, expect, it } from 'vitest';
import { encodeMessage, MessageReader } from '../../../src-main/host/dbus/message.ts';
import { DBusFormatError, Variant } from '../../../src-main/host/dbus/values.ts';

/** The same bytes in each run, so that a failure can be looked at. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const head = { serial: 3, destination: 'a.b', path: '/a/b', interface: 'a.b.C', member: 'Do', sender: ':1.5' };
const honest = [
  encodeMessage({ type: 'call', ...head, signature: 's', body: ['{"verb":"link-up","link":"virbr0"}'] }),
  encodeMessage({
    ...{ type: 'call', ...head, signature: 'a{sv}aya(sx)' },
    body: [
      new Map([
        ['a', new Variant('as', ['x', 'y'])],
        ['b', new Variant('(iv)', [-1, new Variant('d', 0.5)])],
      ]),
      Uint8Array.of(1, 2, 3),
      [['ä€😀', 5n]],
    ],
  }),
  encodeMessage({ type: 'signal', ...head, signature: 'sss', body: [':1.5', ':1.5', ''] }),
];

describe('the D-Bus reader', () => {
  it('takes mangled messages or refuses them, with an error of its own', () => {
    const below = generator(1);
    let taken = 0;
    let refused = 0;
    for (let round = 0; round < 30_000; round += 1) {
      const bytes = Buffer.from(honest[below(honest.length)] ?? '');
      for (let flips = below(4); flips >= 0; flips -= 1) {
        const at = below(bytes.length);
        if (below(3) === 0) bytes.copyWithin(at, below(bytes.length));
        else bytes[at] = below(256);
      }
      try {
        for (const message of new MessageReader(4096).push(bytes)) if (!message.isOversized) message.body();
        taken += 1;
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(DBusFormatError);
        refused += 1;
      }
    }
    // Neither happens by accident of the test.
    expect(taken).toBeGreaterThan(1000);
    expect(refused).toBeGreaterThan(1000);
  });

  it('takes pure noise or refuses it', () => {
    const below = generator(2);
    for (let round = 0; round < 5_000; round += 1) {
      const bytes = Buffer.from(Array.from({ length: below(300) }, () => below(256)));
      // Most noise ends at the first byte; this much is given.
      if (bytes.length > 4) bytes.set([0x6c, 1 + below(4), below(8), 1]);
      try {
        for (const message of new MessageReader(4096).push(bytes)) message.body();
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(DBusFormatError);
      }
    }
  });
});
