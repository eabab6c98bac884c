/** What answers a procedure, and what it is given. */
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { Connection, DomainApi } from '../../engine/driver.ts';
import type { StorageApi } from '../../engine/storage-api.ts';
import type { ArgsOf, Procedure, RetOf } from '../protocol/procedure.ts';
import type { QemuProcedures, RemoteProcedures } from '../protocol/programs.ts';
import type { Session } from './session.ts';

/** The two ends of a stream that a call opens; either may be absent. */
export interface StreamParts {
  /** What the client reads. */
  readonly source?: Readable;
  /** What the client writes. */
  readonly sink?: Writable;
  /** The client has sent everything: resolves when it is used, rejects with what the client shall be told. */
  finish?(): Promise<void>;
  /** The client gave up or is gone. */
  abort(): void;
}

export interface CallContext {
  readonly session: Session;
  /** @throws VirError when the client has not opened a connection. */
  readonly connection: Connection;
  readonly domains: DomainApi;
  /** @throws VirError `no-support` when the driver has no storage. */
  readonly storage: StorageApi;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Does something as soon as this call was answered, before anything else is read. */
  afterReply(action: () => void): void;
  /** Opens the stream of this call; it flows once the call was answered. */
  stream(parts: StreamParts): void;
  /** Gives the client a socket along with the answer to this call. Absent where descriptors can't be passed. */
  readonly give?: (socket: Socket) => void;
  /** @throws VirError when the client may only read: for flags that make a reading call tell secrets. */
  requireWrite(what: string): void;
}

/** A procedure without results is answered by nothing. */
type Answer<P> = keyof RetOf<P> extends never ? void : RetOf<P>;

type Handler<P> = (context: CallContext, args: ArgsOf<P>) => Answer<P> | Promise<Answer<P>>;

type Handlers<Procedures> = { readonly [Name in keyof Procedures]?: Handler<Procedures[Name]> };

/** The procedures a part of the server answers, by their names. What no part answers is "unknown" to the client. */
export type RemoteHandlers = Handlers<RemoteProcedures>;
export type QemuHandlers = Handlers<QemuProcedures>;

/** A handler whose types were checked where it was written. */
export type AnyHandler = (context: CallContext, args: unknown) => unknown;

export type AnyHandlers = Readonly<Record<string, AnyHandler | undefined>>;

export type AnyProcedures = Readonly<Record<string, Procedure>>;
