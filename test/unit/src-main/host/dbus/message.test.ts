import { describe, expect, it } from 'vitest';
import { encodeMessage, type Message, MessageReader } from '../../../../../src-main/host/dbus/message.ts';
import { DBusFormatError } from '../../../../../src-main/host/dbus/values.ts';

const call: Message = {
  ...{ type: 'call', serial: 7, destination: 'a.b', path: '/a', interface: 'a.b.C', member: 'Do' },
  ...{ signature: 'su', body: ['text', 5] },
};

/** What was written, as it is read again. */
function read(pieces: readonly Buffer[], limitBytes?: number): readonly object[] {
  const reader = new MessageReader(limitBytes);
  return pieces
    .flatMap((piece) => reader.push(piece))
    .map(({ body, ...rest }) => ({ ...rest, body: rest.isOversized ? 'thrown away' : body() }));
}

const expected = { ...call, flags: 0, isOversized: false };

describe('messages', () => {
  it('are read as they were written', () => {
    expect(read([encodeMessage(call)])).toEqual([expected]);
    const error: Message = {
      type: 'error',
      serial: 1,
      replySerial: 7,
      errorName: 'a.b.E',
      signature: 's',
      body: ['no'],
    };
    expect(read([encodeMessage(error)])).toEqual([{ ...error, flags: 0, isOversized: false }]);
  });

  it('come out of a stream wherever its pieces end', () => {
    const stream = Buffer.concat([encodeMessage(call), encodeMessage({ ...call, serial: 8 }), encodeMessage(call)]);
    for (const size of [1, 3, 16, 50, stream.length]) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
      expect(read(pieces)).toEqual([expected, { ...expected, serial: 8 }, expected]);
    }
  });

  it('are told of but not held when they are too long, and those after them are read', () => {
    const long = encodeMessage({ ...call, serial: 9, body: ['x'.repeat(100_000), 5] });
    const stream = Buffer.concat([long, encodeMessage(call)]);
    for (const size of [1000, 4096, stream.length]) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
      expect(read(pieces, 4096)).toEqual([
        { ...expected, serial: 9, isOversized: true, body: 'thrown away' },
        expected,
      ]);
    }
  });

  it('with a header longer than any are passed over', () => {
    const header = Buffer.alloc(16);
    header.write('l', 0, 'latin1');
    header.writeUInt8(1, 1);
    header.writeUInt8(1, 3);
    header.writeUInt32LE(1, 8);
    header.writeUInt32LE(100_000, 12);
    expect(read([header, Buffer.alloc(100_000), encodeMessage(call)])).toEqual([expected]);
  });

  it('of a kind that is not known are passed over', () => {
    const unknown = encodeMessage(call);
    unknown.writeUInt8(9, 1);
    expect(read([unknown, encodeMessage(call)])).toEqual([expected]);
  });

  it('end the reading when they are none', () => {
    expect(() => read([Buffer.from('GET / HTTP/1.1\r\n')])).toThrow(DBusFormatError);
    const endless = encodeMessage(call);
    endless.writeUInt32LE(0xffff_ffff, 4);
    expect(() => read([endless])).toThrow(DBusFormatError);
  });

  it('tell of a wrong body only when it is looked at', () => {
    const wrong = encodeMessage(call);
    // The length of the text.
    wrong.writeUInt32LE(0xffff, wrong.length - 16);
    const [message] = new MessageReader().push(wrong);
    expect(message?.member).toBe('Do');
    expect(() => message?.body()).toThrow(DBusFormatError);
  });
});
