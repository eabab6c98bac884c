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
}

export class Keepalive {
  readonly #options: KeepaliveOptions;
  #timer: NodeJS.Timeout | undefined;
  #unanswered = 0;

  constructor(options: KeepaliveOptions) {
    this.#options = options;
  }

  /** Begins to ping. Only a peer that is known to answer is asked. */
  start(): void {
    this.#timer ??= setInterval(() => {
      if (this.#unanswered >= this.#options.count) {
        this.stop();
        this.#options.onDead();
        return;
      }
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
  }

  /** Handles a packet of the keepalive program. @returns whether it was one. */
  accept(packet: Packet): boolean {
    if (packet.program !== keepaliveProgram.number) return false;
    if (packet.type === 'message' && packet.procedure === ping.number) this.#options.send(message(pong.number));
    return true;
  }
}
