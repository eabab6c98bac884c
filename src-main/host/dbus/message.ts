/** D-Bus's messages: written, and taken out of a stream whose pieces end anywhere. */
import { decodeBody, Reader } from './decode.ts';
import { encode, encodeBody, Writer } from './encode.ts';
import { DBusFormatError, type DBusValue, parseSignature, Variant } from './values.ts';

const types = { call: 1, return: 2, error: 3, signal: 4 } as const;
export type MessageType = keyof typeof types;

export const noReplyExpected = 1;
export const allowInteractiveAuthorization = 4;

export interface Message {
  readonly type: MessageType;
  readonly serial: number;
  readonly flags?: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  /** Written by the bus, which lets nobody write another's. */
  readonly sender?: string;
  readonly signature?: string;
  readonly body?: readonly DBusValue[];
}

/** One that came in: its body is read when it is asked for, since only then somebody can be told that it is wrong. */
export interface IncomingMessage extends Omit<Message, 'body'> {
  /** Larger than this side reads: the header is true, the body was thrown away. */
  readonly isOversized: boolean;
  /** @throws DBusFormatError */
  body(): readonly DBusValue[];
}

const fields = [
  ['path', 1, 'o'],
  ['interface', 2, 's'],
  ['member', 3, 's'],
  ['errorName', 4, 's'],
  ['replySerial', 5, 'u'],
  ['destination', 6, 's'],
  ['sender', 7, 's'],
  ['signature', 8, 'g'],
] as const;

const [headerFields = { kind: 'variant' as const }] = parseSignature('a(yv)');

export function encodeMessage(message: Message): Buffer {
  const { signature = '', body = [] } = message;
  const bodyBytes = encodeBody(signature, body);
  const header = new Writer();
  header.take(4).set([0x6c, types[message.type], message.flags ?? 0, 1]);
  header.uint32(bodyBytes.length);
  header.uint32(message.serial);
  const given = fields.flatMap(([name, code, type]) => {
    const value = message[name];
    return value === undefined || value === '' ? [] : [[code, new Variant(type, value)]];
  });
  encode(header, headerFields, given);
  header.align(8);
  return Buffer.concat([header.bytes(), bodyBytes]);
}

const fixedBytes = 16;
/** Names and signatures have 255 bytes at most, paths hardly more: what has a longer header isn't meant to be read. */
const maxHeaderBytes = 64 * 1024;
/** The specification's. */
const maxMessageBytes = 128 * 1024 * 1024;

/** Takes messages out of a stream, holding no more than one of the size that was agreed to. */
export class MessageReader {
  readonly #limitBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #skipBytes = 0;

  constructor(limitBytes = maxMessageBytes) {
    this.#limitBytes = limitBytes;
  }

  /**
   * The messages that are complete with this piece.
   * @throws DBusFormatError when the stream is none of D-Bus; there is no going on then.
   */
  push(piece: Buffer): readonly IncomingMessage[] {
    const skipped = Math.min(this.#skipBytes, piece.length);
    this.#skipBytes -= skipped;
    this.#hold(piece.subarray(skipped));
    const messages: IncomingMessage[] = [];
    while (this.#skipBytes === 0 && this.#heldBytes >= fixedBytes) {
      const next = this.#next();
      if (next === 'incomplete') break;
      if (next !== undefined) messages.push(next);
    }
    return messages;
  }

  #next(): IncomingMessage | 'incomplete' | undefined {
    const start = this.#peek(fixedBytes);
    const littleEndian = start[0] === 0x6c;
    if ((!littleEndian && start[0] !== 0x42) || start[3] !== 1) throw new DBusFormatError('that is not D-Bus');
    const reader = new Reader(start, littleEndian, 4);
    const bodyBytes = reader.uint32();
    reader.uint32();
    const fieldBytes = reader.uint32();
    const headerBytes = fixedBytes + fieldBytes + ((8 - (fieldBytes % 8)) % 8);
    const totalBytes = headerBytes + bodyBytes;
    if (totalBytes > maxMessageBytes) throw new DBusFormatError(`a message of ${totalBytes} bytes`);
    if (headerBytes > maxHeaderBytes) {
      this.#drop(totalBytes);
      return undefined;
    }
    const isOversized = totalBytes > this.#limitBytes;
    if (this.#heldBytes < (isOversized ? headerBytes : totalBytes)) return 'incomplete';
    const header = readHeader(this.#peek(headerBytes), littleEndian);
    const bytes = isOversized ? Buffer.alloc(0) : Buffer.from(this.#peek(totalBytes).subarray(headerBytes));
    this.#drop(totalBytes);
    if (header === undefined) return undefined;
    return { ...header, isOversized, body: () => decodeBody(header.signature ?? '', bytes, littleEndian) };
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#held.push(piece);
    this.#heldBytes += piece.length;
  }

  /** The first bytes that are held; joins pieces only as far as needed, so that a long body is copied once. */
  #peek(count: number): Buffer {
    const [first] = this.#held;
    if (first !== undefined && first.length >= count) return first.subarray(0, count);
    const all = Buffer.concat(this.#held);
    this.#held = [all];
    return all.subarray(0, count);
  }

  #drop(count: number): void {
    const now = Math.min(count, this.#heldBytes);
    this.#skipBytes = count - now;
    const rest = this.#peek(this.#heldBytes).subarray(now);
    this.#held = [];
    this.#heldBytes = 0;
    this.#hold(rest);
  }
}

type Header = Omit<Message, 'body'>;

/** Undefined for a type of message that is not known: the specification has it ignored. */
function readHeader(bytes: Buffer, littleEndian: boolean): Header | undefined {
  const type = (Object.keys(types) as MessageType[]).find((name) => types[name] === bytes[1]);
  const reader = new Reader(bytes, littleEndian, 8);
  const serial = reader.uint32();
  const header: Record<string, DBusValue> = {};
  const list = reader.value(headerFields);
  reader.align(8);
  for (const [code, variant] of list as readonly (readonly [number, Variant])[]) {
    const field = fields.find(([, known]) => known === code);
    if (field === undefined) continue;
    const [name, , signature] = field;
    if (variant.signature !== signature) throw new DBusFormatError(`the header's ${name} is a '${variant.signature}'`);
    header[name] = variant.value;
  }
  if (type === undefined) return undefined;
  return { type, serial, flags: bytes[2] ?? 0, ...header };
}
