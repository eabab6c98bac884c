/** What the networks screen asks besides the networks: machines' cards, the host's devices, what was changed there. */
import { VirError } from '../../../src-shared/errors.ts';
import { parseDomain } from '../../../src-shared/model/domain/index.ts';
import { cardsOf, withNext } from '../../../src-shared/model/network-card.ts';
import type { NetworkCard } from '../../../src-shared/model/network-view.ts';
import { type Connection, need } from '../../engine/driver.ts';
import { listNetworkDevices } from '../../host/network-devices.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function networkViewHandlers({ engine }: Services): HandlerSet {
  return {
    'networks.plan-xml': async ({ uri, xml }) => await need((await engine.open(uri)).networks, 'planXml')(xml),
    'networks.cards': async ({ uri, machines }) => {
      const connection = await engine.open(uri);
      const wanted = machines ?? (await connection.domains.list()).map(({ uuid }) => uuid);
      const cards = await Promise.all(wanted.map(async (uuid) => await cardsOfMachine(connection, uuid)));
      return cards.flat();
    },
    'networks.host-devices': async ({ uri }) => {
      const connection = await engine.open(uri);
      if (connection.networks?.hostDevices !== undefined) return await connection.networks.hostDevices();
      return isHere(connection) ? listNetworkDevices() : [];
    },
    'networks.host-changes': async ({ uri }) => (await (await engine.open(uri)).networks?.hostChanges?.()) ?? [],
    'networks.undo-changes': async ({ uri, owner }) =>
      await need((await engine.open(uri)).networks, 'undoChanges')(owner),
    'networks.host-names': async ({ uri, uuid }) => await (await engine.open(uri)).networks?.hostNames?.(uuid),
    'networks.set-host-names': async ({ uri, uuid, wanted, live, config }) =>
      await need((await engine.open(uri)).networks, 'setHostNames')(uuid, wanted, {
        ...(live === undefined ? {} : { live }),
        ...(config === undefined ? {} : { config }),
      }),
    'networks.zone': async ({ uri, uuid }) => await (await engine.open(uri)).networks?.zone?.(uuid),
  };
}

/** Whether the connection's host is the one this engine runs on. */
const isHere = ({ uri }: Connection): boolean => uri.host === undefined && uri.transport === undefined;

/** A machine that is gone by the time it is asked has none. */
async function cardsOfMachine({ domains }: Connection, uuid: string): Promise<readonly NetworkCard[]> {
  try {
    const { id, persistent } = await domains.lookupByUuid(uuid);
    const cards = cardsOf(uuid, parseDomain(await domains.xml(uuid)));
    if (id === undefined || !persistent || cards.length === 0) return cards;
    return withNext(cards, cardsOf(uuid, parseDomain(await domains.xml(uuid, { inactive: true }))));
  } catch (thrown) {
    if (thrown instanceof VirError && thrown.data.code === 'no-domain') return [];
    throw thrown;
  }
}
