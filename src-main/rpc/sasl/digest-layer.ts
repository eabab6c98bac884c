/**
 * What DIGEST-MD5 protects a connection with once it is proven (RFC 2831, 2.3 and 2.4): each buffer has its length in
 * front, is numbered and signed, and encrypted where there is a cipher.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SaslError, type SecurityLayer } from './mechanism.ts';
import { Rc4 } from './rc4.ts';

/** Those that are strong enough for libvirt (56 bits and more), the best first, with their bits. */
export const digestCiphers = { rc4: 128, '3des': 112 } as const;
export type DigestCipher = keyof typeof digestCiphers;

export interface LayerOptions {
  readonly sessionKey: Buffer;
  /** Without one, buffers are only signed. */
  readonly cipher: DigestCipher | undefined;
  readonly side: 'client' | 'server';
  /** The other side takes no longer buffers; as long ones are taken here. */
  readonly peerMaximumBytes: number;
}

/** What is announced as our own limit, as libvirt does. */
export const maximumBufferBytes = 65_536;

const lengthBytes = 4;
const macBytes = 10;
/** The signature, a version and a number. */
const trailerBytes = macBytes + 2 + 4;
const version = 1;
const blockBytes = 8;

interface Direction {
  readonly integrityKey: Buffer;
  readonly confidentialityKey: Buffer;
}

const phrases = {
  client: {
    sign: 'Digest session key to client-to-server signing key magic constant',
    seal: 'Digest H(A1) to client-to-server sealing key magic constant',
  },
  server: {
    sign: 'Digest session key to server-to-client signing key magic constant',
    seal: 'Digest H(A1) to server-to-client sealing key magic constant',
  },
} as const;

function direction(sessionKey: Buffer, from: 'client' | 'server'): Direction {
  const key = (phrase: string): Buffer => createHash('md5').update(sessionKey).update(phrase).digest();
  return { integrityKey: key(phrases[from].sign), confidentialityKey: key(phrases[from].seal) };
}

interface Transform {
  apply(bytes: Buffer): Buffer;
}

function makeTransform(cipher: DigestCipher | undefined, key: Buffer, way: 'in' | 'out'): Transform | undefined {
  switch (cipher) {
    case undefined:
      return undefined;
    case 'rc4':
      return new Rc4(key);
    case '3des': {
      // Two keys of seven bytes, the first of which is used again.
      const one = spread(key.subarray(0, 7));
      const keys = Buffer.concat([one, spread(key.subarray(7, 14)), one]);
      const from = way === 'out' ? createCipheriv : createDecipheriv;
      const des = from('des-ede3-cbc', keys, key.subarray(blockBytes)).setAutoPadding(false);
      return { apply: (bytes) => des.update(bytes) };
    }
  }
}

/** Seven bits of the key in each byte of a DES key; parity is not looked at. */
function spread(key: Buffer): Buffer {
  let bits = 0n;
  for (const byte of key) bits = (bits << 8n) | BigInt(byte);
  return Buffer.from(Array.from({ length: 8 }, (_, index) => Number((bits >> BigInt(49 - index * 7)) & 127n) << 1));
}

export class DigestLayer implements SecurityLayer {
  readonly #outKey: Buffer;
  readonly #inKey: Buffer;
  readonly #seal: Transform | undefined;
  readonly #open: Transform | undefined;
  readonly #isBlockCipher: boolean;
  readonly #mostPlain: number;
  #sent = 0;
  #received = 0;
  #waiting: Buffer = Buffer.alloc(0);

  constructor({ sessionKey, cipher, side, peerMaximumBytes }: LayerOptions) {
    const out = direction(sessionKey, side);
    const into = direction(sessionKey, side === 'client' ? 'server' : 'client');
    this.#outKey = out.integrityKey;
    this.#inKey = into.integrityKey;
    this.#seal = makeTransform(cipher, out.confidentialityKey, 'out');
    this.#open = makeTransform(cipher, into.confidentialityKey, 'in');
    this.#isBlockCipher = cipher === '3des';
    this.#mostPlain = Math.min(peerMaximumBytes, maximumBufferBytes) - lengthBytes - trailerBytes - blockBytes;
    if (this.#mostPlain < 256) throw new SaslError(`buffers of ${peerMaximumBytes} bytes have no room for anything`);
  }

  wrap(bytes: Buffer): Buffer {
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += this.#mostPlain) {
      parts.push(...this.#wrapOne(bytes.subarray(at, at + this.#mostPlain)));
    }
    return Buffer.concat(parts);
  }

  unwrap(piece: Buffer): readonly Buffer[] {
    this.#waiting = this.#waiting.length === 0 ? piece : Buffer.concat([this.#waiting, piece]);
    const whole: Buffer[] = [];
    while (this.#waiting.length >= lengthBytes) {
      const length = this.#waiting.readUInt32BE(0);
      if (length > maximumBufferBytes || length < trailerBytes) {
        throw new SaslError(`a protected buffer of ${length} bytes is not one`);
      }
      if (this.#waiting.length < lengthBytes + length) break;
      whole.push(this.#unwrapOne(this.#waiting.subarray(lengthBytes, lengthBytes + length)));
      this.#waiting = this.#waiting.subarray(lengthBytes + length);
    }
    return whole;
  }

  #wrapOne(plain: Buffer): readonly Buffer[] {
    const mac = sign(this.#outKey, this.#sent, plain);
    const filler = this.#isBlockCipher ? blockBytes - ((plain.length + macBytes) % blockBytes) : 0;
    const clear = Buffer.concat([plain, Buffer.alloc(filler, filler), mac]);
    const body = this.#seal?.apply(clear) ?? clear;
    const trailer = Buffer.alloc(6);
    trailer.writeUInt16BE(version, 0);
    trailer.writeUInt32BE(this.#sent, 2);
    this.#sent = next(this.#sent);
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32BE(body.length + trailer.length);
    return [length, body, trailer];
  }

  #unwrapOne(buffer: Buffer): Buffer {
    const end = buffer.length - 6;
    const body = buffer.subarray(0, end);
    if (this.#isBlockCipher && body.length % blockBytes !== 0) throw new SaslError('a protected buffer is cut off');
    const clear = this.#open?.apply(body) ?? body;
    const filler = this.#isBlockCipher ? (clear[clear.length - macBytes - 1] ?? 0) : 0;
    const plainBytes = clear.length - macBytes - filler;
    const plain = clear.subarray(0, Math.max(0, plainBytes));
    const mac = sign(this.#inKey, this.#received, plain);
    const isRight = timingSafeEqual(mac, clear.subarray(clear.length - macBytes));
    if (
      plainBytes < 0 ||
      filler > blockBytes ||
      !isRight ||
      buffer.readUInt16BE(end) !== version ||
      buffer.readUInt32BE(end + 2) !== this.#received
    ) {
      throw new SaslError('a protected buffer was changed on its way');
    }
    this.#received = next(this.#received);
    return plain;
  }
}

function sign(key: Buffer, number: number, plain: Buffer): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(number);
  return createHmac('md5', key).update(prefix).update(plain).digest().subarray(0, macBytes);
}

const next = (number: number): number => (number + 1) >>> 0;
