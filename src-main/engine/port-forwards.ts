/** Port forwards of one card of a machine, added and taken away by their ports instead of by XML. */
import type { ForwardChange, ForwardedPort } from '../../src-shared/model/port-forward.ts';
import { VirError } from '../../src-shared/errors.ts';
import { type Interface, interfaceSchema, parseDomain, type PortForward } from '../../src-shared/model/domain/index.ts';
import { formatXml } from '../../src-shared/xml/format.ts';
import { say } from '../../src-shared/words.ts';
import { type DomainApi, need } from './driver.ts';

/**
 * Of a running machine at once, and of its definition.
 * @param wanted a card's MAC address, alias or number from 0; its first user-mode card when absent
 * @returns what leads into the guest then
 */
export async function changePortForwards(
  domains: DomainApi,
  uuid: string,
  wanted: string | undefined,
  change: ForwardChange,
): Promise<readonly ForwardedPort[]> {
  const { id, persistent, name } = await domains.lookupByUuid(uuid);
  const domain = parseDomain(await domains.xml(uuid, { secure: true }));
  const cards = domain.devices?.interface ?? [];
  const card = findCard(cards, wanted);
  if (card?.type !== 'user') throw noCard(name, wanted);
  if (change.add.length + change.remove.length === 0) return forwardsOf(card);
  const next: Interface = { ...card, portForward: changed(card, change) };
  const affects = { live: id !== undefined, config: persistent };
  await need(domains, 'updateDevice')(uuid, formatXml(interfaceSchema, next), affects);
  return forwardsOf(next);
}

function findCard(cards: readonly Interface[], wanted: string | undefined): Interface | undefined {
  if (wanted === undefined) return cards.find(({ type }) => type === 'user');
  const named = cards.find(({ alias, mac }) => alias?.name === wanted || mac?.address === wanted.toLowerCase());
  return named ?? (/^\d{1,3}$/.test(wanted) ? cards[Number(wanted)] : undefined);
}

function changed({ portForward }: Interface, { add, remove }: ForwardChange): PortForward[] {
  let list: PortForward[] = [...portForward];
  for (const { protocol, hostPort } of remove) {
    const before = list;
    list = list.flatMap((forward) => {
      if (forward.proto !== protocol) return [forward];
      const range = forward.range.filter(({ start, end }) => start !== hostPort || (end ?? start) !== start);
      return range.length === 0 && forward.range.length > 0 ? [] : [{ ...forward, range }];
    });
    if (JSON.stringify(list) === JSON.stringify(before)) throw noForward(protocol, hostPort);
  }
  const added = add.map(
    ({ protocol, address, hostPort, guestPort }): PortForward => ({
      proto: protocol,
      ...(address === undefined ? {} : { address }),
      range: [{ start: hostPort, ...(guestPort === hostPort ? {} : { to: guestPort }) }],
    }),
  );
  return [...list, ...added];
}

/** Single ports; ranges are told by their first. */
function forwardsOf({ portForward }: Interface): readonly ForwardedPort[] {
  return portForward.flatMap(({ proto, address, range }) =>
    range.flatMap(({ start, to }) =>
      start === undefined
        ? []
        : [
            {
              protocol: proto,
              hostPort: start,
              guestPort: to ?? start,
              ...(address === undefined ? {} : { address }),
            },
          ],
    ),
  );
}

const noCard = (name: string, wanted: string | undefined): VirError =>
  new VirError({
    code: 'invalid-arg',
    domain: 'none',
    message:
      wanted === undefined
        ? say`The domain '${name}' has no card on the user-mode network.`
        : say`The domain '${name}' has no user-mode card '${wanted}'.`,
    fix: say`Ports of a virtual network are forwarded by the network: net-port-forward.`,
  });

const noForward = (protocol: string, port: number): VirError =>
  new VirError({
    code: 'invalid-arg',
    domain: 'none',
    message: say`There is no forward of ${protocol} port ${port}, or it is part of a range.`,
  });
