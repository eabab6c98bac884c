/** What becomes of a running machine's card when its definition is to be another. Pure. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Interface } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { dropInterfaceParts } from '../../../engine/live-parts.ts';
import { type CableCard, isCableCard } from '../../../network/ports/card.ts';

/**
 * The card with its cable somewhere else, or with other limits; undefined when its cable stays as it is.
 * @throws VirError `operation-unsupported` for what a running machine's card can't become
 */
export function movedCard(before: Interface, after: Interface): CableCard | undefined {
  const former = asDefined(before);
  const wanted = asDefined(after);
  const changesKind = former.type !== wanted.type && !(isCableCard(former) && isCableCard(wanted));
  const model = wanted.model?.type ?? former.model?.type;
  if (changesKind || model !== former.model?.type) throw fixed(before, 'The kind of the network card');
  if (!isCableCard(former) || !isCableCard(wanted)) return undefined;
  if (wanted.mtu !== undefined && wanted.mtu.size !== former.mtu?.size && wanted.mtu.size !== before.mtu?.size) {
    throw fixed(before, 'The MTU of the network card');
  }
  if (same(cableOf(former), cableOf(wanted))) return undefined;
  const { target, model: ownModel, driver, mtu, mac, alias, address } = former;
  // What the guest sees stays.
  const kept = Object.fromEntries(
    Object.entries({ target, model: ownModel, driver, mtu, mac, alias, address }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return { ...wanted, ...kept };
}

/** Everything that is done on the host. */
const cableOf = (card: CableCard): object => ({
  type: card.type,
  source: card.source,
  bandwidth: card.bandwidth,
  isolated: card.port?.isolated === true,
  filter: card.filterref,
  vlan: card.vlan,
  virtualport: card.virtualport,
  trusts: card.trustGuestRxFilters,
});

const same = (one: object, other: object): boolean => canonical(one) === canonical(other);

const canonical = (value: object): string =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)))
      : item,
  );

function asDefined(card: Interface): Interface {
  const copy = structuredClone(card);
  dropInterfaceParts(copy);
  return copy;
}

const fixed = (card: Interface, what: string): VirError =>
  new VirError({
    code: 'operation-unsupported',
    domain: 'qemu',
    message: say`${what} ${card.mac?.address ?? ''} can't be changed while it runs.`,
    fix: say`Detach it and attach another.`,
  });
