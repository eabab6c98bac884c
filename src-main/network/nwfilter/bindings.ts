/**
 * Which interfaces of this host pass which filter: those that machines were plugged in with, whose steps are their
 * cables', and those that were made by hand, each a file (`runtime/nwfilter-bindings/LINK.xml`) with steps of its own.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatNwfilterBinding, type NwfilterBinding } from '../../../src-shared/model/nwfilter-binding.ts';
import { say } from '../../../src-shared/words.ts';
import type { Logger } from '../../engine/logger.ts';
import { removeIfThere, temporaryFilePattern, writeWhole } from '../../host/files.ts';
import type { Step } from '../../host/step.ts';
import type { Ledger } from '../../host/steps-ledger.ts';
import type { NetworkAction } from '../actions.ts';
import { ownerOf as ownerOfPort } from '../ports/network-ports.ts';
import type { Port } from '../ports/port.ts';
import { readBinding } from './definition.ts';
import { filterError } from './errors.ts';
import type { FilterSet } from './plan-binding.ts';

export interface Bound {
  readonly binding: NwfilterBinding;
  /** Whose steps in the ledger put it in force. */
  readonly owner: string;
  readonly isOwn: boolean;
}

const prefix = 'nwfilter-';
export const ownerOfBinding = (link: string): string => `${prefix}${link}`;

export class Bindings {
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #ports: () => readonly Port[];
  readonly #own = new Map<string, NwfilterBinding>();

  constructor(parts: { readonly folder: string; readonly logger: Logger; readonly ports: () => readonly Port[] }) {
    this.#folder = parts.folder;
    this.#logger = parts.logger;
    this.#ports = parts.ports;
  }

  /** Reads what is on disk; a file that can't be used is logged and left alone. */
  load(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (temporaryFilePattern.test(name)) removeIfThere(path);
      if (!name.endsWith('.xml')) continue;
      try {
        const binding = readBinding(readFileSync(path, 'utf8'));
        this.#own.set(binding.portdev.name, binding);
      } catch (thrown) {
        this.#logger.log('warn', "A network filter's binding is left alone.", { path, cause: thrown });
      }
    }
  }

  /** What is in force, or is to be. */
  list(ledger: Ledger<NetworkAction>): readonly Bound[] {
    const own = [...this.#own.values()].map((binding) => ({
      ...{ binding, owner: ownerOfBinding(binding.portdev.name), isOwn: true },
    }));
    const plugged = this.#ports().flatMap((port): Bound[] => {
      const binding = bindingOf(port);
      const owner = ownerOfPort(port.id);
      // One that was deleted by hand is not there any more, though the card names its filter.
      if (binding === undefined || !ledger.steps(owner).some(isFilterSet)) return [];
      return [{ binding, owner, isOwn: false }];
    });
    return [...own, ...plugged];
  }

  async add(binding: NwfilterBinding): Promise<void> {
    await writeWhole(this.#path(binding.portdev.name), formatNwfilterBinding(binding));
    this.#own.set(binding.portdev.name, binding);
  }

  remove(link: string): void {
    removeIfThere(this.#path(link));
    this.#own.delete(link);
  }

  /** Steps of bindings that there are not: an engine died while it made or deleted them. */
  strays(ledger: Ledger<NetworkAction>): readonly string[] {
    return ledger
      .owners()
      .map(({ owner }) => owner)
      .filter((owner) => owner.startsWith(prefix) && !this.#own.has(owner.slice(prefix.length)));
  }

  #path(link: string): string {
    return join(this.#folder, `${link}.xml`);
  }
}

export const isFilterSet = (step: Step<NetworkAction>): step is Step<NetworkAction> & { readonly action: FilterSet } =>
  step.action.verb === 'filter-set';

/** The binding of a cable; undefined for one without a filter. */
export function bindingOf({ owner, link, mac, filter }: Port): NwfilterBinding | undefined {
  if (filter === undefined) return undefined;
  return {
    owner: { name: owner.name, uuid: owner.uuid },
    portdev: { name: link },
    mac: { address: mac.toLowerCase() },
    filterref: { filter: filter.filter, parameter: [...filter.parameter] },
  };
}

/** Packets of devices outside of bridges pass no rule. @throws VirError `config-unsupported` */
export function refuseUnfiltered({ end, filter }: Port): void {
  if (filter === undefined || end.kind === 'given' || (end.kind === 'tap' && end.bridge !== undefined)) return;
  throw filterError(
    'config-unsupported',
    say`The filter '${filter.filter}' can't be put in force on a card of this kind.`,
    {
      cause: say`Filters see what passes a bridge, and the card is in none.`,
      fix: say`Plug the card into a virtual network or a bridge, or take out its <filterref>.`,
    },
  );
}
