/** What the engine announced of connections and machines, and how an announcement changes it. Pure. */
import type { ConnectionInfo } from '../../../src-shared/contract/connections.ts';
import type { ContractEvent } from '../../../src-shared/contract/index.ts';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';

declare const brand: unique symbol;
/** Names a machine in the whole window: its connection and its UUID. */
export type MachineKey = string & { readonly [brand]: 'MachineKey' };

export interface Machine extends DomainSummary {
  readonly key: MachineKey;
  readonly uri: string;
}

export interface Inventory {
  readonly connections: ReadonlyMap<string, ConnectionInfo>;
  readonly machines: ReadonlyMap<MachineKey, Machine>;
  /** Connections whose machines have arrived. */
  readonly listed: ReadonlySet<string>;
}

export const emptyInventory: Inventory = { connections: new Map(), machines: new Map(), listed: new Set() };

export function machineKey(uri: string, uuid: string): MachineKey {
  return `${uuid}@${uri}` as MachineKey;
}

export function splitKey(key: MachineKey): { readonly uri: string; readonly uuid: string } {
  const at = key.indexOf('@');
  return { uuid: key.slice(0, at), uri: key.slice(at + 1) };
}

const machineOf = (uri: string, summary: DomainSummary): Machine => ({
  ...summary,
  uri,
  key: machineKey(uri, summary.uuid),
});

/** Takes over a batch of events; the same object when none of them mattered. */
export function applyEvents(inventory: Inventory, events: readonly ContractEvent[]): Inventory {
  const forgotten = events.flatMap((event) => (event.channel === 'connection-forgotten' ? [event.uri] : []));
  if (forgotten.length > 0) return withoutConnections(applyOthers(inventory, events), new Set(forgotten));
  return applyOthers(inventory, events);
}

function withoutConnections(inventory: Inventory, gone: ReadonlySet<string>): Inventory {
  return {
    connections: new Map([...inventory.connections].filter(([uri]) => !gone.has(uri))),
    machines: new Map([...inventory.machines].filter(([, machine]) => !gone.has(machine.uri))),
    listed: new Set([...inventory.listed].filter((uri) => !gone.has(uri))),
  };
}

function applyOthers(inventory: Inventory, events: readonly ContractEvent[]): Inventory {
  let machines: Map<MachineKey, Machine> | undefined;
  let connections: Map<string, ConnectionInfo> | undefined;
  for (const event of events) {
    if (event.channel === 'connection') {
      connections ??= new Map(inventory.connections);
      connections.set(event.connection.uri, event.connection);
    } else if (event.channel === 'engine' && event.event.type === 'domain-summary') {
      machines ??= new Map(inventory.machines);
      const machine = machineOf(event.uri, event.event.summary);
      machines.set(machine.key, machine);
    } else if (event.channel === 'engine' && event.event.type === 'domain-gone') {
      machines ??= new Map(inventory.machines);
      machines.delete(machineKey(event.uri, event.event.uuid));
    }
  }
  if (machines === undefined && connections === undefined) return inventory;
  return {
    ...inventory,
    ...(machines === undefined ? {} : { machines }),
    ...(connections === undefined ? {} : { connections }),
  };
}

/** Machines an event spoke of; those are newer than a list that was asked for before. */
export function touchedBy(events: readonly ContractEvent[]): readonly MachineKey[] {
  return events.flatMap((event) => {
    if (event.channel !== 'engine') return [];
    if (event.event.type === 'domain-summary') return [machineKey(event.uri, event.event.summary.uuid)];
    if (event.event.type === 'domain-gone') return [machineKey(event.uri, event.event.uuid)];
    return [];
  });
}

/** Machines that were seen before, of a connection that has not told of its own yet. */
export function applyRemembered(inventory: Inventory, uri: string, domains: readonly DomainSummary[]): Inventory {
  const state = inventory.connections.get(uri)?.state;
  const isKnown = [...inventory.machines.values()].some((machine) => machine.uri === uri);
  if (state === undefined || state === 'open' || isKnown) return inventory;
  const machines = new Map(inventory.machines);
  for (const machine of domains.map((summary) => machineOf(uri, summary))) machines.set(machine.key, machine);
  return { ...inventory, machines };
}

/**
 * Takes over the list of a connection that was just opened. What an event said of a machine since the list was asked
 * for stands: it is at least as new.
 */
export function applyOpened(
  inventory: Inventory,
  connection: ConnectionInfo,
  domains: readonly DomainSummary[],
  touched: ReadonlySet<MachineKey>,
): Inventory {
  const uri = connection.uri;
  const machines = new Map([...inventory.machines].filter(([key, machine]) => machine.uri !== uri || touched.has(key)));
  for (const summary of domains) {
    const machine = machineOf(uri, summary);
    if (!touched.has(machine.key)) machines.set(machine.key, machine);
  }
  return {
    machines,
    connections: new Map(inventory.connections).set(uri, connection),
    listed: new Set(inventory.listed).add(uri),
  };
}
