/** From a binding, the filters and what is known of the guest's addresses to the steps that put it in force. Pure. */
import { tell } from '../../../src-shared/host-words.ts';
import type { NwfilterBinding } from '../../../src-shared/model/nwfilter-binding.ts';
import { type Nwfilter, parseNwfilter } from '../../../src-shared/model/nwfilter.ts';
import { say } from '../../../src-shared/words.ts';
import type { Step } from '../../host/step.ts';
import type { NetworkAction } from '../actions.ts';
import { filterError } from './errors.ts';
import { instantiate, missingVariables, type Variables } from './instances.ts';
import { type PlainRule, toPlain } from './port-rules.ts';

export type FindFilter = (name: string) => Nwfilter | undefined;
export type FilterSet = Extract<NetworkAction, { readonly verb: 'filter-set' }>;

export interface BoundRules {
  readonly rules: readonly PlainRule[];
  /** The guest's address is not known yet: only what gets it one passes. */
  readonly isLearning: boolean;
}

/** How the guest's address is found when nobody says it. */
export type Learning = 'none' | 'dhcp' | 'any';

export function learningOf({ filterref }: NwfilterBinding): Learning {
  const given = filterref.parameter.find(({ name }) => name === 'CTRL_IP_LEARNING')?.value.toLowerCase() ?? 'any';
  if (given === 'none' || given === 'dhcp' || given === 'any') return given;
  throw filterError('parse-failed', say`filter '${filterref.filter}' learning value '${given}' invalid.`);
}

/**
 * Nothing but requests for an address, and their answers, in the guest's own name. Machines that already have one are
 * let through once their lease is known, at their next renewal at the latest.
 */
const whileLearning = parseNwfilter(`<filter name='address-unknown' chain='root'>
  <rule action='drop' direction='out' priority='0'><mac match='no' srcmacaddr='$MAC'/></rule>
  <rule action='accept' direction='out' priority='1'><ip protocol='udp' srcportstart='68' dstportstart='67'/></rule>
  <rule action='accept' direction='in' priority='1'><ip protocol='udp' srcportstart='67' dstportstart='68'/></rule>
  <rule action='drop' direction='inout' priority='2'/>
</filter>`);

/** Whether the guest's address has to be found out: it is wanted, and the binding does not say it. */
export function needsAddress(binding: NwfilterBinding, find: FindFilter): boolean {
  const { filterref } = binding;
  const filter = found(filterref.filter, find);
  return missingVariables(filter, variablesOf(binding, []), find).includes('IP');
}

/**
 * @param addresses the guest's, as far as they are known
 * @throws VirError for what is missing or can't be
 */
export function rulesOf(binding: NwfilterBinding, find: FindFilter, addresses: readonly string[]): BoundRules {
  const { filterref } = binding;
  const filter = found(filterref.filter, find);
  const learning = learningOf(binding);
  const variables = variablesOf(binding, learning === 'none' ? [] : addresses);
  const missing = missingVariables(filter, variables, find);
  if (missing.length === 1 && missing[0] === 'IP' && learning !== 'none') {
    return { rules: instantiate(whileLearning, variables, () => undefined).map(toPlain), isLearning: true };
  }
  if (missing.length > 0) {
    throw filterError(
      'internal-error',
      say`Cannot instantiate filter due to unresolvable variables or unavailable list elements: ${missing.join(', ')}`,
      { fix: say`Give them values: <parameter name='${missing[0] ?? ''}' value='…'/> in the <filterref>.` },
    );
  }
  return { rules: instantiate(filter, variables, find).map(toPlain), isLearning: false };
}

function found(name: string, find: FindFilter): Nwfilter {
  const filter = find(name);
  if (filter === undefined) throw filterError('internal-error', say`referenced filter '${name}' is missing`);
  return filter;
}

/** As libvirt shows one that is in force: with the value that every filter has. */
export function shownBinding(binding: NwfilterBinding): NwfilterBinding {
  const { filterref, mac } = binding;
  if (filterref.parameter.some(({ name }) => name === 'MAC')) return binding;
  const parameter = [...filterref.parameter, { name: 'MAC', value: mac.address }];
  return { ...binding, filterref: { ...filterref, parameter } };
}

/** What the binding says counts more than what is known otherwise. */
function variablesOf({ mac, filterref }: NwfilterBinding, addresses: readonly string[]): Variables {
  const given: Record<string, string[]> = {};
  for (const { name, value } of filterref.parameter) given[name] = [...(given[name] ?? []), value];
  return { MAC: [mac.address], ...(addresses.length === 0 ? {} : { IP: [...addresses] }), ...given };
}

export function bindingSteps(table: string, binding: NwfilterBinding, bound: BoundRules): Step<NetworkAction>[] {
  const link = binding.portdev.name;
  const filter = binding.filterref.filter;
  return [
    {
      ...tell('filterTableCreate', { table }),
      shared: `filter-table-${table}`,
      action: { verb: 'filter-table-add', table },
      inverse: { ...tell('filterTableRemove', { table }), action: { verb: 'filter-table-delete', table } },
    },
    {
      ...tell(bound.isLearning ? 'filterLearn' : 'filterSet', { filter, link }),
      action: { verb: 'filter-set', table, ports: [{ link, rules: bound.rules }] },
      inverse: { ...tell('filterRemove', { link }), action: { verb: 'filter-delete', table, link } },
    },
  ];
}
