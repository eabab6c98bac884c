/** Whatever a peer sends as arguments or answer of any procedure is read to its end, or refused by name. */
import { describe, expect, it } from 'vitest';
import { lxcProgram, type Program, qemuProgram, remoteProgram } from '../../../src-main/rpc/protocol/programs.ts';
import type { Codec } from '../../../src-main/rpc/xdr/codec.ts';
import { XdrError } from '../../../src-main/rpc/xdr/error.ts';
import { XdrReader } from '../../../src-main/rpc/xdr/reader.ts';
import { XdrWriter } from '../../../src-main/rpc/xdr/writer.ts';
import { generator, mangle, payloadsOf } from './values.ts';

const procedures = [remoteProgram, qemuProgram, lxcProgram].flatMap((program: Program) =>
  Object.entries(program.procedures),
);

function read(codec: Codec<unknown>, bytes: Buffer): unknown {
  const reader = new XdrReader(bytes);
  const value = codec.read(reader);
  reader.end();
  return value;
}

function write(codec: Codec<unknown>, value: unknown): Buffer {
  const writer = new XdrWriter(1 << 24);
  codec.write(writer, value);
  return writer.finish();
}

describe('payloads', () => {
  it('of every procedure come back as the bytes they were read from', () => {
    const below = generator(11);
    for (let round = 0; round < 20; round += 1) {
      for (const [name, procedure] of procedures) {
        const [args, ret] = payloadsOf(procedure, below);
        expect(write(procedure.args, read(procedure.args, args)).equals(args), `arguments of ${name}`).toBe(true);
        expect(write(procedure.ret, read(procedure.ret, ret)).equals(ret), `answer of ${name}`).toBe(true);
      }
    }
  });

  it('that were mangled are understood or refused, and nothing else', () => {
    const below = generator(12);
    let understood = 0;
    let refused = 0;
    for (let round = 0; round < 60; round += 1) {
      for (const [, procedure] of procedures) {
        const [args, ret] = payloadsOf(procedure, below);
        for (const [codec, bytes] of [
          [procedure.args, args],
          [procedure.ret, ret],
        ] as const) {
          try {
            read(codec, mangle(bytes, below));
            understood += 1;
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(XdrError);
            refused += 1;
          }
        }
      }
    }
    expect(understood).toBeGreaterThan(1000);
    expect(refused).toBeGreaterThan(1000);
  });
});
