/** The side that executes, for root: looks, plans, acts. The privileged helper and an engine of root's are this. */
import { tell } from '../../../src-shared/host-words.ts';
import type { PendingChange } from '../../../src-shared/model/interface-summary.ts';
import { say } from '../../../src-shared/words.ts';
import type { Logger } from '../../engine/logger.ts';
import type { Performer } from '../../host/steps.ts';
import { nameOfUser } from '../../host/steps-ledger.ts';
import { VirError } from '../../../src-shared/errors.ts';
import type { InterfaceStep } from './plan-live.ts';
import type { InterfaceAction } from './actions.ts';
import { InterfaceChanges } from './changes.ts';
import { watchGateway } from './connection-check.ts';
import { observeInterfaces } from './detect.ts';
import { deviceOf, type InterfaceFacts } from './facts.ts';

import { NetworkManagerBus } from './network-manager-bus.ts';
import { InterfacePerformer } from './performer.ts';
import {
  demandFree,
  planBridge,
  planDefine,
  planStart,
  planStop,
  planUnbridge,
  planUndefine,
  readDefinition,
} from './plan.ts';
import { InterfaceRecord, type KeptEntry, standingOwner, type StandingEntry } from './record.ts';
import type { InterfaceRequest } from './requests.ts';

/** Whoever changes interfaces for an engine. */
export interface InterfaceExecutor {
  /** @param by who has it done; by default the user of this process */
  perform(request: InterfaceRequest, by?: string): Promise<PendingChange | undefined>;
  pending(): Promise<PendingChange | undefined>;
  /** What is recorded here of changes, kept or not; nothing where another process records. */
  recorded(): Promise<readonly RecordedChange[]>;
  /** Takes a change back. @returns what could not be taken back, and stays recorded. */
  undo(owner: string, by?: string): Promise<readonly string[]>;
  /** Calls back when a change was made, kept or taken back, by whomever. */
  watch(listener: () => void): void;
  close(): Promise<void>;
}

export type RecordedChange = Pick<KeptEntry, 'owner' | 'timeMs' | 'by' | 'steps' | 'isOfEarlierBoot'>;

export interface DirectOptions {
  /** Of the part of the ledger that is about interfaces. */
  readonly folder: string;
  readonly logger: Logger;
  readonly performer?: Performer<InterfaceAction>;
  readonly guard?: () => void;
}

export class DirectInterfaces implements InterfaceExecutor {
  readonly #bus = new NetworkManagerBus();
  readonly #record: InterfaceRecord;
  readonly #changes: InterfaceChanges;
  readonly #ready: Promise<void>;
  readonly #listeners = new Set<() => void>();

