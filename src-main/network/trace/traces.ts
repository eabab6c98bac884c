/** Traces of an engine's host: looked at, judged, and what is in the way repaired as the trace offered. */
import type { NetworkLease } from '../../../src-shared/model/network-summary.ts';
import type { TargetQuestion, Trace, TraceHop } from '../../../src-shared/model/network-trace.ts';
import { say } from '../../../src-shared/words.ts';
import type { Performer } from '../../host/steps.ts';
import type { Ledger } from '../../host/steps-ledger.ts';
import type { NetworkAction } from '../actions.ts';
import type { NetworkDefinition } from '../complete.ts';
import { definitionOf } from '../describe.ts';
import { runningDnsmasq } from '../dnsmasq-process.ts';
import { networkError } from '../errors.ts';
import { type HostFacts, withoutDevice } from '../host-facts.ts';
import type { NetworkRecord } from '../network-registry.ts';
import { type NetworkStep, planStart, type PlanSettings } from '../plan.ts';
import { analyse, type NamedHop } from './analyse.ts';
import type { NetworkFact } from './facts.ts';
import { commandLine, observe, type Observed } from './observe.ts';

export interface TraceParts {
  readonly networks: () => readonly NetworkRecord[];
  readonly leases: (uuid: string) => Promise<readonly NetworkLease[]>;
  readonly host: () => Promise<{
    readonly ledger: Ledger<NetworkAction>;
    readonly performer: Performer<NetworkAction>;
  }>;
  readonly facts: () => Promise<HostFacts>;
  readonly settings: PlanSettings;
  readonly rules: Observed['rules'];
  /** Asks whether this user may change the host for a network. */
  readonly demand: (definition: NetworkDefinition) => Promise<void>;
  readonly start: (uuid: string) => Promise<void>;
}

export class NetworkTraces {
  readonly #parts: TraceParts;

  constructor(parts: TraceParts) {
    this.#parts = parts;
  }

  async trace(question: TargetQuestion): Promise<Trace> {
    return shownTrace(await this.#hops(question));
  }

  /**
   * Does what a trace offers at a hop, as it is now: what is no longer in the way is not repaired.
   * @throws VirError `operation-invalid` when there is nothing to be done there
   */
  async repair(question: TargetQuestion, hopId: string): Promise<void> {
    const { networks, demand, host, start } = this.#parts;
    const repair = (await this.#hops(question)).find(({ id, status }) => id === hopId && status === 'failed')?.repair;
    const network = networks().find(({ uuid }) => uuid === repair?.network);
    if (repair?.action === 'start-network' && network !== undefined) return await start(network.uuid);
    if (repair?.action !== 'network') {
      throw networkError('operation-invalid', say`There is nothing to be repaired at this hop any more.`, {
        fix: say`Trace again.`,
      });
    }
    if (network !== undefined) await demand(definitionOf(network));
    const { ledger, performer } = await host();
    if (network !== undefined && repair.recorded) {
      const owner = ownerOf(network.uuid);
      const former = ledger.steps(owner);
      const isKnown = (step: NetworkStep): boolean =>
        former.some(({ action }) => JSON.stringify(action) === JSON.stringify(step.action));
      const added = repair.actions.filter((step) => !isKnown(step));
      // Before it is done: whoever comes after a crash can undo it.
      if (added.length > 0) await ledger.record(owner, [...former, ...added]);
    }
    for (const { action } of repair.actions) await performer.perform(action);
  }

  async #hops(question: TargetQuestion): Promise<readonly NamedHop[]> {
    const { networks, host, facts, rules } = this.#parts;
    const [{ ledger }, found] = await Promise.all([host(), facts()]);
    const known = await Promise.all(networks().map(async (record) => await this.#fact(record, ledger, found)));
    return analyse(question, await observe(question, { networks: known, cables: cablesOf(ledger), rules }));
  }

  async #fact(record: NetworkRecord, ledger: Ledger<NetworkAction>, found: HostFacts): Promise<NetworkFact> {
    const { settings, leases } = this.#parts;
    const { uuid, name, active } = record;
    const definition = definitionOf(record);
    const bridge = definition.bridge?.name ?? '';
    const server = active === undefined ? undefined : runningDnsmasq(settings.folder, bridge);
    const host = active === undefined ? found : withoutDevice(found, bridge);
    return {
      ...{ uuid, name, definition, active: active !== undefined },
      leases: active === undefined ? [] : await leases(uuid),
      ...(server === undefined ? {} : { server: commandLine(server.pid) }),
      recorded: ledger.steps(ownerOf(uuid)),
      planned: planStart(definition, host, settings).steps,
    };
  }
}

const ownerOf = (uuid: string): string => `network-${uuid}`;

/** What was done for each device that is the host's end of a cable. */
function cablesOf(ledger: Ledger<NetworkAction>): ReadonlyMap<string, readonly NetworkStep[]> {
  const made = ledger
    .owners()
    .flatMap(({ steps }) =>
      steps.flatMap(({ action }) =>
        action.verb === 'tap-add' || action.verb === 'macvtap-add' ? [[action.link, steps] as const] : [],
      ),
    );
  return new Map(made);
}

/** A trace without what carries out its repairs. Only the first hop that failed offers one: the others may follow from it. */
export function shownTrace(hops: readonly NamedHop[]): Trace {
  const failed = hops.find(({ status }) => status === 'failed');
  const isUnsure = hops.some(({ status }) => status === 'unknown');
  return {
    hops: hops.map((hop): TraceHop => {
      const { repair, ...rest } = hop;
      if (repair === undefined || hop !== failed) return rest;
      const { action, sentence, steps } = repair;
      return { ...rest, repair: { action, sentence, steps } };
    }),
    status: failed !== undefined ? 'failed' : isUnsure ? 'unknown' : 'ok',
    ...(failed === undefined ? {} : { failed: failed.id }),
  };
}
