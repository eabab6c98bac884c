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
