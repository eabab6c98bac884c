/** Questions that a program on the way to a host has for the user: passwords, passphrases, whether a host key is right. */
import { randomUUID } from 'node:crypto';
import { askingVariable, type PromptInfo } from '../../src-shared/contract/prompts.ts';
import type { Asking } from './context.ts';
import { Emitter } from './events.ts';

/** Nobody is there any more. */
const patienceMs = 5 * 60 * 1000;

interface Open {
  readonly info: PromptInfo;
  readonly settle: (answer: string | undefined) => void;
}

/** What was answered on the way to one host; in memory only, and only as long as the way is wanted. */
interface Memory {
  readonly answers: Map<string, string>;
  /** Questions of the attempt under way that had an answer from here: asked again, it was wrong. */
  readonly used: Set<string>;
  isQuiet: boolean;
}

export class Prompts {
  /** Every open question, whenever one comes or goes. */
  readonly events = new Emitter<readonly PromptInfo[]>();
  readonly #open = new Map<string, Open>();
  readonly #answerers = new Set<object>();
  readonly #memories = new Map<string, Memory>();
  /** Answers to questions of our own, and those that are being asked. */
  readonly #kept = new Map<string, string>();
  readonly #asking = new Map<string, Promise<string | undefined>>();

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

  /**
   * A way to a host that may have to be found again, without asking again what the user has answered.
   * @param environment makes a program ask through the engine.
   */
  asking(environment: () => Promise<Readonly<Record<string, string>>>): Asking {
    const id = randomUUID();
    const memory: Memory = { answers: new Map(), used: new Set(), isQuiet: false };
    this.#memories.set(id, memory);
    return {
      attempt: async ({ quiet }) => {
        memory.used.clear();
        memory.isQuiet = quiet;
        // A program that is told nothing might try nothing as a password.
        if (quiet && memory.answers.size === 0) return undefined;
        return { ...(await environment()), [askingVariable]: id };
      },
      ask: async (question, options) => await this.#askOnce(question, options),
      end: () => void this.#memories.delete(id),
    };
  }

  list(): readonly PromptInfo[] {
    return [...this.#open.values()].map(({ info }) => info);
  }

  /**
   * The answer; undefined when the user declines, or when nobody is there to ask.
   * @param asking on whose behalf; the same question of the next attempt then has the same answer.
   */
  async ask(question: Omit<PromptInfo, 'id'>, asking?: string): Promise<string | undefined> {
    const memory = asking === undefined ? undefined : this.#memories.get(asking);
    if (memory === undefined) return await this.#askUser(question);
    const { text } = question;
    const known = memory.answers.get(text);
    if (known !== undefined && !memory.used.has(text)) {
      memory.used.add(text);
      return known;
    }
    memory.answers.delete(text);
    if (memory.isQuiet) return undefined;
    const answer = await this.#askUser(question);
    if (answer === undefined) return undefined;
    memory.answers.set(text, answer);
    memory.used.add(text);
    return answer;
  }

  /** Undefined declines. A question that is no longer open was answered elsewhere. */
  answer(id: string, answer: string | undefined): void {
    this.#open.get(id)?.settle(answer);
  }

  async #askOnce(
    question: Omit<PromptInfo, 'id'>,
    { again, quiet }: { readonly again: boolean; readonly quiet: boolean },
  ): Promise<string | undefined> {
    const { text } = question;
    if (again) this.#kept.delete(text);
    const known = this.#kept.get(text) ?? this.#asking.get(text);
    if (known !== undefined || quiet) return await known;
    const asking = this.#askUser(question).finally(() => this.#asking.delete(text));
    this.#asking.set(text, asking);
    const answer = await asking;
    if (answer !== undefined) this.#kept.set(text, answer);
    return answer;
  }

  async #askUser(question: Omit<PromptInfo, 'id'>): Promise<string | undefined> {
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
}
