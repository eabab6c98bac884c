/** Random values of what a description describes, the same in each run. */
import type { Shape } from '../../../src-main/rpc/xdr/codec.ts';
import type { Procedure } from '../../../src-main/rpc/protocol/procedure.ts';

export type Below = (below: number) => number;

export function generator(seed: number): Below {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The XDR bytes of a random value: made from the shape alone, so that reading is not tested with its own writing. */
export function randomBytesOf(shape: Shape, below: Below): Buffer {
  switch (shape.kind) {
    case 'int':
      // Small: what is an enumeration or a flag is an `int` too.
      return word(below(2));
    case 'uint':
      return word(below(2 ** 32));
    case 'hyper':
    case 'uhyper':
      return Buffer.concat([word(below(2 ** 32)), word(below(2 ** 32))]);
    case 'double': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(below(1_000_000) / 7);
      return bytes;
    }
    case 'string':
      return counted(Buffer.from('ab ÄÖ€😀'.slice(0, below(6))));
    case 'opaque':
      return padded(Buffer.from(Array.from({ length: shape.length }, () => below(256))));
    case 'opaque-list':
      return counted(Buffer.from(Array.from({ length: below(Math.min(9, shape.maximum + 1)) }, () => below(256))));
    case 'chars':
      return Buffer.concat(Array.from({ length: shape.length }, (_, at) => word(at < 5 ? 97 + below(26) : 0)));
    case 'chars-list': {
      const length = below(Math.min(9, shape.maximum + 1));
      return Buffer.concat([word(length), ...Array.from({ length }, () => word(below(128)))]);
    }
    case 'list': {
      const length = below(Math.min(4, shape.maximum + 1));
      return Buffer.concat([word(length), ...Array.from({ length }, () => randomBytesOf(shape.of, below))]);
    }
    case 'optional':
      return below(2) === 0 ? word(0) : Buffer.concat([word(1), randomBytesOf(shape.of, below)]);
    case 'struct':
      return Buffer.concat(shape.fields.map(([, field]) => randomBytesOf(field, below)));
    case 'union': {
      const arm = shape.arms[below(shape.arms.length)];
      if (arm === undefined) throw new Error('a union has arms');
      return Buffer.concat([word(arm[0]), randomBytesOf(arm[1], below)]);
    }
  }
}

/** The arguments of a procedure, and what it answers. */
export function payloadsOf(procedure: Procedure, below: Below): readonly [args: Buffer, ret: Buffer] {
  return [randomBytesOf(procedure.args.shape, below), randomBytesOf(procedure.ret.shape, below)];
}

/** A few bytes other than they were, gone, or there twice. */
export function mangle(bytes: Buffer, below: Below): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length === 0) return copy;
  for (let count = below(4); count >= 0; count -= 1) {
    const at = below(copy.length);
    if (below(3) === 0) copy.copyWithin(at, below(copy.length));
    else copy[at] = below(4) === 0 ? 255 : below(256);
  }
  const end = below(4) === 0 ? below(copy.length) : copy.length;
  return below(8) === 0 ? Buffer.concat([copy, copy.subarray(0, below(32))]) : copy.subarray(0, end);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function counted(bytes: Buffer): Buffer {
  return Buffer.concat([word(bytes.length), padded(bytes)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
