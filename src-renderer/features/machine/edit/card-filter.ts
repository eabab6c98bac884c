/** A card's network filter, which only cards have whose cable the host makes. */
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import type { FilterReference, Interface } from '../../../../src-shared/model/domain/interface.ts';
import { having, replaceDevice } from './domain-edit.ts';

type Filtered = Extract<Interface, { readonly type: 'network' | 'bridge' }>;

export const canFilter = (card: Interface): card is Filtered => card.type === 'network' || card.type === 'bridge';

export const filterOf = (card: Interface): FilterReference | undefined =>
  canFilter(card) ? card.filterref : undefined;

/** None takes it away. */
export function setFilter(domain: Domain, index: number, filter: FilterReference | undefined): Domain {
  return replaceDevice(domain, 'interface', index, (card) =>
    canFilter(card) ? having<Filtered>(card, { filterref: filter }) : card,
  );
}
