/**
 * What was changed on this host, by whom and when: one file an owner, written whole before the first change and removed
 * after the last undo. Most of what is recorded ends with the running kernel: of a file from before the last boot only
 * those steps are left that say they last, and a file without any is dropped.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { readIfThere, removeIfThere, syncFolder, temporaryFilePattern, writeWhole } from './files.ts';
import type { Step } from './step.ts';

export interface LedgerEntry<A> {
  readonly owner: string;
  readonly timeMs: number;
  readonly steps: readonly Step<A>[];
  /** The user who had it done. */
  readonly by?: string;
  /** Recorded before the host was last started: only what lasts is left of it. */
  readonly isOfEarlierBoot?: boolean;
  /** What the change is about, in the words of who made it. */
  readonly about?: Readonly<Record<string, string>>;
  readonly standing?: Standing<A>;
}

/** Of a change that is not final: being made, or standing until somebody keeps it. It is left whole over a boot. */
export interface Standing<A> {
  readonly state: 'applying' | 'standing' | 'keeping';
  /** The running of the kernel that it was begun in. */
  readonly boot: string;
  /** When it is taken back by itself. */
  readonly deadlineMs?: number;
  /** What is done when it is kept. */
  readonly keep: readonly Step<A>[];
}

/** What a record says besides its steps. */
export type RecordDetails<A> = Partial<Pick<LedgerEntry<A>, 'about' | 'by' | 'standing' | 'timeMs'>>;

/** A file that can't be used and is left alone. */
export interface LedgerProblem {
  readonly path: string;
  readonly cause: string;
}

interface LedgerFile<A> extends LedgerEntry<A> {
  readonly version: 1;
  readonly boot: string;
}

export interface LedgerOptions {
  /** Tells one boot of the kernel from the next. */
  readonly bootId?: string;
  readonly now?: () => number;
  /** Whose engine records. */
  readonly user?: string;
}

export class Ledger<A> {
  readonly #folder: string;
  readonly #bootId: string;
  readonly #now: () => number;
  readonly #user: string;
  readonly #entries = new Map<string, LedgerEntry<A>>();
  readonly problems: LedgerProblem[] = [];

  private constructor(folder: string, options: LedgerOptions) {
    this.#folder = folder;
    this.#bootId = options.bootId ?? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    this.#now = options.now ?? Date.now;
    this.#user = options.user ?? nameOfUser();
  }

  /**
   * Reads what is recorded.
   * @param check throws for an action that this version does not know
   */
  static open<A>(folder: string, check: (action: unknown) => A, options: LedgerOptions = {}): Ledger<A> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const ledger = new Ledger<A>(folder, options);
    for (const name of readdirSync(folder).sort()) ledger.#load(name, check);
    return ledger;
  }

  /**
   * One record as it is on the disk, for who only looks at what another process does.
   * @throws for a file that is none of ours, or has an action that this version does not know
   */
  static read<A>(folder: string, owner: string, check: (action: unknown) => A): LedgerEntry<A> | undefined {
    const text = readIfThere(join(folder, `${owner}.json`));
    return text === undefined ? undefined : readEntry(text, check);
  }

  owners(): readonly LedgerEntry<A>[] {
    return [...this.#entries.values()];
  }

  steps(owner: string): readonly Step<A>[] {
    return this.#entries.get(owner)?.steps ?? [];
  }

  /** The record of a step that several owners need. */
  shared(name: string): Step<A> | undefined {
    for (const { steps } of this.#entries.values()) {
      const found = steps.find((step) => step.shared === name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  usersOf(shared: string): readonly string[] {
    return this.owners()
      .filter(({ steps }) => steps.some((step) => step.shared === shared))
      .map(({ owner }) => owner);
  }

  /** Resolves when the record would survive a power cut. */
  async record(owner: string, steps: readonly Step<A>[], details: RecordDetails<A> = {}): Promise<void> {
    const entry = { owner, timeMs: this.#now(), by: this.#user, ...details, steps };
    const file: LedgerFile<A> = { version: 1, boot: this.#bootId, ...entry };
    await writeWhole(this.#path(owner), `${JSON.stringify(file, undefined, 1)}\n`);
    this.#entries.set(owner, entry);
  }

  async forget(owner: string): Promise<void> {
    if (removeIfThere(this.#path(owner))) await syncFolder(this.#folder);
    this.#entries.delete(owner);
  }

  #load(name: string, check: (action: unknown) => A): void {
    const path = join(this.#folder, name);
    if (temporaryFilePattern.test(name)) removeIfThere(path);
    if (!name.endsWith('.json')) return;
    try {
      const { boot, ...entry } = readEntry(readFileSync(path, 'utf8'), check);
      const isOfEarlierBoot = boot !== this.#bootId;
      const isWhole = !isOfEarlierBoot || entry.standing !== undefined;
      const steps = entry.steps.filter(({ lasting }) => isWhole || lasting === true);
      if (isOfEarlierBoot && steps.length === 0) {
        removeIfThere(path);
        return;
      }
      this.#entries.set(entry.owner, { ...entry, steps, ...(isOfEarlierBoot ? { isOfEarlierBoot } : {}) });
    } catch (thrown) {
      this.problems.push({ path, cause: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }

  #path(owner: string): string {
    return join(this.#folder, `${owner}.json`);
  }
}

function readEntry<A>(text: string, check: (action: unknown) => A): LedgerEntry<A> & { readonly boot: string } {
  const file = JSON.parse(text) as Partial<LedgerFile<unknown>>;
  const { version, boot = '', owner, timeMs, steps, by, about, standing } = file;
  if (version !== 1 || owner === undefined || timeMs === undefined || !Array.isArray(steps)) {
    throw new TypeError('It is not a record of this version.');
  }
  const checked = (list: readonly Step<unknown>[]): readonly Step<A>[] =>
    list.map(({ inverse, action, ...rest }) => {
      const undo = inverse === undefined ? {} : { inverse: { ...inverse, action: check(inverse.action) } };
      return { ...rest, action: check(action), ...undo };
    });
  return {
    ...{ owner, timeMs, boot, steps: checked(steps as readonly Step<unknown>[]) },
    ...(by === undefined ? {} : { by }),
    ...(about === undefined ? {} : { about }),
    ...(standing === undefined ? {} : { standing: { ...standing, keep: checked(standing.keep) } }),
  };
}

/** Where a user has no name, the number. */
export function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
