/**
 * What this engine changed on the host, for people: who, when, what, and what undoes it; and the undoing of one change or
 * of all. Where the privileged helper acts for the engine, what only the helper still knows (of an engine whose record is
 * lost, of another engine of the same user) is among it.
 */
import { VirError } from '../../src-shared/errors.ts';
import type { HostChange } from '../../src-shared/model/network-view.ts';
import { type Performer, undoSteps, type UndoFailure } from '../host/steps.ts';
import type { Ledger, LedgerEntry } from '../host/steps-ledger.ts';
import type { NetworkAction } from './actions.ts';
import { sentences } from './describe.ts';
import { aboutOf } from './helper/about.ts';
import { interfaceChange } from './helper/names.ts';
import type { HelperChange } from './helper-change.ts';
import type { LocalInterfaces } from './interfaces/local-interfaces.ts';

/** The helper's own record, for the user of this engine. */
export interface HelperRecord {
  /** Nobody is asked for a password for it: empty where this user may not look. */
  changes(): Promise<readonly HelperChange[]>;
  /** @returns a sentence for each change that could not be undone. */
  undoChanges(keys?: readonly string[]): Promise<readonly string[]>;
}

export interface HostChangesParts {
  readonly host: Promise<{ readonly ledger: Ledger<NetworkAction>; readonly performer: Performer<NetworkAction> }>;
  readonly helper: HelperRecord | undefined;
  /** What this process changed of the host's interfaces. */
  readonly interfaces?: () => Pick<LocalInterfaces, 'recorded' | 'undoRecorded'>;
  readonly user: string;
  /** The networks that run. */
  active(): readonly string[];
  stop(uuid: string): Promise<void>;
  /** Before anything is undone. @throws VirError when this user may not. */
  demand(): Promise<void>;
  /** One change after the other. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

const networkPrefix = 'network-';
const helperPrefix = 'helper/';
/** Before what interfaces' part of the ledger calls a change. */
const interfacePrefix = interfaceChange;

/** Steps of one change of the helper's are one change here. */
function together(changes: readonly HelperChange[], user: string): readonly HostChange[] {
  const byKey = new Map<string, HelperChange[]>();
  for (const change of changes) byKey.set(change.key, [...(byKey.get(change.key) ?? []), change]);
  return [...byKey].map(([key, same]) => ({
    ...{ owner: helperPrefix + key, user, steps: same.map(({ step }) => step) },
    timeMs: Math.max(...same.map(({ timeMs }) => timeMs)),
  }));
}

export class HostChanges {
  readonly #parts: HostChangesParts;

  constructor(parts: HostChangesParts) {
    this.#parts = parts;
  }

  /** Newest first. */
  async list(): Promise<readonly HostChange[]> {
    const { ledger } = await this.#parts.host;
    const own = ledger.owners().map((entry) => this.#shown(entry));
    const recorded = (await this.#parts.interfaces?.().recorded()) ?? [];
    const interfaces = recorded.map((entry) => this.#shown({ ...entry, owner: interfacePrefix + entry.owner }));
    const left = together(await this.#leftWithHelper(ledger.owners()), this.#parts.user);
    return [...own, ...interfaces, ...left].sort((one, other) => other.timeMs - one.timeMs);
  }

  /** @returns what could not be undone, and stays recorded. */
  async undo(owner?: string): Promise<readonly string[]> {
    return owner === undefined ? await this.#undoAll() : await this.#undoOne(owner);
  }

  async #undoOne(owner: string): Promise<readonly string[]> {
    const { host, helper, active, stop, demand, exclusively } = this.#parts;
    if (owner.startsWith(helperPrefix)) return (await helper?.undoChanges([owner.slice(helperPrefix.length)])) ?? [];
    if (owner.startsWith(interfacePrefix)) {
      return (await this.#parts.interfaces?.().undoRecorded(owner.slice(interfacePrefix.length))) ?? [];
    }
    const uuid = owner.slice(networkPrefix.length);
    if (owner.startsWith(networkPrefix) && active().includes(uuid))
      return await failuresOf(async () => await stop(uuid));
    const { ledger, performer } = await host;
    if (ledger.steps(owner).length === 0) return [];
    await demand();
    return await exclusively(async () => (await undoSteps(ledger, performer, owner)).map(told));
  }

  /** Cables before the networks they lead to, networks before what only the helper knows, the host's cards last. */
  async #undoAll(): Promise<readonly string[]> {
    const { host, helper, active, stop, demand, exclusively } = this.#parts;
    const { ledger, performer } = await host;
    const failures: string[] = [];
    const undo = async (owners: readonly string[]): Promise<void> => {
      await exclusively(async () => {
        for (const owner of owners) failures.push(...(await undoSteps(ledger, performer, owner)).map(told));
      });
    };
    const owners = (): readonly string[] => ledger.owners().map(({ owner }) => owner);
    if (owners().length > 0) await demand();
    await undo(owners().filter((owner) => !owner.startsWith(networkPrefix)));
    for (const uuid of active()) failures.push(...(await failuresOf(async () => await stop(uuid))));
    await undo(owners());
    const left = await this.#leftWithHelper(ledger.owners());
    if (left.length > 0)
      failures.push(...((await helper?.undoChanges([...new Set(left.map(({ key }) => key))])) ?? []));
    const interfaces = this.#parts.interfaces?.();
    const newest = ((await interfaces?.recorded()) ?? []).toSorted((one, other) => other.timeMs - one.timeMs);
    for (const { owner } of newest) failures.push(...((await interfaces?.undoRecorded(owner)) ?? []));
    return failures;
  }

  async #leftWithHelper(own: readonly LedgerEntry<NetworkAction>[]): Promise<readonly HelperChange[]> {
    const known = new Set(own.flatMap(({ steps }) => steps.map(aboutOf)));
    return ((await this.#parts.helper?.changes()) ?? []).filter(({ about }) => !known.has(about));
  }

  #shown({ owner, timeMs, by, steps, isOfEarlierBoot }: Omit<LedgerEntry<unknown>, 'standing'>): HostChange {
    return {
      ...{ owner, timeMs, user: by ?? this.#parts.user, steps: sentences(steps) },
      ...(isOfEarlierBoot === true ? { isOfEarlierBoot } : {}),
    };
  }
}

const reason = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
const told = ({ sentence, cause }: UndoFailure): string => `${sentence} ${reason(cause)}`;

/** Who says no to the question for a password is not asked the next one: that is no failure of a single change. */
async function failuresOf(stop: () => Promise<void>): Promise<readonly string[]> {
  try {
    await stop();
    return [];
  } catch (thrown) {
    if (isRefusal(thrown)) throw thrown;
    return [reason(thrown)];
  }
}

const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof VirError && ['auth-cancelled', 'auth-unavailable', 'access-denied'].includes(thrown.data.code);
