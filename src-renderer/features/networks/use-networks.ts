/** The networks of the chosen connection and what surrounds them: asked for once, then as the engine announces. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { EngineEventData } from '../../../src-shared/contract/events.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import type { NetworkLease, NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import type { HostChange, HostDevice, NetworkCard } from '../../../src-shared/model/network-view.ts';
import { type Network, parseNetwork } from '../../../src-shared/model/network.ts';
import { engine, EngineError } from '../../app/client.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { useAnswer } from '../../app/use-answer.ts';

export interface NetworkView {
  readonly uri: string;
  /** Undefined while they are on their way. */
  readonly networks: readonly NetworkSummary[] | undefined;
  readonly error: ErrorData | undefined;
  /** What each network is, by its UUID. */
  readonly definitions: ReadonlyMap<string, Network>;
  readonly leases: ReadonlyMap<string, readonly NetworkLease[]>;
  readonly cards: readonly NetworkCard[];
  readonly devices: readonly HostDevice[];
  readonly changes: readonly HostChange[];
  /** For what is not announced. */
  readonly reload: () => void;
}

interface Surroundings {
  readonly networks: readonly NetworkSummary[];
  readonly definitions: ReadonlyMap<string, Network>;
  readonly leases: ReadonlyMap<string, readonly NetworkLease[]>;
  readonly devices: readonly HostDevice[];
  readonly changes: readonly HostChange[];
}

/** Several events at once are one question. */
const quietMs = 150;

export function useNetworks(): NetworkView {
  const uri = useSettings((state) => state.defaultUri);
  const open = useInventory((state) => state.connections.get(uri)?.state === 'open');
  const key = open ? uri : undefined;
  const answer = useAnswer(key, () => ask(uri));
  const { reload: reloadRest } = answer;
  const [cards, reloadCards] = useCards(key);
  const reload = useCallback(() => {
    reloadRest();
    reloadCards();
  }, [reloadRest, reloadCards]);
  useEffect(() => {
    let timer: number | undefined;
    const end = engine.subscribe((message) => {
      if (message.channel !== 'engine' || message.uri !== uri || !changesNetworks(message.event)) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(reloadRest, quietMs);
    });
    return () => {
      window.clearTimeout(timer);
      end();
    };
  }, [uri, reloadRest]);
  const { value, error } = answer;
  return useMemo(
    () => ({
      ...{ uri, networks: value?.networks, error, cards, reload },
      definitions: value?.definitions ?? new Map(),
      leases: value?.leases ?? new Map(),
      devices: value?.devices ?? [],
      changes: value?.changes ?? [],
    }),
    [uri, value, error, cards, reload],
  );
}

/** Machines take and give back addresses when they start, stop, or change their cards; a new one is in their summary. */
function changesNetworks(event: EngineEventData): boolean {
  return (
    event.type === 'network' ||
    event.type === 'interfaces' ||
    event.type === 'domain-summary' ||
    (event.type === 'domain' && changesCards(event))
  );
}

function changesCards({ event }: Extract<EngineEventData, { type: 'domain' }>): boolean {
  return event.kind === 'lifecycle' || event.kind === 'device-added' || event.kind === 'device-removed';
}

async function ask(uri: string): Promise<Surroundings> {
  const networks = await engine.call('networks.list', { uri });
  const [definitions, devices, changes, leases] = await Promise.all([
    Promise.all(networks.map(async ({ uuid }) => [uuid, await definitionOf(uri, uuid)] as const)),
    engine.call('networks.host-devices', { uri }),
    engine.call('networks.host-changes', { uri }),
    Promise.all(
      networks.filter(({ active }) => active).map(async ({ uuid }) => [uuid, await leasesOf(uri, uuid)] as const),
    ),
  ]);
  const known = definitions.flatMap(([uuid, network]) => (network === undefined ? [] : [[uuid, network] as const]));
  return { networks, definitions: new Map(known), devices, changes, leases: new Map(leases) };
}

/** Undefined for one that is gone by now. */
async function definitionOf(uri: string, uuid: string): Promise<Network | undefined> {
  try {
    return parseNetwork(await engine.call('networks.xml', { uri, uuid }));
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.data.code === 'no-network') return undefined;
    throw thrown;
  }
}

/** A network that was stopped meanwhile has none, nor has a driver that knows nothing of leases. */
async function leasesOf(uri: string, uuid: string): Promise<readonly NetworkLease[]> {
  try {
    return await engine.call('networks.leases', { uri, uuid });
  } catch (thrown) {
    const known = ['operation-invalid', 'no-network', 'no-support'];
    if (thrown instanceof EngineError && known.includes(thrown.data.code)) return [];
    throw thrown;
  }
}

/** The cards of every machine; those of one are asked for anew when something happens to it. */
function useCards(uri: string | undefined): readonly [cards: readonly NetworkCard[], reload: () => void] {
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const [cards, setCards] = useState<{ readonly uri: string; readonly list: readonly NetworkCard[] }>();
  const take = useCallback(
    (of: string, machines: readonly string[] | undefined, list: readonly NetworkCard[]): void => {
      setCards((before) => {
        const kept = before?.uri !== of || machines === undefined ? [] : before.list;
        return { uri: of, list: [...kept.filter(({ machine }) => machines?.includes(machine) !== true), ...list] };
      });
    },
    [],
  );
  useEffect(() => {
    if (uri === undefined) return;
    let current = true;
    let timer: number | undefined;
    const touched = new Set<string>();
    const load = (machines?: readonly string[]): void => {
      engine.call('networks.cards', { uri, ...(machines === undefined ? {} : { machines: [...machines] }) }).then(
        (list) => {
          if (current) take(uri, machines, list);
        },
        (thrown: unknown) => {
          if (current) reportError(thrown);
        },
      );
    };
    const end = engine.subscribe((message) => {
      if (message.channel !== 'engine' || message.uri !== uri) return;
      const { event } = message;
      if (event.type === 'domain' && changesCards(event)) touched.add(event.domain.uuid);
      else if (event.type === 'domain-gone') touched.add(event.uuid);
      else return;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        load([...touched]);
        touched.clear();
      }, quietMs);
    });
    load();
    return () => {
      current = false;
      window.clearTimeout(timer);
      end();
    };
  }, [uri, take, round]);
  return [cards !== undefined && cards.uri === uri ? cards.list : none, reload];
}

const none: readonly NetworkCard[] = [];
