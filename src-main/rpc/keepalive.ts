/** Proves that a peer that says nothing is still there: pings, and gives up after several without any answer. */
import type { Packet } from './framing/packet.ts';
import { encodePacket } from './framing/packet.ts';
import { keepaliveProgram } from './protocol/programs.ts';

const { ping, pong } = keepaliveProgram.procedures;

function message(procedure: number): Buffer {
  const { number: program, version } = keepaliveProgram;
  return encodePacket({ program, version, procedure, type: 'message', serial: 0, status: 'ok' });
}

export interface KeepaliveOptions {
  readonly intervalMs: number;
  /** So many pings without any sign of life end the connection. */
  readonly count: number;
  readonly send: (packet: Buffer) => void;
  readonly onDead: () => void;
  /** A ping has not been answered by the time of the next; or, after that, the peer was heard of again. */
  readonly onQuiet?: (isQuiet: boolean) => void;
}

export class Keepalive {
  readonly #options: KeepaliveOptions;
  #timer: NodeJS.Timeout | undefined;
  #unanswered = 0;
  #isQuiet = false;
  #heardMs = Date.now();

  constructor(options: KeepaliveOptions) {
    this.#options = options;
  }

  /** When the peer was heard of last. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** Begins to ping. Only a peer that is known to answer is asked. */
  start(): void {
    this.#timer ??= setInterval(() => {
      if (this.#unanswered >= this.#options.count) {
        this.stop();
        this.#options.onDead();
        return;
      }
      if (this.#unanswered > 0) this.#setQuiet(true);
      this.#unanswered += 1;
      this.#options.send(message(ping.number));
    }, this.#options.intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Anything that came from the peer proves that it lives. */
  heard(): void {
    this.#unanswered = 0;
    this.#heardMs = Date.now();
    this.#setQuiet(false);
  }

  /** Handles a packet of the keepalive program. @returns whether it was one. */
  accept(packet: Packet): boolean {
    if (packet.program !== keepaliveProgram.number) return false;
    if (packet.type === 'message' && packet.procedure === ping.number) this.#options.send(message(pong.number));
    return true;
  }

  #setQuiet(isQuiet: boolean): void {
    if (this.#isQuiet === isQuiet) return;
    this.#isQuiet = isQuiet;
    this.#options.onQuiet?.(isQuiet);
  }
}
