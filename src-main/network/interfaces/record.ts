/**
 * The part of the ledger of host changes that is about interfaces: what stands until it is kept, and what was kept. Who
 * comes after a crash, or after the next boot, finds what takes each of them back.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { PendingChange } from '../../../src-shared/model/interface-summary.ts';
import { Ledger, type LedgerEntry, nameOfUser } from '../../host/steps-ledger.ts';
import { type InterfaceAction, checkInterfaceAction } from './actions.ts';
import type { InterfaceStep } from './plan-live.ts';

export interface StandingEntry extends PendingChange {
  /** Being made; made; being kept. What was being made when everything stopped is taken back. */
  readonly state: 'applying' | 'standing' | 'keeping';
  /** The kernel's running since; what ends with it needs no undoing after it. */
  readonly boot: string;
  readonly steps: readonly InterfaceStep[];
  readonly keep: readonly InterfaceStep[];
  /** Who had it done. */
  readonly by: string;
  /** The interface that it is about, when it is one. */
  readonly name?: string;
}

/** A change that was kept. */
export type KeptEntry = LedgerEntry<InterfaceAction>;

/** The owner of the one change that is not final. */
export const standingOwner = 'standing';

export class InterfaceRecord {
  readonly #folder: string;
  readonly boot: string;
  #ledger: Ledger<InterfaceAction> | undefined;

  /** @param folder is made with the first record. */
  constructor(folder: string, boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) {
    this.#folder = folder;
    this.boot = boot;
  }

  /** @throws for a file that is none of ours: it is left alone, and nothing is changed as long as it is there. */
  read(): StandingEntry | undefined {
    const entry = Ledger.read(this.#folder, standingOwner, checkInterfaceAction);
    if (entry === undefined) return undefined;
    const { standing, steps, timeMs, by = '', about = {} } = entry;
    const { kind, bridge, device, name } = about;
    const isKnown = kind === 'bridge' || kind === 'unbridge' || kind === 'changes';
    if (standing === undefined || !isKnown) throw new TypeError(`'${this.#folder}' has a record of another version.`);
    return {
      ...{ kind, startedMs: timeMs, ...standing, steps, by },
      ...(bridge === undefined ? {} : { bridge }),
      ...(device === undefined ? {} : { device }),
      ...(name === undefined ? {} : { name }),
    };
  }

  /** Resolves when the record would survive a power cut. */
  async write({
    kind,
    state,
    boot,
    startedMs,
    steps,
    keep,
    by,
    bridge,
    device,
    name,
    deadlineMs,
  }: StandingEntry): Promise<void> {
    const about = aboutOf({ kind, bridge, device, name });
    const standing = { state, boot, keep, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
    await this.#open().record(standingOwner, steps, { timeMs: startedMs, by, about, standing });
  }

  async clear(): Promise<void> {
    if (this.read() !== undefined) await this.#open().forget(standingOwner);
  }

  /** What was kept and not undone since. */
  kept(): readonly KeptEntry[] {
    return this.#all().filter(({ owner }) => owner !== standingOwner);
  }

  find(owner: string): KeptEntry | undefined {
    return this.kept().find((entry) => entry.owner === owner);
  }

  /**
   * A change is final: what takes it back is recorded, with what was done to the same interface before. What takes the
   * change of before back leaves nothing of either.
   */
  async keep(entry: StandingEntry): Promise<void> {
    const { kind, bridge, device, name, by, startedMs, steps, keep } = entry;
    const about = aboutOf({ kind, bridge, device, name });
    if (kind === 'changes') {
      const owner = name === undefined ? `interfaces-${startedMs}` : `interface-${name}`;
      const before = name === undefined ? [] : (this.find(owner)?.steps ?? []);
      return await this.#settle(owner, joined(before, steps.map(marked)), { by, about });
    }
    const owner = `interface-${bridge ?? ''}`;
    const made = this.find(owner);
    // Taking a bridge of ours apart is what takes it back.
    if (kind === 'unbridge' && made?.about?.['kind'] === 'bridge') return await this.forget(owner);
    const saved = new Set(keep.flatMap(({ action }) => (action.verb === 'nm-save' ? [action.uuid] : [])));
    const isTrial = ({ action }: InterfaceStep): boolean =>
      action.verb === 'file-write' && action.path.startsWith('/run/');
    const lasting = (step: InterfaceStep): InterfaceStep =>
      step.action.verb === 'nm-add' && saved.has(step.action.uuid) ? { ...step, lasting: true } : marked(step);
    await this.#settle(owner, [...steps, ...keep].filter((step) => !isTrial(step)).map(lasting), { by, about });
  }

  async forget(owner: string): Promise<void> {
    if (this.find(owner) !== undefined) await this.#open().forget(owner);
  }

  async #settle(
    owner: string,
    steps: readonly InterfaceStep[],
    details: { readonly by: string; readonly about: Readonly<Record<string, string>> },
  ): Promise<void> {
    if (steps.length === 0) await this.forget(owner);
    else await this.#open().record(owner, steps, details);
  }

  #all(): readonly KeptEntry[] {
    return this.#ledger === undefined && !existsSync(this.#folder) ? [] : this.#open().owners();
  }

  #open(): Ledger<InterfaceAction> {
    this.#ledger ??= Ledger.open(this.#folder, checkInterfaceAction, { bootId: this.boot, user: nameOfUser() });
    return this.#ledger;
  }
}

function aboutOf(given: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(given).filter((each): each is [string, string] => each[1] !== undefined));
}

const marked = (step: InterfaceStep): InterfaceStep => (outlivesBoot(step.action) ? { ...step, lasting: true } : step);

/** Two lists in their order, without what the second takes back of the first, or does once more. */
function joined(before: readonly InterfaceStep[], steps: readonly InterfaceStep[]): readonly InterfaceStep[] {
  if (isDeepStrictEqual(actionsOf(before.slice(-steps.length)), actionsOf(steps))) return before;
  const all = [...before];
  for (const step of steps) {
    const last = all.at(-1);
    const isTakenBack =
      last !== undefined &&
      isDeepStrictEqual(last.inverse?.action, step.action) &&
      isDeepStrictEqual(last.action, step.inverse?.action);
    if (isTakenBack) all.pop();
    else all.push(step);
  }
  // What only has files read, or leaves nothing, is nothing to undo by itself.
  return all.some(({ inverse }) => inverse !== undefined && inverse.action.verb !== 'networkd-reload') ? all : [];
}

const actionsOf = (steps: readonly InterfaceStep[]): readonly InterfaceAction[] => steps.map(({ action }) => action);

/** Whether what an action did is still there after the kernel has started anew. */
export const outlivesBoot = ({ verb, ...action }: InterfaceAction): boolean =>
  (verb === 'file-write' && 'path' in action && !action.path.startsWith('/run/')) ||
  ((verb === 'nm-add' || verb === 'nm-update') && 'isLasting' in action && action.isLasting) ||
  verb === 'nm-delete' ||
  verb === 'nm-save';
