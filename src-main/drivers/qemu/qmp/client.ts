/**
 * A client of the QEMU machine protocol over a unix socket.
 *
 * Commands may be sent before earlier ones are answered; answers are matched by id in whatever order they come. Events
 * are given out in the order of the wire, before the answer of the command that caused them.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import { encodeCommand } from './encode.ts';
import { MonitorClosedError, QmpError } from './error.ts';
import { LineReader } from './line-reader.ts';
import { parseMessage, type QmpEvent, type QmpMessage } from './message.ts';

export interface QmpConnectOptions {
  /** How long the socket may take to appear and to greet. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Told of every event from the first; a client without it drops them. */
  readonly onEvent?: (event: QmpEvent) => void;
  /** Told once, at the moment the connection ends for whatever reason. */
  readonly onClose?: (reason: MonitorClosedError) => void;
  /** Wait for a socket that is not there yet, as after starting QEMU. */
  readonly waitForSocket?: boolean;
}

export interface QmpExecuteOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A monitor that never answers is not waited for longer than libvirt waits for a busy one. */
const defaultTimeoutMs = 30_000;
/** The largest honest answer is `query-qmp-schema` with a quarter of a megabyte. */
const maximumLineBytes = 16 * 1024 * 1024;

interface Waiting {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class QmpClient {
  /** Resolves when the connection has ended and everything that came before was told. */
  readonly closed: Promise<MonitorClosedError>;
  #tellClosed: (reason: MonitorClosedError) => void = () => undefined;
  readonly #socket: Socket;
  readonly #options: QmpConnectOptions;
  readonly #reader = new LineReader({ maximumLineBytes });
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #closed: MonitorClosedError | undefined;
  #greeted: (() => void) | undefined;

  private constructor(socket: Socket, options: QmpConnectOptions) {
    this.#socket = socket;
    this.#options = options;
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end());
  }

  /**
   * Connects and negotiates; commands can be sent when this resolves.
   * @throws VirError `operation-failed` when there is no monitor, `operation-timeout` when it does not greet in time.
   */
  static async connect(path: string, options: QmpConnectOptions = {}): Promise<QmpClient> {
    const { timeoutMs = defaultTimeoutMs, signal } = options;
    const deadline = performance.now() + timeoutMs;
    const socket = await openSocket(path, options, deadline);
    const client = new QmpClient(socket, options);
    try {
      await client.#negotiate(Math.max(1, deadline - performance.now()), signal);
    } catch (thrown) {
      client.close();
      throw thrown;
    }
    return client;
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  /**
   * Sends a command and waits for its answer.
   * @throws QmpError when QEMU refuses it; MonitorClosedError; VirError `operation-timeout`; the signal's reason.
   */
  async execute(command: string, args?: object, options: QmpExecuteOptions = {}): Promise<unknown> {
    const { timeoutMs = defaultTimeoutMs, signal } = options;
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw this.#closed;
    const id = (this.#lastId += 1);
    const answer = new Promise<unknown>((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(id);
      };
      const fail = (error: Error): void => {
        settle();
        reject(error);
      };
      const onAbort = (): void => fail(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      const timer = setTimeout(() => fail(timedOut(command, timeoutMs)), timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      const succeed = (value: unknown): void => {
        settle();
        resolve(value);
      };
      this.#waiting.set(id, { command, resolve: succeed, reject: fail });
    });
    this.#socket.write(encodeCommand(command, args, id));
    return await answer;
  }

  /** Ends the connection; what still waits is rejected. QEMU goes on. */
  close(): void {
    this.#socket.destroy();
    this.#end(say`It was closed on this side.`);
  }

  async #negotiate(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => fail(timedOut('greeting', timeoutMs)), timeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(0);
      };
      const fail = (error: Error): void => {
        settle();
        reject(error);
      };
      const onAbort = (): void => fail(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#greeted = () => {
        settle();
        resolve();
      };
      // Id 0 is never sent; it only makes the end of the connection reach this promise too.
      this.#waiting.set(0, { command: 'greeting', resolve: () => undefined, reject: fail });
      if (this.#closed !== undefined) fail(this.#closed);
    });
    await this.execute('qmp_capabilities', undefined, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
  }

  #receive(chunk: Buffer): void {
    let messages: QmpMessage[];
    try {
      messages = this.#reader
        .push(chunk)
        .filter((line) => line !== '')
        .map(parseMessage);
    } catch (thrown) {
      this.#socket.destroy();
      this.#end(say`It sent something that is not QMP: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      return;
    }
    for (const message of messages) {
      if (this.#closed !== undefined) return;
      this.#dispatch(message);
    }
  }

  #dispatch(message: QmpMessage): void {
    switch (message.kind) {
      case 'greeting':
        this.#greeted?.();
        return;
      case 'event':
        this.#options.onEvent?.(message.event);
        return;
      case 'return':
        this.#waitingFor(message.id)?.resolve(message.value);
        return;
      case 'error': {
        const waiting = this.#waitingFor(message.id);
        waiting?.reject(new QmpError(waiting.command, message.qmpClass, message.description));
        return;
      }
    }
  }

  /** Undefined for an answer nobody waits for any more: its command was given up. */
  #waitingFor(id: unknown): Waiting | undefined {
    return typeof id === 'number' ? this.#waiting.get(id) : undefined;
  }

  #end(cause?: Sentence): void {
    if (this.#closed !== undefined) return;
    const reason = new MonitorClosedError(cause);
    this.#closed = reason;
    for (const waiting of [...this.#waiting.values()]) waiting.reject(reason);
    this.#options.onClose?.(reason);
    this.#tellClosed(reason);
  }
}

/** Connects; with `waitForSocket` it tries again while nobody listens yet. */
async function openSocket(path: string, options: QmpConnectOptions, deadline: number): Promise<Socket> {
  for (let pause = 1; ; pause = Math.min(pause * 1.2, 20)) {
    const attempt = await tryConnect(path);
    if (!(attempt instanceof Error)) return attempt;
    const code = (attempt as NodeJS.ErrnoException).code ?? '';
    const notYet = code === 'ENOENT' || code === 'ECONNREFUSED';
    if (!notYet || options.waitForSocket !== true || performance.now() >= deadline) {
      throw new VirError(
        {
          code: notYet && options.waitForSocket === true ? 'operation-timeout' : 'operation-failed',
          domain: 'qemu',
          message: say`The QEMU monitor at '${path}' can't be reached.`,
          cause: attempt.message,
        },
        { cause: attempt },
      );
    }
    await delay(pause, undefined, options.signal === undefined ? {} : { signal: options.signal });
    options.signal?.throwIfAborted();
  }
}

async function tryConnect(path: string): Promise<Socket | Error> {
  return await new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('error', resolve);
    socket.once('connect', () => {
      socket.off('error', resolve);
      resolve(socket);
    });
  });
}

const timedOut = (command: string, timeoutMs: number): VirError =>
  new VirError({
    code: 'operation-timeout',
    domain: 'qemu',
    message: say`The QEMU monitor did not answer '${command}' within ${Math.round(timeoutMs)} ms.`,
    fix: say`The QEMU process may be stopped or stuck on storage; look at its log, or force it off.`,
  });
