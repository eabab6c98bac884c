/** Networks that run: started and stopped by their steps, changed while they run, resumed by a new engine. */
import type { Logger } from '../engine/logger.ts';
import { applySteps, type Performer, undoSteps, type UndoFailure } from '../host/steps.ts';
import type { Ledger } from '../host/steps-ledger.ts';
import { familyOf } from '../../src-shared/model/network-subnet.ts';
import { say } from '../../src-shared/words.ts';
import type { NetworkAction } from './actions.ts';
import type { NetworkDefinition } from './complete.ts';
import { translatedPorts } from './firewall/rules.ts';
import { inTheWay, networkError, stepFailed } from './errors.ts';
import type { NetworkRecord, NetworkRegistry } from './network-registry.ts';
import { findLink } from './observe-links.ts';
import type { NetworkStep, StartPlan } from './plan.ts';

export interface RunParts {
  readonly ledger: Ledger<NetworkAction>;
  readonly performer: Performer<NetworkAction>;
  readonly registry: NetworkRegistry;
  readonly logger: Logger;
}

const prefix = 'network-';
const ownerOf = ({ uuid }: { readonly uuid: string }): string => `${prefix}${uuid}`;

/** Steps whose result may be replaced while guests go on: rules, and what the server is told. */
const replaceable: readonly NetworkAction['verb'][] = [
  'nft-network-set',
  'nft-forwards-set',
  'iptables-add',
  'dnsmasq-start',
  'names-set',
];

/** Steps that a running network may come to need: its first server, the zone of a firewalld that came later. */
const addable: readonly NetworkAction['verb'][] = ['dnsmasq-start', 'zone-set', 'nft-forwards-set', 'names-set'];

/** Steps that it may come to need no longer. */
const removable: readonly NetworkAction['verb'][] = ['nft-forwards-set', 'names-set'];

export class NetworkRuns {
  readonly #parts: RunParts;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** What changes the host, and its record: shared with the cables of machines. */
  get host(): Pick<RunParts, 'ledger' | 'performer'> {
    return this.#parts;
  }

  /** @throws VirError with the first finding in the way, or the step that failed; nothing is left changed. */
  async start(network: NetworkRecord, definition: NetworkDefinition, { steps, findings }: StartPlan): Promise<void> {
    const { ledger, performer, registry, logger } = this.#parts;
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw inTheWay(network.name, errors);
    for (const { id, message } of findings) logger.log('info', message, { network: network.name, finding: id });
    try {
      await applySteps(ledger, performer, ownerOf(network), steps);
    } catch (thrown) {
      throw stepFailed(network.name, thrown);
    }
    // Only now: what has steps in the ledger and is not active was not started completely.
    await registry.setActive(network, running(definition));
  }

  /** @throws VirError when something could not be undone; it is tried again by the next engine. */
  async stop(network: NetworkRecord): Promise<void> {
    const { ledger, performer, registry } = this.#parts;
    // First: what is active and lacks a part would be repaired after a crash, instead of removed.
    registry.setInactive(network);
    const [failure] = await undoSteps(ledger, performer, ownerOf(network));
    if (failure === undefined) return;
    throw networkError(
      'operation-failed',
      say`The network '${network.name}' is stopped, but not everything could be undone.`,
      { cause: say`${failure.sentence} ${text(failure)}`, fix: say`The next start of the engine tries it again.` },
      failure.cause,
    );
  }