  constructor({ folder, logger, performer, guard }: DirectOptions) {
    this.#record = new InterfaceRecord(folder);
    this.#changes = new InterfaceChanges({
      record: this.#record,
      performer: performer ?? new InterfacePerformer(this.#bus),
      logger,
      changed: () => this.#listeners.forEach((listener) => listener()),
      ...(guard === undefined ? {} : { guard }),
    });
    this.#ready = this.#changes.recover();
    // Whoever asks first is told; until then the failure is nobody's.
    this.#ready.catch((error: unknown) =>
      logger.log('error', 'A change of interfaces can not be recovered.', { error }),
    );
  }

  watch(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async pending(): Promise<PendingChange | undefined> {
    await this.#ready;
    return this.#changes.pending();
  }

  async perform(request: InterfaceRequest, by = nameOfUser()): Promise<PendingChange | undefined> {
    await this.#ready;
    const changes = this.#changes;
    switch (request.verb) {
      case 'begin':
        await changes.begin(by);
        break;
      case 'commit':
        await changes.commit();
        break;
      case 'rollback':
        await changes.rollback();
        break;
      case 'define': {
        const definition = readDefinition(request.xml);
        await changes.make(definition.name, by, async () => planDefine(definition, await this.#facts()));
        break;
      }
      case 'undefine':
        await changes.make(request.name, by, async () => planUndefine(request.name, await this.#facts()));
        break;
      case 'create':
        await changes.make(request.name, by, async () => planStart(request.name, await this.#facts()));
        break;
      case 'destroy':
        await changes.make(request.name, by, async () => planStop(request.name, await this.#facts()));
        break;
      case 'bridge': {
        const { device, bridge, confirmSeconds } = request;
        const facts = await this.#facts();
        const steps = demandFree(say`No bridge can be made over '${device}'.`, planBridge(request, facts));
        const check = await watchGateway(device, facts);
        return await changes.attempt(() => Promise.resolve(steps), {
          ...{ kind: 'bridge', by, bridge, device },
          ...(confirmSeconds === undefined ? {} : { confirmSeconds }),
          ...(check === undefined ? {} : { isConnected: async () => await check(bridge) }),
        });
      }
      case 'unbridge': {
        const { bridge, confirmSeconds } = request;
        const facts = await this.#facts();
        const steps = demandFree(say`The bridge '${bridge}' can't be taken apart.`, planUnbridge(bridge, facts));
        const device = portOf(bridge, facts);
        const check = await watchGateway(bridge, facts);
        return await changes.attempt(() => Promise.resolve(steps), {
          ...{ kind: 'unbridge', by, bridge, device },
          ...(confirmSeconds === undefined ? {} : { confirmSeconds }),
          ...(check === undefined ? {} : { isConnected: async () => await check(device) }),
        });
      }
    }
    return changes.pending();
  }

  async recorded(): Promise<readonly RecordedChange[]> {
    await this.#ready;
    const standing = this.#record.read();
    return [...(standing === undefined ? [] : [asRecorded(standing)]), ...this.#record.kept()];
  }

  async undo(owner: string, by = nameOfUser()): Promise<readonly string[]> {
    await this.#ready;
    try {
      if (owner === standingOwner) {
        await this.#changes.rollback();
        return [];
      }
      const kept = this.#record.find(owner);
      if (kept === undefined) return [];
      const facts = await this.#facts();
      const bridge = kept.about?.['kind'] === 'bridge' ? kept.about['bridge'] : undefined;
      if (bridge !== undefined && deviceOf(facts, bridge) !== undefined) {
        await this.#takeApart(bridge, kept, facts, by);
        return [];
      }
      const failures = await this.#changes.undoKept(owner, ending(kept, facts), (path) => facts.files[path]);
      return failures.map(({ sentence, cause }) => `${sentence} ${reason(cause)}`);
    } catch (thrown) {
      return [reason(thrown)];
    }
  }

  /** By what the host has now: addresses may be others than they were when the bridge was made, and so may its ports. */
  async #takeApart(bridge: string, kept: KeptEntry, facts: InterfaceFacts, by: string): Promise<void> {
    const { now, keep } = demandFree(say`The bridge '${bridge}' can't be taken apart.`, planUnbridge(bridge, facts));
    const device = portOf(bridge, facts);
    const check = await watchGateway(bridge, facts);
    const steps = { now, keep: asBefore(kept, keep, facts) };
    await this.#changes.attempt(() => Promise.resolve(steps), {
      ...{ kind: 'unbridge', by, bridge, device },
      ...(check === undefined ? {} : { isConnected: async () => await check(device) }),
    });
  }

  async close(): Promise<void> {
    this.#changes.close();
    await this.#bus.close();
  }

  async #facts(): Promise<InterfaceFacts> {
    return await observeInterfaces(this.#bus);
  }
}

const portOf = (bridge: string, { devices }: InterfaceFacts): string =>
  devices.find(({ master, isTap }) => master === bridge && !isTap)?.name ?? '';

/** Files that nobody changed since are put back byte for byte, instead of being edited. */
function asBefore(
  kept: KeptEntry,
  keep: readonly InterfaceStep[],
  { files }: InterfaceFacts,
): readonly InterfaceStep[] {
  const written = kept.steps.filter(({ action }) => action.verb === 'file-write');
  const isUntouched = written.every(
    ({ action }) => action.verb === 'file-write' && files[action.path] === action.content,
  );
  if (!isUntouched || !keep.some(({ action }) => action.verb === 'file-write')) return keep;
  const others = keep.filter(({ action }) => action.verb !== 'file-write');
  return [...others, ...[...written].reverse().flatMap(({ inverse }) => inverse ?? [])];
}

/** What was defined as new, and came up at a boot since: nobody knows of it any more once it is not defined. */
function ending({ about, steps, isOfEarlierBoot }: KeptEntry, facts: InterfaceFacts): readonly InterfaceStep[] {
  const device = deviceOf(facts, about?.['name'] ?? '');
  const isNew = steps.some(
    ({ inverse }) => inverse?.action.verb === 'file-write' && inverse.action.content === undefined,
  );
  if (device === undefined || isOfEarlierBoot !== true || !isNew) return [];
  const { name: link, kind } = device;
  if (kind !== 'bridge' && kind !== 'vlan' && kind !== 'bond') return [];
  const gone: InterfaceStep = { ...tell('hostBridgeRemove', { link }), action: { verb: 'link-delete', link, kind } };
  return [...planStop(link, facts), gone];
}

const asRecorded = ({ startedMs: timeMs, by, steps }: StandingEntry): RecordedChange => ({
  ...{ owner: standingOwner, timeMs, by, steps },
});

const reason = (thrown: unknown): string =>
  [
    thrown instanceof Error ? thrown.message : String(thrown),
    thrown instanceof VirError ? thrown.data.cause : undefined,
  ]
    .filter((text) => text !== undefined)
    .join(' ');
