/** The side that executes, for root: looks, plans, acts. The privileged helper and an engine of root's are this. */
import type { PendingChange } from '../../../src-shared/model/interface-summary.ts';
import { say } from '../../../src-shared/words.ts';
import type { Logger } from '../../engine/logger.ts';
import type { Performer } from '../../host/steps.ts';
import type { InterfaceAction } from './actions.ts';
import { InterfaceChanges } from './changes.ts';
import { watchGateway } from './connection-check.ts';
import { observeInterfaces } from './detect.ts';
import type { InterfaceFacts } from './facts.ts';
import { Journal } from './journal.ts';
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
import type { InterfaceRequest } from './requests.ts';

/** Whoever changes interfaces for an engine. */
export interface InterfaceExecutor {
  perform(request: InterfaceRequest): Promise<PendingChange | undefined>;
  pending(): Promise<PendingChange | undefined>;
  /** Calls back when a change was made, kept or taken back, by whomever. */
  watch(listener: () => void): void;
  close(): Promise<void>;
}

export interface DirectOptions {
  readonly folder: string;
  readonly logger: Logger;
  readonly performer?: Performer<InterfaceAction>;
  readonly guard?: () => void;
}

export class DirectInterfaces implements InterfaceExecutor {
  readonly #bus = new NetworkManagerBus();
  readonly #changes: InterfaceChanges;
  readonly #ready: Promise<void>;
  readonly #listeners = new Set<() => void>();

  constructor({ folder, logger, performer, guard }: DirectOptions) {
    this.#changes = new InterfaceChanges({
      journal: new Journal(folder),
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

  async perform(request: InterfaceRequest): Promise<PendingChange | undefined> {
    await this.#ready;
    const changes = this.#changes;
    switch (request.verb) {
      case 'begin':
        await changes.begin();
        break;
      case 'commit':
        await changes.commit();
        break;
      case 'rollback':
        await changes.rollback();
        break;
      case 'define': {
        const definition = readDefinition(request.xml);
        await changes.make(async () => planDefine(definition, await this.#facts()));
        break;
      }
      case 'undefine':
        await changes.make(async () => planUndefine(request.name, await this.#facts()));
        break;
      case 'create':
        await changes.make(async () => planStart(request.name, await this.#facts()));
        break;
      case 'destroy':
        await changes.make(async () => planStop(request.name, await this.#facts()));
        break;
      case 'bridge': {
        const { device, bridge, confirmSeconds } = request;
        const facts = await this.#facts();
        const steps = demandFree(say`No bridge can be made over '${device}'.`, planBridge(request, facts));
        const check = await watchGateway(device, facts);
        return await changes.attempt(() => Promise.resolve(steps), {
          ...{ kind: 'bridge', bridge, device },
          ...(confirmSeconds === undefined ? {} : { confirmSeconds }),
          ...(check === undefined ? {} : { isConnected: async () => await check(bridge) }),
        });
      }
      case 'unbridge': {
        const { bridge, confirmSeconds } = request;
        const facts = await this.#facts();
        const steps = demandFree(say`The bridge '${bridge}' can't be taken apart.`, planUnbridge(bridge, facts));
        const device = facts.devices.find(({ master, isTap }) => master === bridge && !isTap)?.name ?? '';
        const check = await watchGateway(bridge, facts);
        return await changes.attempt(() => Promise.resolve(steps), {
          ...{ kind: 'unbridge', bridge, device },
          ...(confirmSeconds === undefined ? {} : { confirmSeconds }),
          ...(check === undefined ? {} : { isConnected: async () => await check(device) }),
        });
      }
    }
    return changes.pending();
  }

  async close(): Promise<void> {
    this.#changes.close();
    await this.#bus.close();
  }

  async #facts(): Promise<InterfaceFacts> {
    return await observeInterfaces(this.#bus);
  }
}
