/** Questions that a program on the way to a host has for the user: passwords, passphrases, whether a host key is right. */
import { randomUUID } from 'node:crypto';
import type { PromptInfo } from '../../src-shared/contract/prompts.ts';
import { Emitter } from './events.ts';

/** Nobody is there any more. */
const patienceMs = 5 * 60 * 1000;

interface Open {
  readonly info: PromptInfo;
  readonly settle: (answer: string | undefined) => void;
}

export class Prompts {
  /** Every open question, whenever one comes or goes. */
  readonly events = new Emitter<readonly PromptInfo[]>();
  readonly #open = new Map<string, Open>();
  readonly #answerers = new Set<object>();

  /** Somebody can put questions to the user, until the returned function is called. */
  serve(): () => void {
    const answerer = {};
    this.#answerers.add(answerer);
    return () => {
      this.#answerers.delete(answerer);
      if (this.#answerers.size > 0) return;
      for (const { settle } of [...this.#open.values()]) settle(undefined);
    };
  }

  list(): readonly PromptInfo[] {
    return [...this.#open.values()].map(({ info }) => info);
  }

  /** The answer; undefined when the user declines, or when nobody is there to ask. */
  async ask(question: Omit<PromptInfo, 'id'>): Promise<string | undefined> {
    if (this.#answerers.size === 0) return undefined;
    const info = { ...question, id: randomUUID() };
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((settle) => {
        timer = setTimeout(() => settle(undefined), patienceMs);
        this.#open.set(info.id, { info, settle });
        this.events.emit(this.list());
      });
    } finally {
      clearTimeout(timer);
      this.#open.delete(info.id);
      this.events.emit(this.list());
    }
  }

  /** Undefined declines. A question that is no longer open was answered elsewhere. */
  answer(id: string, answer: string | undefined): void {
    this.#open.get(id)?.settle(answer);
  }
}
