/** A network filter, or a binding, as it is kept: checked, with what may be absent filled in. */
import { randomUUID } from 'node:crypto';
import { fromXmlError } from '../../engine/domain-errors.ts';
import { type NwfilterBinding, parseNwfilterBinding } from '../../../src-shared/model/nwfilter-binding.ts';
import { normaliseNwfilter } from '../../../src-shared/model/nwfilter-normalise.ts';
import { type Nwfilter, parseNwfilter } from '../../../src-shared/model/nwfilter.ts';
import { say } from '../../../src-shared/words.ts';
import { filterError } from './errors.ts';

/** A filter with an identity. */
export type NwfilterDefinition = Nwfilter & { readonly uuid: string };

const chainPrefixes = ['mac', 'vlan', 'stp', 'arp', 'rarp', 'ipv4', 'ipv6'];
const longestChain = 16;
const priorities = { least: -1000, most: 1000 };

/** @throws VirError for what can't be a filter. */
export function readFilter(xml: string): NwfilterDefinition {
  let filter: Nwfilter;
  try {
    filter = parseNwfilter(xml);
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
  return completeFilter(filter);
}

/** @throws VirError `invalid-arg` for a chain or a priority that there can't be */
export function completeFilter(filter: Nwfilter): NwfilterDefinition {
  const { chain, priority } = filter;
  if (chain.length > longestChain) {
    throw filterError('invalid-arg', say`Name of chain is longer than ${longestChain} characters`);
  }
  if (!/^[a-zA-Z0-9_.:-]*$/.test(chain)) throw filterError('invalid-arg', say`Chain name contains invalid characters`);
  if (chain !== 'root' && !chainPrefixes.some((prefix) => chain.startsWith(prefix))) {
    const known = chainPrefixes.join(', ');
    throw filterError(
      'invalid-arg',
      say`Invalid chain name '${chain}'. Please use a chain name called 'root' or any of the following prefixes: ${known}`,
    );
  }
  if (priority !== undefined && (priority < priorities.least || priority > priorities.most)) {
    throw filterError(
      'invalid-arg',
      say`Priority '${priority}' is outside valid range of [${priorities.least},${priorities.most}]`,
    );
  }
  return { ...normaliseNwfilter(filter), uuid: filter.uuid ?? randomUUID() };
}

/** @throws VirError for what can't be a binding */
export function readBinding(xml: string): NwfilterBinding {
  try {
    return parseNwfilterBinding(xml);
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
}

/** The names of the filters that a filter refers to itself. */
export const referencesOf = ({ entries }: Nwfilter): readonly string[] =>
  entries.flatMap((entry) => (entry.element === 'filterref' ? [entry.value.filter] : []));

/** The filter and all that it refers to, over however many others. */
export function reachableFrom(name: string, find: (name: string) => Nwfilter | undefined): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (next: string): void => {
    if (seen.has(next)) return;
    seen.add(next);
    const found = find(next);
    if (found !== undefined) referencesOf(found).forEach(visit);
  };
  visit(name);
  return seen;
}
