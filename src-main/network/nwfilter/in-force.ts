/** The rules that interfaces have at present: computed, changed together, and recorded. */
import type { NwfilterBinding } from '../../../src-shared/model/nwfilter-binding.ts';
import { say } from '../../../src-shared/words.ts';
import type { Step } from '../../host/step.ts';
import type { NetworkAction } from '../actions.ts';
import type { PortHost } from '../ports/network-ports.ts';
import type { Port } from '../ports/port.ts';
import { type Bound, isFilterSet } from './bindings.ts';
import { filterError, notInForce } from './errors.ts';
import { bindingSteps, type BoundRules, type FindFilter, learningOf, needsAddress, rulesOf } from './plan-binding.ts';

export interface InForceParts {
  readonly table: string;
  readonly host: Promise<PortHost>;
  readonly addressesOf: (mac: string) => Promise<readonly string[]>;
}

export class InForce {
  readonly #parts: InForceParts;
  /** By interface: the addresses its rules were made with. */
  readonly #addresses = new Map<string, string>();

  constructor(parts: InForceParts) {
    this.#parts = parts;
  }

  /**
   * @param port the cable, where it is known: what can be learned of its guest depends on its network
   * @throws VirError for a binding that can't be put in force
   */
  async rulesOf(binding: NwfilterBinding, find: FindFilter, port?: Port): Promise<BoundRules> {
    const isNeeded = needsAddress(binding, find) && learningOf(binding) !== 'none';
    if (isNeeded && port !== undefined && port.network === undefined) throw cantLearn(binding);
    const addresses = isNeeded ? await this.#parts.addressesOf(binding.mac.address) : [];
    const bound = rulesOf(binding, find, addresses);
    this.#addresses.set(binding.portdev.name, addresses.join());
    return bound;
  }

  /**
   * Brings all of these interfaces to the rules that `find`'s filters give them, in one transaction.
   * @returns what takes it back
   * @throws VirError when one of them can't have its rules; then all keep those they have
   */
  async change(all: readonly Bound[], find: FindFilter): Promise<() => Promise<void>> {
    if (all.length === 0) return async () => await Promise.resolve();
    const { ledger, performer } = await this.#parts.host;
    const next = await Promise.all(
      all.map(async ({ binding, owner }) => {
        try {
          const steps = bindingSteps(this.#parts.table, binding, await this.rulesOf(binding, find));
          return { owner, former: ledger.steps(owner), steps: replaced(ledger.steps(owner), steps) };
        } catch (thrown) {
          throw notInForce(binding.filterref.filter, binding.portdev.name, thrown);
        }
      }),
    );
    const perform = async (lists: readonly (readonly Step<NetworkAction>[])[]): Promise<void> => {
      const ports = lists.flatMap((steps) => steps.filter(isFilterSet).flatMap(({ action }) => action.ports));
      await performer.perform({ verb: 'filter-table-add', table: this.#parts.table });
      if (ports.length > 0) await performer.perform({ verb: 'filter-set', table: this.#parts.table, ports });
    };
    try {
      await perform(next.map(({ steps }) => steps));
    } catch (thrown) {
      const [first] = all;
      throw notInForce(first?.binding.filterref.filter ?? '', first?.binding.portdev.name ?? '', thrown);
    }
    for (const { owner, steps } of next) await ledger.record(owner, steps);
    return async () => {
      await perform(next.map(({ former }) => former));
      for (const { owner, former } of next) await ledger.record(owner, former);
    };
  }

  /** Takes the filter off a machine's cable, which stays plugged in. */
  async drop({ binding, owner }: Bound): Promise<void> {
    const { ledger, performer } = await this.#parts.host;
    const { table } = this.#parts;
    await performer.perform({ verb: 'filter-delete', table, link: binding.portdev.name });
    const steps = ledger.steps(owner);
    const shared = steps.find(({ action }) => action.verb === 'filter-table-add')?.shared;
    await ledger.record(
      owner,
      steps.filter((step) => !isFilterSet(step) && step.action.verb !== 'filter-table-add'),
    );
    if (shared !== undefined && ledger.usersOf(shared).length === 0) {
      await performer.perform({ verb: 'filter-table-delete', table });
    }
  }

  /** Interfaces whose guests have other addresses than their rules say, and whether there may be more of them. */
  async learning(
    all: readonly Bound[],
    find: FindFilter,
  ): Promise<{ readonly changed: readonly Bound[]; readonly isAny: boolean }> {
    const learning = all.filter(({ binding }) => learningOf(binding) !== 'none' && needsAddress(binding, find));
    const changed: Bound[] = [];
    for (const bound of learning) {
      const addresses = await this.#parts.addressesOf(bound.binding.mac.address);
      if (addresses.join() !== this.#addresses.get(bound.binding.portdev.name)) changed.push(bound);
    }
    return { changed, isAny: learning.length > 0 };
  }
}

/** The list with its filter's steps exchanged; a list without any gets them. */
function replaced(
  former: readonly Step<NetworkAction>[],
  steps: readonly Step<NetworkAction>[],
): Step<NetworkAction>[] {
  const set = steps.find(isFilterSet);
  if (set === undefined || !former.some(isFilterSet)) return [...former, ...steps];
  return former.map((step) => (isFilterSet(step) ? set : step));
}

const cantLearn = ({ filterref, mac }: NwfilterBinding): Error =>
  filterError(
    'config-unsupported',
    say`The filter '${filterref.filter}' needs the address of the guest ${mac.address}, which is not known.`,
    {
      cause: say`Addresses are learned from the leases of virtual networks; the card is on a bridge of the host.`,
      fix: say`Say the address in the <filterref>: <parameter name='IP' value='…'/>.`,
    },
  );
