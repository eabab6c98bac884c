/**
 * A client of `qemu-ga`, the agent inside a guest, over the socket of its channel.
 *
 * The guest decides what comes back: answers are bounded, waited for with a time limit, and an agent that was restarted
 * in the middle of an answer is brought back in step by `guest-sync-delimited`.
 */
import { connect, type Socket } from 'node:net';
import { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import { LineReader } from '../qmp/line-reader.ts';
import { isObject } from '../qmp/message.ts';

/** libvirt's bound for one answer. */
const maximumLineBytes = 10 * 1024 * 1024;
/** libvirt's limit for finding out whether anybody listens. */
const syncTimeoutMs = 5_000;
const commandTimeoutMs = 5_000;
/** An agent that refuses to shut down says so at once. */
const shutdownAnswerMs = 500;
/** Makes the agent forget what it was reading, and marks the beginning of its answer. */
const sentinel = 0xff;

const unresponsive = (message: Sentence, cause?: Sentence): VirError =>
  new VirError({
    code: 'agent-unresponsive',
    domain: 'qemu',
    message,
    ...(cause === undefined ? {} : { cause }),
    fix: say`See whether qemu-guest-agent is installed and running in the guest.`,
  });

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Answers that are not this one's are left over from before. */
  readonly accepts: (value: unknown) => boolean;
}

export class GuestAgent {
  readonly #socket: Socket;
  readonly #onClose: () => void;
  #reader = new LineReader({ maximumLineBytes });
  #waiting: Waiting | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #inStep = false;
  #lastSync = Math.floor(Math.random() * 1_000_000);
  #closed = false;

  private constructor(socket: Socket, onClose: () => void) {
    this.#socket = socket;
    this.#onClose = onClose;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
  }

  /** @throws VirError `agent-unresponsive` when the channel's socket can't be connected. */
  static async connect(path: string, onClose: () => void = () => undefined): Promise<GuestAgent> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const attempt = connect({ path });
      attempt.once('error', (error) => reject(unresponsive(say`The guest agent’s channel is closed.`, error.message)));
      attempt.once('connect', () => resolve(attempt));
    });
    return new GuestAgent(socket, onClose);
  }

  /**
   * Sends one command and waits for its answer; commands wait for each other.
   * @throws VirError `agent-unresponsive`; `internal-error` when the agent refuses, with its words.
   */
  async execute(command: string, args?: object, timeoutMs = commandTimeoutMs): Promise<unknown> {
    return await this.#inTurn(async () => {
      await this.#sync();
      return await this.#send(command, args, timeoutMs);
    });
  }

  /** A command that has no answer when it works: the guest goes down. An error still comes back at once. */
  async shutdown(mode: 'powerdown' | 'reboot' | 'halt'): Promise<void> {
    await this.#inTurn(async () => {
      await this.#sync();
      const answer = this.#send('guest-shutdown', { mode }, commandTimeoutMs).catch((thrown: unknown) => {
        // A channel that closes now is the answer.
        if (!this.#closed) throw thrown;
      });
      const patience = new Promise<'silence'>((resolve) => setTimeout(resolve, shutdownAnswerMs, 'silence'));
      const outcome = await Promise.race([answer, patience]);
      if (outcome === 'silence') answer.catch(() => undefined);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.#waiting?.reject(unresponsive(say`The guest agent’s channel was closed.`));
    this.#onClose();
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return await turn;
  }

  async #sync(): Promise<void> {
    if (this.#inStep) return;
    const id = (this.#lastSync += 1);
    this.#reader = new LineReader({ maximumLineBytes });
    this.#write('guest-sync-delimited', { id }, true);
    await this.#answer(syncTimeoutMs, (value) => isObject(value) && value['return'] === id);
    this.#inStep = true;
  }

  async #send(command: string, args: object | undefined, timeoutMs: number): Promise<unknown> {
    this.#write(command, args, false);
    const reply = await this.#answer(timeoutMs, (value) => isObject(value) && ('return' in value || 'error' in value));
    if (isObject(reply) && isObject(reply['error'])) {
      const { class: kind, desc } = reply['error'];
      throw new VirError({
        code: kind === 'CommandNotFound' ? 'operation-unsupported' : 'internal-error',
        domain: 'qemu',
        message: say`unable to execute QEMU agent command '${command}': ${String(desc)}`,
      });
    }
    return isObject(reply) ? reply['return'] : undefined;
  }

  #write(command: string, args: object | undefined, marked: boolean): void {
    if (this.#closed) throw unresponsive(say`The guest agent is not connected.`);
    const text = Buffer.from(
      `${JSON.stringify({ execute: command, ...(args === undefined ? {} : { arguments: args }) })}\n`,
    );
    this.#socket.write(marked ? Buffer.concat([Buffer.from([sentinel]), text]) : text);
  }

  async #answer(timeoutMs: number, accepts: (value: unknown) => boolean): Promise<unknown> {
    return await new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
      };
      const timer = setTimeout(() => {
        settle();
        // Its answer may still come; the next command starts with finding the place again.
        this.#inStep = false;
        reject(unresponsive(say`The guest agent did not answer within ${timeoutMs} ms.`));
      }, timeoutMs);
      this.#waiting = {
        accepts,
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
    });
  }

  #receive(chunk: Buffer): void {
    // The mark ends whatever half an answer came before it.
    const mark = chunk.lastIndexOf(sentinel);
    if (mark >= 0) this.#reader = new LineReader({ maximumLineBytes });
    let lines: string[];
    try {
      lines = this.#reader.push(mark >= 0 ? chunk.subarray(mark + 1) : chunk);
    } catch {
      this.close();
      return;
    }
    for (const line of lines) {
      const value = parse(line);
      if (value !== undefined && this.#waiting?.accepts(value) === true) this.#waiting.resolve(value);
    }
  }
}

/** What is not JSON is the rest of something a restarted agent was saying. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
