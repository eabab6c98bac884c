/** Finds what answers a call, and makes its answer. */
import { VirError } from '../../../src-shared/errors.ts';
import { decodePayload, type Packet } from '../framing/packet.ts';
import type { Procedure } from '../protocol/procedure.ts';
import { lxcProgram, type Program, qemuProgram, remoteProgram } from '../protocol/programs.ts';
import { rpcError, unknownProcedure } from './errors.ts';
import type { AnyHandler, AnyHandlers, CallContext, QemuHandlers, RemoteHandlers } from './handler.ts';
import { notSupported } from './handlers/shared.ts';
import { apiName } from './handlers/unsupported.ts';
import { mayRead } from './read-only.ts';
import { packetOf } from './replies.ts';

interface Entry {
  readonly name: string;
  readonly procedure: Procedure;
  readonly handler: AnyHandler;
}

interface ServedProgram {
  readonly program: Program;
  readonly entries: ReadonlyMap<number, Entry>;
}

export interface HandlerTables {
  readonly remote: RemoteHandlers;
  readonly qemu: QemuHandlers;
}

export class Dispatcher {
  readonly #programs: ReadonlyMap<number, ServedProgram>;

  constructor(handlers: HandlerTables) {
    const served = [
      serve(remoteProgram, handlers.remote as AnyHandlers),
      serve(qemuProgram, handlers.qemu as AnyHandlers),
      serve(lxcProgram, {}),
    ];
    this.#programs = new Map(served.map((item) => [item.program.number, item]));
  }

  /**
   * The reply to a call.
   * @throws VirError or XdrError, for the caller to answer with.
   */
  async answer(packet: Packet, context: CallContext): Promise<Buffer> {
    const served = this.#programs.get(packet.program);
    if (served === undefined || served.program.version !== packet.version) {
      throw rpcError(`Cannot find program ${packet.program} version ${packet.version}`);
    }
    if (packet.status !== 'ok') throw rpcError(`A call can't have the status '${packet.status}'.`);
    const { session } = context;
    const entry = served.entries.get(packet.procedure);
    if (entry === undefined) throw unknownProcedure(packet.procedure);
    if (!session.authenticated && !entry.name.startsWith('auth')) throw rpcError('authentication required');
    if (packet.type === 'callWithFds') {
      throw new VirError({
        code: 'no-support',
        domain: 'rpc',
        message: 'File descriptors can not be passed to this engine.',
      });
    }
    if (session.readOnly && !mayRead(entry.name)) context.requireWrite(entry.name);
    const args = decodePayload(packet, entry.procedure.args);
    const result = await answering(served.program, entry, context, args);
    const header = { type: 'reply', serial: packet.serial, status: 'ok' } as const;
    return packetOf(served.program, packet.procedure, header, entry.procedure.ret, result);
  }
}

const cannot = 'this function is not supported by the connection driver: ';

/** A driver that lacks a method is told of by the name the client called. */
async function answering(program: Program, entry: Entry, context: CallContext, args: unknown): Promise<unknown> {
  try {
    return await entry.handler(context, args);
  } catch (thrown) {
    const isMissing = thrown instanceof VirError && thrown.code === 'no-support' && thrown.message.startsWith(cannot);
    throw isMissing ? notSupported(apiName(entry.name, program === qemuProgram ? 'Qemu' : '')) : thrown;
  }
}

function serve(program: Program, handlers: AnyHandlers): ServedProgram {
  const entries = new Map<number, Entry>();
  for (const [name, handler] of Object.entries(handlers)) {
    const procedure = program.procedures[name];
    if (procedure !== undefined && handler !== undefined) entries.set(procedure.number, { name, procedure, handler });
  }
  return { program, entries };
}
