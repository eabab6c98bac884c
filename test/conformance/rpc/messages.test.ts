/** The literal bytes of upstream's own message tests, read and written by our packets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePayload, encodeHead, encodePacket, headerBytes } from '../../../src-main/rpc/framing/packet.ts';
import { PacketReader } from '../../../src-main/rpc/framing/packet-reader.ts';
import { remoteError } from '../../../src-main/rpc/protocol/objects.ts';
import { corpusDir } from '../../support/corpus.ts';

const source = readFileSync(join(corpusDir(), 'virnetmessagetest.c'), 'utf8');

/** The byte array of a C test function. */
function bytesOf(test: string): Buffer {
  const body = source.slice(source.indexOf(`static int ${test}(`));
  const list = /static (?:const )?char \w+\s?\[\]\s*=\s*\{([^}]*)\}/.exec(body)?.[1];
  if (list === undefined) throw new Error(`${test} has no bytes`);
  const items = list.replaceAll(/\/\*.*?\*\//g, '').match(/0x[0-9a-f]+|'\\0'|'.'/gi) ?? [];
  return Buffer.from(
    items.map((item) => (item.startsWith('0x') ? Number(item) : item === "'\\0'" ? 0 : item.charCodeAt(1))),
  );
}

const usual = { program: 0x11223344, version: 1, procedure: 0x666, serial: 0x99 } as const;
const error = {
  code: 1,
  domain: 7,
  message: 'Hello World',
  level: 2,
  str1: 'One',
  str2: 'Two',
  str3: 'Three',
  int1: 1,
  int2: 2,
};

function read(test: string) {
  const reader = new PacketReader();
  reader.push(bytesOf(test));
  const packet = reader.next();
  if (packet === undefined) throw new Error(`${test} is not one packet`);
  expect(reader.buffered).toBe(0);
  return packet;
}

describe('upstream’s message bytes', () => {
  it('are what our headers are written as', () => {
    const packet = encodePacket({ ...usual, type: 'call', status: 'ok' });
    expect(packet).toEqual(bytesOf('testMessageHeaderEncode'));
  });

  it('are read as headers', () => {
    expect(read('testMessageHeaderDecode')).toMatchObject({ ...usual, type: 'reply', status: 'error' });
  });

  it('are what our errors are written as', () => {
    const packet = encodePacket({ ...usual, type: 'message', status: 'error' }, (writer) =>
      remoteError.write(writer, error),
    );
    expect(packet).toEqual(bytesOf('testMessagePayloadEncode'));
  });

  it('are read as errors', () => {
    const packet = read('testMessagePayloadDecode');
    expect(packet).toMatchObject({ ...usual, type: 'message', status: 'error' });
    expect(decodePayload(packet, remoteError)).toMatchObject(error);
  });

  it('are what data of streams is written as', () => {
    const expected = bytesOf('testMessagePayloadStreamEncode');
    const data = expected.subarray(4 + headerBytes);
    const head = encodeHead({ ...usual, type: 'stream', status: 'continue' }, data.length);
    expect(Buffer.concat([head, data])).toEqual(expected);
  });
});
