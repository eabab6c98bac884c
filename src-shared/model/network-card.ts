/** Where a machine's network cards lead, from its definition. Pure. */
import type { Domain, Interface } from './domain/index.ts';
import type { NetworkCard } from './network-view.ts';

export function cardsOf(machine: string, domain: Domain): readonly NetworkCard[] {
  return (domain.devices?.interface ?? []).map((card, index): NetworkCard => {
    const source = sourceOf(card);
    const mac = card.mac?.address;
    const model = 'model' in card ? card.model?.type : undefined;
    const target = 'target' in card ? card.target?.dev : undefined;
    return {
      machine,
      index,
      type: card.type,
      ...(source === undefined ? {} : { source }),
      ...(mac === undefined ? {} : { mac }),
      ...(model === undefined ? {} : { model }),
      ...(target === undefined ? {} : { target }),
      plugged: card.link?.state !== 'down',
    };
  });
}

/** What runs, with where each card leads from the next boot on. Cards are told apart by their MAC addresses. */
export function withNext(running: readonly NetworkCard[], stored: readonly NetworkCard[]): readonly NetworkCard[] {
  return running.map((card) => {
    const later = stored.find(({ mac }) => mac !== undefined && mac === card.mac);
    if (later === undefined || (later.type === card.type && later.source === card.source)) return card;
    // A card of a network may run as one of the network's bridge.
    if (later.source !== undefined && later.source === card.source) return card;
    const { type, source } = later;
    return { ...card, next: { type, ...(source === undefined ? {} : { source }) } };
  });
}

/** While a card of a network runs, its definition shows the bridge and, beside it, the network it is of. */
function sourceOf(card: Interface): string | undefined {
  switch (card.type) {
    case 'network':
      return card.source.network;
    case 'bridge':
      return card.source.network ?? card.source.bridge;
    case 'direct':
      return card.source.network ?? card.source.dev;
    default:
      return undefined;
  }
}
