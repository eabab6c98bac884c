/**
 * A connection to a message bus: calls, signals, and methods that others call.
 *
 * Small on purpose: the privileged helper is one of its users, so that everything here runs as root. It tells who sent
 * each message, bounds what it reads, and needs nothing but a socket.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { VirError } from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { authenticate } from './authenticate.ts';
import {
  allowInteractiveAuthorization,
  encodeMessage,
  type IncomingMessage,
  type Message,
  MessageReader,
  noReplyExpected,
} from './message.ts';
import type { DBusValue } from './values.ts';

export const busName = 'org.freedesktop.DBus';
const busPath = '/org/freedesktop/DBus';
export const systemBusAddress = 'unix:path=/run/dbus/system_bus_socket';

/** What a service answered instead of a result, or why no answer came. */
export class DBusError extends VirError {
  /** `org.freedesktop.DBus.Error.ServiceUnknown` … */
  readonly errorName: string;
  /** The error's arguments; the first is the message for people. */
  readonly body: readonly DBusValue[];

  constructor(errorName: string, cause: Sentence, body: readonly DBusValue[] = [], thrown?: unknown) {
    super(
      { code: 'dbus-service', domain: 'none', message: say`A service of this host did not do what was asked.`, cause },
      thrown === undefined ? undefined : { cause: thrown },
    );
    this.errorName = errorName;
    this.body = body;
  }
}

export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly DBusValue[];
  /** Whether the service may have the user asked for a password. */
  readonly interactive?: boolean;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A method that somebody called here. */
export interface IncomingCall {
  readonly message: IncomingMessage;
  /** Whose connection it came by: the bus vouches for it. */
  readonly sender: string;
}

export interface Reply {
  readonly signature: string;
  readonly body: readonly DBusValue[];
}

export type CallHandler = (call: IncomingCall) => Promise<Reply>;

export interface SignalMatch {
  /** A well-known name is not compared with who sent it: the bus does that for what was broadcast only. */
  readonly sender: string;
  readonly path?: string;
  readonly interface: string;
  readonly member: string;
  readonly arg0?: string;
}

export interface BusOptions {
  /** Larger messages are not read. */
  readonly maxMessageBytes?: number;
  readonly timeoutMs?: number;
}

interface Waiting {
  readonly resolve: (message: IncomingMessage) => void;
  readonly reject: (error: unknown) => void;
}

interface Subscription {
  readonly match: SignalMatch;
  readonly listener: (body: readonly DBusValue[], message: IncomingMessage) => void;
}

const defaultTimeoutMs = 25_000;

export class Bus {
  /** Ends with the connection; an error when it was not closed by us. */
  readonly closed: Promise<DBusError | undefined>;
  readonly #socket: Socket;
  readonly #reader: MessageReader;
  readonly #waiting = new Map<number, Waiting>();
  readonly #subscriptions = new Set<Subscription>();
  #settleClosed: (error: DBusError | undefined) => void = () => undefined;
  #isOpen = true;
  #handler: CallHandler | undefined;
  #serial = 0;
  #name = '';

