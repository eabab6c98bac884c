/**
 * Who may change a domain now. As in libvirt there is one modify job at a time; a long (asynchronous) job such as a save
 * lets chosen kinds of short jobs pass while it works, so that a domain being saved can still be destroyed. Queries take
 * no job at all.
 */
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';

export type JobKind = 'modify' | 'destroy' | 'suspend' | 'abort';

export interface JobOptions {
  /** What a long job under way decides by whether it lets this one pass; `modify` unless told. */
  readonly kind?: JobKind;
  /** How long to wait for the holder; libvirt's 30 s unless told. */
  readonly waitMs?: number;
}

/** Takes the short lock for one step of a long job. */
export type NestedJob = <T>(work: () => Promise<T>) => Promise<T>;

interface Holder {
  readonly api: string;
  readonly sinceMs: number;
}

interface Waiter {
  readonly api: string;
  readonly canStart: () => boolean;
  readonly start: () => void;
}

const defaultWaitMs = 30_000;
/** What may always interrupt a long job: libvirt's `JOB_MASK_DEFAULT`. */
const defaultAllowed: readonly JobKind[] = ['destroy', 'abort'];

export class DomainJobs {
  /** The domain's name as it is now, for messages. */
  readonly #subject: () => string;
  readonly #waiters: Waiter[] = [];
  #short: Holder | undefined;
  #long: (Holder & { readonly allowed: readonly JobKind[] }) | undefined;

  constructor(subject: () => string) {
    this.#subject = subject;
  }

  /** The API that holds the domain now. */
  get holder(): string | undefined {
    return (this.#short ?? this.#long)?.api;
  }

  /**
   * Runs one short job. Must not be called from inside another job of the same domain, which would wait for itself.
   * @throws VirError `operation-timeout` naming the holder.
   */
  async run<T>(api: string, work: () => Promise<T>, options: JobOptions = {}): Promise<T> {
    const kind = options.kind ?? 'modify';
    const canStart = (): boolean =>
      this.#short === undefined && (this.#long === undefined || this.#long.allowed.includes(kind));
    return await this.#takeShort(api, canStart, work, options.waitMs);
  }

  /** Runs a long job; its own short steps go through `nested`. */
  async runLong<T>(
    api: string,
    work: (nested: NestedJob) => Promise<T>,
    options: { readonly allowed?: readonly JobKind[]; readonly waitMs?: number } = {},
  ): Promise<T> {
    const canStart = (): boolean => this.#short === undefined && this.#long === undefined;
    await this.#wait(api, canStart, options.waitMs, () => {
      this.#long = { api, sinceMs: Date.now(), allowed: options.allowed ?? defaultAllowed };
    });
    try {
      return await work((step) => this.#takeShort(api, () => this.#short === undefined, step, options.waitMs));
    } finally {
      this.#long = undefined;
      this.#pump();
    }
  }

  async #takeShort<T>(
    api: string,
    canStart: () => boolean,
    work: () => Promise<T>,
    waitMs: number | undefined,
  ): Promise<T> {
    await this.#wait(api, canStart, waitMs, () => {
      this.#short = { api, sinceMs: Date.now() };
    });
    try {
      return await work();
    } finally {
      this.#short = undefined;
      this.#pump();
    }
  }

  async #wait(api: string, canStart: () => boolean, waitMs = defaultWaitMs, begin: () => void): Promise<void> {
    // Nobody overtakes: only what waits for something else is passed by.
    if (canStart() && !this.#waiters.some((waiter) => waiter.canStart())) {
      begin();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(this.#timeout());
      }, waitMs);
      const waiter: Waiter = {
        api,
        canStart,
        start: () => {
          clearTimeout(timer);
          begin();
          resolve();
        },
      };
      this.#waiters.push(waiter);
    });
  }

  #pump(): void {
    for (let at = 0; at < this.#waiters.length; ) {
      const waiter = this.#waiters[at];
      if (waiter?.canStart() === true) {
        this.#waiters.splice(at, 1);
        waiter.start();
        at = 0;
      } else at += 1;
    }
  }

  #timeout(): VirError {
    const holder = this.#short ?? this.#long;
    const held = holder === undefined ? 'unknown' : holder.api;
    const seconds = holder === undefined ? 0 : Math.round((Date.now() - holder.sinceMs) / 1000);
    return new VirError({
      code: 'operation-timeout',
      domain: 'domain',
      message: say`cannot acquire state change lock of domain '${this.#subject()}' (held by monitor=${held})`,
      cause: say`'${held}' has been changing it for ${seconds} s.`,
      fix: say`Wait for it, or cancel it, and try again.`,
    });
  }
}
