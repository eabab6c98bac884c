/** Brings the engine's announcements to the stores. The window asks once at the start, and is told from then on. */
import type { ConnectionInfo } from '../../src-shared/contract/connections.ts';
import type { ContractEvent } from '../../src-shared/contract/index.ts';
import { engine, errorDataOf } from './client.ts';
import { reportError } from './feedback/notices.ts';
import { applyEvents, applyOpened, applyRemembered, type MachineKey, touchedBy } from './store/inventory.ts';
import { type InventoryState, useInventory } from './store/inventory-store.ts';
import { jobsOf, useJobs, withJob } from './store/jobs-store.ts';
import { acceptPrompts } from './store/prompts-store.ts';
import { acceptSettings, hasRememberedSettings, useSettings } from './store/settings-store.ts';
import { nextRound } from './store/engine-round.ts';
import { acceptFullScreen } from './store/full-screen.ts';
import { statsStore } from './store/stats-store.ts';
import { rewatchStats } from './store/watch-stats.ts';

/** Machines an event named while lists are on their way. */
const touched = new Set<MachineKey>();
const poolListeners = new Set<(uri: string) => void>();
const clientListeners = new Set<() => void>();
/** Beyond that, the hosts that have not answered yet are not waited for. */
const slowHostMs = 1_500;
const commandListeners = new Set<(command: string, argument?: string) => void>();
let pending: ContractEvent[] = [];

/** A menu of the desktop, or a file handed to the application, asks for an action. */
export function onCommand(listener: (command: string, argument?: string) => void): () => void {
  commandListeners.add(listener);
  return () => commandListeners.delete(listener);
}

/** Something about a connection's storage changed. */
export function onPoolEvent(listener: (uri: string) => void): () => void {
  poolListeners.add(listener);
  return () => poolListeners.delete(listener);
}

/** Of libvirt's clients one came or went, or what lets them in is another. */
export function onLibvirtClients(listener: () => void): () => void {
  clientListeners.add(listener);
  return () => clientListeners.delete(listener);
}

function flush(): void {
  const events = pending;
  pending = [];
  for (const key of touchedBy(events)) touched.add(key);
  const before = useInventory.getState();
  const after = applyEvents(before, events);
  if (after !== before) useInventory.setState(after as InventoryState);
}

/** Events of one batch become one change of the inventory. */
function take(event: ContractEvent): void {
  switch (event.channel) {
    case 'engine':
      if (event.event.type === 'stats') {
        statsStore.take(event.uri, event.event.sample);
        return;
      }
      if (event.event.type === 'pool') {
        for (const listener of poolListeners) listener(event.uri);
        return;
      }
      break;
    case 'job':
      useJobs.setState(({ jobs }) => ({ jobs: withJob(jobs, event.job) }));
      return;
    case 'prompts':
      acceptPrompts(event.prompts);
      return;
    case 'libvirt-clients':
      for (const listener of clientListeners) listener();
      return;
    case 'settings':
      acceptSettings(event.settings);
      return;
    case 'command':
      if (event.command === 'engine-replaced') startOver().catch(reportError);
      if (event.command === 'full-screen') acceptFullScreen(event.argument === 'on');
      for (const listener of commandListeners) listener(event.command, event.argument);
      return;
    case 'connection':
      takeUpWhenOpen(event.connection);
      break;
    case 'connection-forgotten':
      break;
  }
  if (pending.length === 0) queueMicrotask(flush);
  pending.push(event);
}

/** A host that could not be reached has been found again by itself: its list is taken up. */
function takeUpWhenOpen({ uri, state }: ConnectionInfo): void {
  if (state !== 'open' || useInventory.getState().connections.get(uri)?.state !== 'failed') return;
  openConnection(uri).catch(reportError);
}

/** Shows what was seen of a host before, until it answers or an event tells better. */
async function recall({ uri }: ConnectionInfo): Promise<void> {
  const domains = await engine.call('connections.remembered', { uri });
  useInventory.setState((state) => applyRemembered(state, uri, domains));
}

/** Opens a connection and takes over its list. A failure becomes the connection's state, not a notice. */
export async function openConnection(uri: string): Promise<void> {
  try {
    const { connection, domains } = await engine.call('connections.open', { uri });
    useInventory.setState((state) => applyOpened(state, connection, domains, touched));
  } catch (thrown) {
    const error = errorDataOf(thrown);
    useInventory.setState(({ connections, listed }) => {
      const known = connections.get(uri);
      const failed = {
        ...(known ?? { uri, label: uri, own: false, domainVerbs: [], storageVerbs: [], notices: [] }),
        state: 'failed' as const,
        error,
      };
      return { connections: new Map(connections).set(uri, failed), listed: new Set(listed).add(uri) };
    });
  }
}

/**
 * Another engine took the place of the one that was used: nothing it announced while there was none is known, and it
 * knows nothing of what the other was asked for.
 */
async function startOver(): Promise<void> {
  touched.clear();
  rewatchStats();
  const known = [...useInventory.getState().connections.keys()];
  await Promise.all(known.map(openConnection));
  touched.clear();
  const list = await engine.call('jobs.list', {});
  useJobs.setState({ jobs: jobsOf(list) });
  nextRound();
}

/**
 * Subscribes, then asks for everything at once. The default connection is the one remembered from last time, so that
 * its list is under way before the preferences have arrived.
 */
export function startFeed(): void {
  engine.subscribe(take);
  const opened = new Map<string, Promise<void>>();
  const open = (uri: string): Promise<void> => {
    const underWay = opened.get(uri) ?? openConnection(uri);
    opened.set(uri, underWay);
    return underWay;
  };
  const guess = hasRememberedSettings() ? open(useSettings.getState().defaultUri) : undefined;
  const settings = engine.call('settings.get', {}).then((told) => {
    acceptSettings(told);
    return open(told.defaultUri);
  });
  const first = Promise.all([guess, settings]);
  const jobs = engine.call('jobs.list', {}).then((list) => {
    useJobs.setState(({ jobs: known }) => ({
      jobs: new Map([...jobsOf(list), ...known]),
    }));
  });
  const others = engine.call('connections.list', {}).then(async (list) => {
    useInventory.setState(({ connections }) => {
      const known = [...connections].filter(([, connection]) => connection.state !== 'closed');
      return { connections: new Map([...list.map((each) => [each.uri, each] as const), ...known]) };
    });
    const seen = list.filter((each) => each.state !== 'open' && each.seenMs !== undefined);
    await Promise.all([...list.map((each) => open(each.uri)), ...seen.map(recall)]);
  });
  for (const asked of [settings, jobs, others]) asked.catch(reportError);
  const ready = (): void => useInventory.setState({ phase: 'ready' });
  const all = Promise.allSettled([first, others]).then(() => {
    touched.clear();
    ready();
  });
  // A host that does not answer holds up its own machines, and nothing else.
  const patience = first.then(() => new Promise((resolve) => setTimeout(resolve, slowHostMs)));
  Promise.race([all, patience]).then(ready, ready);
}