  private constructor(socket: Socket, maxMessageBytes: number | undefined) {
    this.#socket = socket;
    this.#reader = new MessageReader(maxMessageBytes);
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    socket.on('data', (piece: Buffer) => this.#read(piece));
    socket.on('error', (thrown) => this.#end(disconnected(thrown.message, thrown)));
    socket.on('close', () => this.#end(disconnected(say`The bus closed the connection.`)));
  }

  /** @throws DBusError when nobody listens there or lets us in. */
  static async open(address: string = systemBusAddress, options: BusOptions = {}): Promise<Bus> {
    const { maxMessageBytes, timeoutMs = defaultTimeoutMs } = options;
    const limit = AbortSignal.timeout(timeoutMs);
    let socket: Socket | undefined;
    try {
      socket = connect({ path: socketPath(address) });
      await once(socket, 'connect', { signal: limit });
      await authenticate(socket, limit);
    } catch (thrown) {
      socket?.destroy();
      throw disconnected(thrown instanceof Error ? thrown.message : String(thrown), thrown);
    }
    const bus = new Bus(socket, maxMessageBytes);
    const [name] = await bus.callBus('Hello');
    bus.#name = String(name);
    return bus;
  }

  /** Ours on the bus: `:1.42`. */
  get name(): string {
    return this.#name;
  }

  /** @throws DBusError for an error as answer, no answer in time, or a lost connection. */
  async call(call: MethodCall): Promise<readonly DBusValue[]> {
    const { destination, path, member, signature = '', body = [], timeoutMs = defaultTimeoutMs, signal } = call;
    signal?.throwIfAborted();
    const serial = this.#nextSerial();
    const answer = new Promise<IncomingMessage>((resolve, reject) => this.#waiting.set(serial, { resolve, reject }));
    const fail = (error: unknown): void => this.#waiting.get(serial)?.reject(error);
    const timer = setTimeout(
      () => fail(new DBusError('org.freedesktop.DBus.Error.NoReply', say`${member} was not answered in time.`)),
      timeoutMs,
    );
    const onAbort = (): void => fail(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const flags = call.interactive === true ? allowInteractiveAuthorization : 0;
      this.#send({
        ...{ type: 'call', serial, flags, destination, path, member, signature, body },
        interface: call.interface,
      });
      const reply = await answer;
      if (reply.type === 'error') throw errorOf(reply);
      if (reply.isOversized)
        throw new DBusError('org.freedesktop.DBus.Error.LimitsExceeded', say`The answer is too long.`);
      return reply.body();
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      this.#waiting.delete(serial);
    }
  }

  /** A method of the bus itself. */
  async callBus(member: string, signature = '', body: readonly DBusValue[] = []): Promise<readonly DBusValue[]> {
    return await this.call({ destination: busName, path: busPath, interface: busName, member, signature, body });
  }

  /** Answers every method call that comes in; what the handler throws is the error. */
  serve(handler: CallHandler): void {
    this.#handler = handler;
  }

  /** @throws DBusError when somebody else has the name. */
  async requestName(name: string): Promise<void> {
    const doNotQueue = 4;
    const [result] = await this.callBus('RequestName', 'su', [name, doNotQueue]);
    if (result !== 1 && result !== 4) throw new DBusError('org.freedesktop.DBus.Error.Failed', say`${name} is taken.`);
  }

  async releaseName(name: string): Promise<void> {
    await this.callBus('ReleaseName', 's', [name]);
  }

  /** @returns what ends the subscription. */
  async subscribe(match: SignalMatch, listener: Subscription['listener']): Promise<() => Promise<void>> {
    const subscription = { match, listener };
    const rule = Object.entries({ type: 'signal', ...match })
      .map(([key, value]) => `${key}='${value}'`)
      .join(',');
    this.#subscriptions.add(subscription);
    try {
      await this.callBus('AddMatch', 's', [rule]);
    } catch (thrown) {
      this.#subscriptions.delete(subscription);
      throw thrown;
    }
    return async () => {
      if (!this.#subscriptions.delete(subscription) || !this.#isOpen) return;
      await this.callBus('RemoveMatch', 's', [rule]);
    };
  }

  /** Lets this process end while it waits for no answer. */
  unref(): void {
    this.#socket.unref();
  }

  close(): void {
    this.#end(undefined);
  }

  #send(message: Message): void {
    if (!this.#isOpen) throw disconnected(say`The connection is closed.`);
    this.#socket.write(encodeMessage(message));
  }

  #nextSerial(): number {
    this.#serial = (this.#serial % 0xffff_ffff) + 1;
    return this.#serial;
  }

  #read(piece: Buffer): void {
    try {
      for (const message of this.#reader.push(piece)) this.#dispatch(message);
    } catch (thrown) {
      this.#end(disconnected(thrown instanceof Error ? thrown.message : String(thrown), thrown));
    }
  }

  #dispatch(message: IncomingMessage): void {
    if (message.type === 'signal') this.#signal(message);
    else if (message.type === 'call') {
      this.#answer(message).catch((thrown: unknown) => this.#end(disconnected(String(thrown), thrown)));
    } else this.#waiting.get(message.replySerial ?? 0)?.resolve(message);
  }

  #signal(message: IncomingMessage): void {
    if (message.isOversized) return;
    const body = message.body();
    for (const { match, listener } of [...this.#subscriptions]) {
      const isFrom = match.sender !== busName && !match.sender.startsWith(':') ? true : message.sender === match.sender;
      const isSame = message.interface === match.interface && message.member === match.member;
      const isAt = match.path === undefined || message.path === match.path;
      if (isFrom && isSame && isAt && (match.arg0 === undefined || body[0] === match.arg0)) listener(body, message);
    }
  }

  async #answer(message: IncomingMessage): Promise<void> {
    const { sender = '' } = message;
    const head = { serial: this.#nextSerial(), replySerial: message.serial, destination: sender };
    let answer: Buffer;
    try {
      const handler = this.#handler;
      if (handler === undefined) throw new DBusError('org.freedesktop.DBus.Error.UnknownMethod', say`No such method.`);
      answer = encodeMessage({ type: 'return', ...head, ...(await handler({ message, sender })) });
    } catch (thrown) {
      answer = encodeMessage({ type: 'error', ...head, ...errorReply(thrown) });
    }
    const isWanted = ((message.flags ?? 0) & noReplyExpected) === 0;
    if (isWanted && this.#isOpen) this.#socket.write(answer);
  }

  #end(error: DBusError | undefined): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const reason = error ?? disconnected(say`The connection is closed.`);
    for (const { reject } of this.#waiting.values()) reject(reason);
    // What was written is sent first.
    if (error === undefined) this.#socket.end();
    else this.#socket.destroy();
    this.#settleClosed(error);
  }
}

function errorReply(thrown: unknown): Pick<Message, 'errorName' | 'signature' | 'body'> {
  if (thrown instanceof DBusError) {
    const body = thrown.body.length > 0 ? thrown.body : [thrown.data.cause ?? ''];
    return { errorName: thrown.errorName, signature: 's'.repeat(body.length), body: body.map(plain) };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { errorName: 'org.freedesktop.DBus.Error.Failed', signature: 's', body: [plain(message)] };
}

/** The bus ends the connection of who sends a zero in a string. */
const plain = (value: unknown): string => String(value).replaceAll('\0', '');

function errorOf(reply: IncomingMessage): DBusError {
  const body = reply.isOversized ? [] : reply.body();
  const [said] = body;
  return new DBusError(reply.errorName ?? '', typeof said === 'string' ? said : (reply.errorName ?? ''), body);
}

const disconnected = (cause: Sentence, thrown?: unknown): DBusError =>
  new DBusError('org.freedesktop.DBus.Error.Disconnected', cause, [], thrown);

/** The first unix socket of a list of addresses. */
function socketPath(addresses: string): string {
  for (const address of addresses.split(';')) {
    const [transport, rest = ''] = address.split(/:(.*)/s, 2);
    if (transport !== 'unix') continue;
    const keys = new Map(rest.split(',').map((part) => part.split(/=(.*)/s, 2) as [string, string]));
    const path = keys.get('path');
    if (path !== undefined) return decodeURIComponent(path);
    const abstract = keys.get('abstract');
    if (abstract !== undefined) return `\0${decodeURIComponent(abstract)}`;
  }
  throw new Error(`There is no unix socket in the address '${addresses}'.`);
}
