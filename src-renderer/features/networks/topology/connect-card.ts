/** Another end for a card's cable. Pure. */
import type { Domain, Interface } from '../../../../src-shared/model/domain/index.ts';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';

export interface CableTarget {
  readonly kind: 'network' | 'bridge';
  readonly name: string;
}

/** The card of the definition that is meant: by its address, for its place may be another than while the machine runs. */
function placeOf(domain: Domain, card: NetworkCard): number {
  const list = domain.devices?.interface ?? [];
  const byAddress = list.findIndex(({ mac }) => mac?.address !== undefined && mac.address === card.mac);
  return byAddress >= 0 ? byAddress : card.index;
}

/** Its address in the guest, its model and its MAC stay, so that the guest sees the same card. */
export function connectCard(domain: Domain, card: NetworkCard, target: CableTarget, plugged: boolean): Domain {
  const { devices } = domain;
  if (devices === undefined) return domain;
  const place = placeOf(domain, card);
  return {
    ...domain,
    devices: {
      ...devices,
      interface: devices.interface.map((each, index) =>
        index === place ? withLink(connected(each, target), plugged) : each,
      ),
    },
  };
}

/** The guest sees that its cable is out; where it led stays. */
export function unplugCard(domain: Domain, card: NetworkCard): Domain {
  const { devices } = domain;
  if (devices === undefined) return domain;
  const place = placeOf(domain, card);
  const list = devices.interface.map((each, index) => (index === place ? withLink(each, false) : each));
  return { ...domain, devices: { ...devices, interface: list } };
}

/** A new card, as every guest of today has a driver for. */
export function addCard(domain: Domain, { kind, name }: CableTarget): Domain {
  const { devices } = domain;
  if (devices === undefined) return domain;
  const rest = { model: { type: 'virtio' }, ip: [], route: [], portForward: [] };
  const source = { ip: [], route: [] };
  const card: Interface =
    kind === 'network'
      ? { type: 'network', source: { network: name, ...source }, ...rest }
      : { type: 'bridge', source: { bridge: name, ...source }, ...rest };
  return { ...domain, devices: { ...devices, interface: [...devices.interface, card] } };
}

function connected(card: Interface, { kind, name }: CableTarget): Interface {
  if (kind === 'network' && card.type === 'network' && card.source.network === name) return card;
  if (kind === 'bridge' && card.type === 'bridge' && card.source.bridge === name) return card;
  const { mac, boot, address, alias, link } = card;
  const { model, mtu } = 'model' in card ? card : { model: undefined, mtu: undefined };
  const source = { ip: [], route: [] };
  return {
    ...(kind === 'network'
      ? { type: 'network' as const, source: { network: name, ...source } }
      : { type: 'bridge' as const, source: { bridge: name, ...source } }),
    ...{ ip: [], route: [], portForward: [] },
    ...(mac === undefined ? {} : { mac }),
    ...(model === undefined ? {} : { model }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(boot === undefined ? {} : { boot }),
    ...(address === undefined ? {} : { address }),
    ...(alias === undefined ? {} : { alias }),
    ...(link === undefined ? {} : { link }),
  };
}

function withLink(card: Interface, plugged: boolean): Interface {
  if (!plugged) return { ...card, link: { state: 'down' } };
  const { link: _link, ...rest } = card;
  return rest;
}