  /** Brings a running network to its new definition: the steps whose result differs are done again. */
  async change(network: NetworkRecord, definition: NetworkDefinition, plan: StartPlan): Promise<void> {
    const { ledger, performer, registry } = this.#parts;
    const owner = ownerOf(network);
    const before = ledger.steps(owner);
    const gone = before.filter(
      ({ action }) => removable.includes(action.verb) && !plan.steps.some((step) => step.action.verb === action.verb),
    );
    const former = before.filter((step) => !gone.includes(step));
    const next = former.map((step) => successor(step, plan.steps));
    const added = plan.steps.filter(
      ({ action }) => addable.includes(action.verb) && !former.some((step) => step.action.verb === action.verb),
    );
    const changed = next.filter((step, place) => !isSame(step, former[place]));
    // What goes is kept until it is gone.
    await ledger.record(owner, [...next, ...added, ...gone]);
    try {
      for (const { inverse } of gone) if (inverse !== undefined) await performer.perform(inverse.action);
      for (const [place, step] of former.entries()) {
        // iptables has rules one by one: those of before have to go first.
        const isReplaced = step.action.verb === 'iptables-add' && !isSame(step, next[place]);
        if (isReplaced && step.inverse !== undefined) await performer.perform(step.inverse.action);
      }
      for (const { action } of [...changed, ...added]) await performer.perform(action);
    } catch (thrown) {
      throw networkError(
        'operation-failed',
        say`The change of the network '${network.name}' could not be made while it runs.`,
        { cause: thrown instanceof Error ? thrown.message : String(thrown), fix: say`Stop and start the network.` },
        thrown,
      );
    }
    if (gone.length > 0) await ledger.record(owner, [...next, ...added]);
    await registry.setActive(network, definition);
  }

  /**
   * After a restart of the engine: what ran is brought to what it should be, all its steps being repeatable; what was
   * half started or half stopped is undone.
   */
  async resume(): Promise<void> {
    const { ledger, registry, logger } = this.#parts;
    for (const network of registry.list()) {
      const { active } = network;
      if (active === undefined) continue;
      if (await this.#isThere(network)) await this.repair(network);
      else {
        logger.log('warn', `The network '${network.name}' is gone from this host and counts as stopped.`);
        registry.setInactive(network);
      }
    }
    const running = new Set(
      registry.list().flatMap((network) => (network.active === undefined ? [] : ownerOf(network))),
    );
    for (const { owner } of [...ledger.owners()]) {
      if (owner.startsWith(prefix) && !running.has(owner)) this.#report(await this.#undo(owner));
    }
  }

  /** Does every step again; each is harmless where nothing is missing. */
  async repair(network: NetworkRecord): Promise<void> {
    const { ledger, performer, logger } = this.#parts;
    for (const { action, sentence } of ledger.steps(ownerOf(network))) {
      try {
        await performer.perform(action);
      } catch (thrown) {
        logger.log('error', `A part of the network '${network.name}' could not be repaired.`, {
          sentence,
          cause: thrown,
        });
      }
    }
  }

  /** The bridge tells: everything else depends on it. Networks that change nothing are there as long as they say so. */
  async #isThere(network: NetworkRecord): Promise<boolean> {
    for (const { action } of this.#parts.ledger.steps(ownerOf(network))) {
      if (action.verb !== 'bridge-add') continue;
      return (await findLink(action.link))?.mac === action.mac;
    }
    return network.active?.forward !== undefined && network.active.ip.length === 0;
  }

  async #undo(owner: string): Promise<readonly UndoFailure[]> {
    const { ledger, performer, logger } = this.#parts;
    logger.log('info', 'Undoing what a network left on this host.', { owner });
    return await undoSteps(ledger, performer, owner);
  }

  #report(failures: readonly UndoFailure[]): void {
    for (const { sentence, cause } of failures) {
      this.#parts.logger.log('error', 'A change of the host could not be undone.', { sentence, cause });
    }
  }
}

/** As upstream shows a network that runs: with the ports that its address translation uses. */
function running(definition: NetworkDefinition): NetworkDefinition {
  const { forward } = definition;
  const translates = definition.ip.some((ip) => familyOf(ip) === 'ipv4' || forward?.nat?.ipv6 === true);
  if (forward?.mode !== 'nat' || !translates || forward.nat?.port !== undefined) return definition;
  const { start, end } = translatedPorts;
  const port = { start: String(start), end: String(end) };
  return { ...definition, forward: { ...forward, nat: { ...forward.nat, port } } };
}

const isSame = (left: NetworkStep | undefined, right: NetworkStep | undefined): boolean =>
  JSON.stringify(left?.action) === JSON.stringify(right?.action);

function successor(step: NetworkStep, plan: readonly NetworkStep[]): NetworkStep {
  const { verb } = step.action;
  if (!replaceable.includes(verb)) return step;
  return plan.find(({ action }) => action.verb === verb) ?? step;
}

const text = ({ cause }: UndoFailure): string => (cause instanceof Error ? cause.message : String(cause));
