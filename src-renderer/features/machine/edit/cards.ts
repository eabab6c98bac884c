/** Edits of network cards. Pure. */
import type { Domain, Interface, PortForward } from '../../../../src-shared/model/domain/index.ts';
import type { Connection } from '../../networks/choices.ts';
import { having, replaceDevice } from './domain-edit.ts';

export const cardModels = ['virtio', 'e1000e', 'e1000', 'rtl8139', 'vmxnet3', 'usb-net'] as const;

/** Its address and MAC are chosen when the edit is applied. */
export function newCard(model = 'virtio'): Interface {
  return { type: 'user', model: { type: model }, ip: [], route: [], portForward: [] };
}

export interface Forward {
  readonly protocol: 'tcp' | 'udp';
  readonly hostPort: number;
  readonly guestPort: number;
  /** Of the host; absent: all of them. */
  readonly hostAddress?: string | undefined;
}

type Range = PortForward['range'][number];

const isSingle = ({ start, end, exclude }: Range): boolean =>
  start !== undefined && (end === undefined || end === start) && exclude !== true;

/** Single ports that lead into the guest; ranges and exclusions are left to the XML. */
export function forwardsOf(card: Interface): readonly Forward[] {
  return card.portForward.flatMap(({ proto, address, dev, range }) =>
    dev !== undefined
      ? []
      : range.filter(isSingle).map(({ start = 0, to }) => ({
          protocol: proto,
          hostPort: start,
          guestPort: to ?? start,
          ...(address === undefined ? {} : { hostAddress: address }),
        })),
  );
}

/** What `forwardsOf` does not show stays. */
export function setForwards(domain: Domain, index: number, forwards: readonly Forward[]): Domain {
  return replaceDevice(domain, 'interface', index, (card) => {
    const others = card.portForward.flatMap((forward): PortForward[] => {
      if (forward.dev !== undefined || forward.range.length === 0) return [forward];
      const range = forward.range.filter((each) => !isSingle(each));
      return range.length === 0 ? [] : [{ ...forward, range }];
    });
    const single = forwards.map(
      ({ protocol, hostAddress, hostPort, guestPort }): PortForward => ({
        proto: protocol,
        ...(hostAddress === undefined ? {} : { address: hostAddress }),
        range: [{ start: hostPort, ...(guestPort === hostPort ? {} : { to: guestPort }) }],
      }),
    );
    return { ...card, portForward: [...others, ...single] };
  });
}

/** Where a card is plugged in, in the words of the create page; undefined for kinds that are left to the XML. */
export function connectionOf(card: Interface): Connection | undefined {
  switch (card.type) {
    case 'user':
      return 'user';
    case 'network':
      return `network=${card.source.network}`;
    case 'bridge':
      return card.source.network === undefined ? `bridge=${card.source.bridge}` : `network=${card.source.network}`;
    default:
      return undefined;
  }
}

/** The same card somewhere else; what only its former place has a meaning for goes. */
export function setConnection(domain: Domain, index: number, connection: Connection): Domain {
  return replaceDevice(domain, 'interface', index, (card): Interface => {
    const { mac, model, driver, link, boot, address, alias, bandwidth, mtu, filterref } = card;
    const kept = { mac, model, driver, link, boot, address, alias };
    const given = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
    const base = { ...given, ip: [], route: [], portForward: [] };
    const name = connection.slice(connection.indexOf('=') + 1);
    if (!connection.includes('=')) return { ...base, type: 'user' };
    const limits = Object.entries({ bandwidth, mtu, filterref }).filter(([, value]) => value !== undefined);
    const cable = { ...base, ...Object.fromEntries(limits) };
    const nothing = { ip: [], route: [] };
    if (connection.startsWith('network=')) return { ...cable, type: 'network', source: { network: name, ...nothing } };
    return { ...cable, type: 'bridge', source: { bridge: name, ...nothing } };
  });
}

export function setLink(domain: Domain, index: number, up: boolean): Domain {
  return replaceDevice(domain, 'interface', index, (card) =>
    having(card, { link: up ? undefined : { state: 'down' } }),
  );
}

export function setCardModel(domain: Domain, index: number, model: string): Domain {
  return replaceDevice(domain, 'interface', index, (card) => {
    // Another kind of card is another place: USB has no PCI address.
    const { address: _address, alias: _alias, ...rest } = card;
    const moves = (card.model?.type === 'usb-net') !== (model === 'usb-net');
    return { ...(moves ? rest : card), model: { ...card.model, type: model } };
  });
}

const macPattern = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** Six pairs of hexadecimal digits, not a group's address. */
export function isMac(text: string): boolean {
  return macPattern.test(text) && Number.parseInt(text.slice(0, 2), 16) % 2 === 0;
}

/** An empty one is chosen when the definition is stored. */
export function setMac(domain: Domain, index: number, address: string): Domain {
  if (address === '') {
    return replaceDevice(domain, 'interface', index, (card) => having(card, { mac: undefined }));
  }
  return replaceDevice(domain, 'interface', index, (card) => ({ ...card, mac: { ...card.mac, address } }));
}
