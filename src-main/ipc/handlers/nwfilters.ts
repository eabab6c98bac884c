/** Network filters: each call is the driver's method of the same name, or libvirt's "not supported". */
import { VirError } from '../../../src-shared/errors.ts';
import { parseDomain } from '../../../src-shared/model/domain/index.ts';
import type { NwfilterUser } from '../../../src-shared/model/nwfilter-summary.ts';
import { say } from '../../../src-shared/words.ts';
import { type Connection, need } from '../../engine/driver.ts';
import type { NwfilterApi } from '../../engine/nwfilter-api.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function nwfilterHandlers({ engine }: Services): HandlerSet {
  const filtersOf = async (uri: string): Promise<NwfilterApi> => {
    const { nwfilters } = await engine.open(uri);
    if (nwfilters !== undefined) return nwfilters;
    throw new VirError({
      code: 'no-support',
      domain: 'nwfilter',
      message: say`this function is not supported by the connection driver: nwfilters`,
    });
  };

  return {
    'nwfilters.list': async ({ uri }) => await (await filtersOf(uri)).list(),
    'nwfilters.xml': async ({ uri, uuid }) => await (await filtersOf(uri)).xml(uuid),
    'nwfilters.define': async ({ uri, xml, author }) =>
      await need(await filtersOf(uri), 'define')(xml, author === undefined ? {} : { author }),
    'nwfilters.undefine': async ({ uri, uuid }) => {
      await need(await filtersOf(uri), 'undefine')(uuid);
    },
    'nwfilters.users': async ({ uri }) => {
      const connection = await engine.open(uri);
      const machines = await connection.domains.list();
      const users = await Promise.all(machines.map(async ({ uuid }) => await usesOf(connection, uuid)));
      return users.flat();
    },
    'nwfilters.bindings': async ({ uri }) => await need(await filtersOf(uri), 'bindings')(),
    'nwfilters.binding-xml': async ({ uri, portDev }) => await need(await filtersOf(uri), 'bindingXml')(portDev),
    'nwfilters.create-binding': async ({ uri, xml }) => await need(await filtersOf(uri), 'createBinding')(xml),
    'nwfilters.delete-binding': async ({ uri, portDev }) => {
      await need(await filtersOf(uri), 'deleteBinding')(portDev);
    },
  };
}

/** What runs, and what starts next. A machine that is gone by the time it is asked uses none. */
async function usesOf({ domains }: Connection, uuid: string): Promise<readonly NwfilterUser[]> {
  try {
    const { id, persistent } = await domains.lookupByUuid(uuid);
    const now = await domains.xml(uuid);
    const next = id !== undefined && persistent ? await domains.xml(uuid, { inactive: true }) : now;
    const all = [...new Set([now, next])].flatMap((xml) => cardsWithFilter(uuid, xml));
    return all.filter(
      (use, place) => all.findIndex(({ mac, filter }) => mac === use.mac && filter === use.filter) === place,
    );
  } catch (thrown) {
    if (thrown instanceof VirError && thrown.data.code === 'no-domain') return [];
    throw thrown;
  }
}

function cardsWithFilter(uuid: string, xml: string): readonly NwfilterUser[] {
  // Most machines have none, and reading a definition takes longer than looking for the word.
  if (!xml.includes('<filterref')) return [];
  return (parseDomain(xml).devices?.interface ?? []).flatMap((card) => {
    const filter = 'filterref' in card ? card.filterref?.filter : undefined;
    return filter === undefined ? [] : [{ uuid, mac: card.mac?.address ?? '', filter }];
  });
}
