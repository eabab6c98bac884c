/** Traces: machines are looked up here, the host is looked at by whoever has its networks. */
import { VirError } from '../../../src-shared/errors.ts';
import { formatDomain, type Interface, parseDomain } from '../../../src-shared/model/domain/index.ts';
import { cardsOf } from '../../../src-shared/model/network-card.ts';
import type {
  TargetQuestion,
  Trace,
  TraceCard,
  TraceEnd,
  TraceQuestion,
  TraceTarget,
} from '../../../src-shared/model/network-trace.ts';
import { say } from '../../../src-shared/words.ts';
import { type Connection, need } from '../../engine/driver.ts';
import { applyEdit } from '../../engine/plan-edit.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function networkTraceHandlers({ engine }: Services): HandlerSet {
  return {
    'networks.trace': async ({ uri, ...question }) => await traceOf(await engine.open(uri), question),
    'networks.trace-repair': async ({ uri, hop, ...question }) => {
      const connection = await engine.open(uri);
      const offered = (await traceOf(connection, question)).hops.find(({ id }) => id === hop);
      const { domains, networks } = connection;
      const at = offered?.at;
      if (offered?.repair?.action === 'start-machine' && at?.kind === 'machine') {
        await need(domains, 'start')(at.uuid);
      } else if (offered?.repair?.action === 'plug-in' && at?.kind === 'machine') {
        await plugIn(connection, at);
      } else {
        await need(networks, 'repairTrace')(await targets(connection, question), hop);
      }
    },
  };
}

async function traceOf(connection: Connection, question: TraceQuestion): Promise<Trace> {
  return await need(connection.networks, 'trace')(await targets(connection, question));
}

async function targets(connection: Connection, { from, to, port }: TraceQuestion): Promise<TargetQuestion> {
  const [start, end] = await Promise.all([target(connection, from), target(connection, to)]);
  return { from: start, to: end, ...(port === undefined ? {} : { port }) };
}

async function target(connection: Connection, end: TraceEnd): Promise<TraceTarget> {
  return end.kind === 'machine' ? await cardOf(connection, end) : end;
}

type MachineEnd = Extract<TraceEnd, { readonly kind: 'machine' }>;

async function cardOf(connection: Connection, { uuid, mac }: MachineEnd): Promise<TraceCard> {
  const { domains } = connection;
  const { name, id } = await domains.lookupByUuid(uuid);
  const cards = cardsOf(uuid, parseDomain(await domains.xml(uuid)));
  const card = mac === undefined ? cards[0] : cards.find((each) => each.mac?.toLowerCase() === mac.toLowerCase());
  if (card === undefined) throw noCard(name, mac);
  const running = id !== undefined;
  return {
    ...{ kind: 'card', machine: uuid, name, running, type: card.type, plugged: card.plugged },
    ...(card.mac === undefined ? {} : { mac: card.mac }),
    ...(card.source === undefined ? {} : { source: card.source }),
    ...(card.target === undefined ? {} : { device: card.target }),
    addresses: running ? await addressesOf(connection, uuid, card.mac) : [],
  };
}

const noCard = (machine: string, mac: string | undefined): VirError =>
  new VirError({
    code: 'operation-invalid',
    domain: 'network',
    message:
      mac === undefined
        ? say`The machine '${machine}' has no network card.`
        : say`The machine '${machine}' has no network card with the address ${mac}.`,
    fix: say`Give it a network card first.`,
  });

/** What the guest's agent says; most guests have none, or are not there yet. */
async function addressesOf({ domains }: Connection, uuid: string, mac: string | undefined): Promise<readonly string[]> {
  if (domains.addresses === undefined || mac === undefined) return [];
  try {
    const all = await domains.addresses(uuid, 'agent');
    const own = all.filter((each) => each.mac.toLowerCase() === mac.toLowerCase());
    return own.flatMap(({ addresses }) => addresses.map(({ address }) => address));
  } catch (thrown) {
    const silent = [
      'agent-unresponsive',
      'no-support',
      'operation-invalid',
      'argument-unsupported',
      'operation-timeout',
    ];
    if (thrown instanceof VirError && silent.includes(thrown.data.code)) return [];
    throw thrown;
  }
}

/** In the running machine and in its definition. */
async function plugIn({ domains }: Connection, { uuid, mac }: MachineEnd): Promise<void> {
  const domain = parseDomain(await domains.xml(uuid, { inactive: true }));
  const { devices } = domain;
  const isIt = (index: number, address: string | undefined): boolean =>
    mac === undefined ? index === 0 : address?.toLowerCase() === mac.toLowerCase();
  if (devices === undefined) throw noCard(domain.name, mac);
  const cards = devices.interface.map(
    (card, index): Interface => (isIt(index, card.mac?.address) ? { ...card, link: { state: 'up' } } : card),
  );
  await applyEdit(domains, uuid, formatDomain({ ...domain, devices: { ...devices, interface: cards } }), 'trace');
}
