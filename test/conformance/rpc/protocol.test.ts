/** Our tables of the wire protocol against upstream's own description of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  keepaliveProgram,
  lxcProgram,
  type Program,
  qemuProgram,
  remoteProgram,
} from '../../../src-main/rpc/protocol/programs.ts';
import { remoteError } from '../../../src-main/rpc/protocol/objects.ts';
import { corpusDir } from '../../support/corpus.ts';
import { camel, type ProtocolFile, readProtocol, renamed } from './protocol-file.ts';

const sources = join(corpusDir(), '..', 'src');
const remoteFile = readProtocol(join(sources, 'remote/remote_protocol.x'), 'remote');

const files: readonly (readonly [name: string, program: Program, file: ProtocolFile, count: number])[] = [
  ['remote', remoteProgram, remoteFile, 443],
  ['qemu', qemuProgram, readProtocol(join(sources, 'remote/qemu_protocol.x'), 'qemu', remoteFile), 7],
  ['lxc', lxcProgram, readProtocol(join(sources, 'remote/lxc_protocol.x'), 'lxc', remoteFile), 1],
  ['keepalive', keepaliveProgram, readProtocol(join(sources, 'rpc/virkeepaliveprotocol.x'), 'keepalive'), 2],
];

describe.each(files)('the %s program', (name, program, file, count) => {
  it('has the number and version of upstream', () => {
    expect([program.number, program.version]).toEqual([file.program, file.version]);
  });

  it('has every procedure, with the same number, fields, priority and stream', () => {
    expect(file.procedures).toHaveLength(count);
    const different = file.procedures.flatMap((listed) => {
      const ours = program.procedures[camel(listed.name)];
      if (ours === undefined) return [`${listed.name} is missing`];
      const facts = {
        number: listed.number,
        kind: listed.message === undefined ? 'call' : 'event',
        args: renamed(listed.message ?? listed.args),
        ret: renamed(listed.ret),
        priority: listed.high ? 'high' : 'low',
        stream: listed.stream,
      };
      const { number, kind, args, ret, priority, stream } = ours;
      const found = { number, kind, args: args.shape, ret: ret.shape, priority, stream };
      return JSON.stringify(facts) === JSON.stringify(found)
        ? []
        : [`${listed.name}: ${JSON.stringify(found)} instead of ${JSON.stringify(facts)}`];
    });
    console.log(
      `rpc ${name}: ${file.procedures.length - different.length} of ${file.procedures.length} procedures equal`,
    );
    expect(different).toEqual([]);
  });

  it('has nothing that upstream has not', () => {
    const known = new Set(file.procedures.map((listed) => camel(listed.name)));
    expect(Object.keys(program.procedures).filter((procedure) => !known.has(procedure))).toEqual([]);
  });
});

describe('errors', () => {
  it('have the fields of upstream', () => {
    expect(remoteError.shape).toEqual(renamed(remoteFile.structs.get('remote_error') ?? { kind: 'int' }));
    expect(readFileSync(join(sources, 'remote/remote_protocol.x'), 'utf8')).toContain('REMOTE_AUTH_POLKIT = 2');
  });
});
