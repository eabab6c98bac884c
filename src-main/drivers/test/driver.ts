/**
 * `test:///`: hosts and guests that exist only in memory, to try clients on.
 *
 * - `test:///default`: libvirt's one running domain `test`, its network and its pool;
 * - `test:///many?n=1000`: that many domains in all states, the same each time;
 * - `test:///PATH`: what a file in the format of libvirt's test driver describes.
 *
 * `delay=MS` says how long guests take to shut down and saves take to be written; at once without it.
 */
import { hostname } from 'node:os';
import { VirError } from '../../../src-shared/errors.ts';
import type { ConnectUri } from '../../../src-shared/uri.ts';
import type { EngineContext } from '../../engine/context.ts';
import type { Connection, Driver } from '../../engine/driver.ts';
import { Emitter, type EngineEvent } from '../../engine/events.ts';
import { capabilitiesXml } from './capabilities.ts';
import { TestDomains } from './domains.ts';
import { Guests } from './guests.ts';
import { TestInterfaces } from './interfaces.ts';
import type { LeaseTaker } from './network-leases.ts';
import { defaultNode, type InitialNode, manyNode, nodeFromFile } from './node.ts';
import { TestNetworks } from './networks.ts';
import { TestNwfilters } from './nwfilters.ts';
import { TestStorage } from './storage.ts';

const mostDomains = 100_000;
const longestDelayMs = 600_000;

export const testDriver: Driver = {
  name: 'test',
  accepts: (uri) => uri.driver === 'test' && uri.transport === undefined && uri.host === undefined,
  label: (uri) => `Test (${uri.path.slice(1)})`,
  async open(uri, context) {
    const delayMs = number(uri, 'delay', longestDelayMs) ?? 0;
    return connect(uri, context, await nodeOf(uri), delayMs);
  },
};

async function nodeOf(uri: ConnectUri): Promise<InitialNode> {
  if (uri.path === '/default') return defaultNode();
  if (uri.path === '/many') return manyNode(number(uri, 'n', mostDomains) ?? 100);
  if (uri.path !== '/') return await nodeFromFile(uri.path);
  throw new VirError({
    code: 'invalid-arg',
    domain: 'test',
    message: `'${uri.text}' does not say which test host is meant.`,
    fix: 'Use test:///default, test:///many?n=100 or test:///PATH.',
  });
}

function number(uri: ConnectUri, name: string, most: number): number | undefined {
  const text = uri.parameters[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new VirError({
    code: 'invalid-arg',
    domain: 'test',
    message: `'${name}=${text}' in '${uri.text}' must be a whole number from 0 to ${most}.`,
  });
}

function connect(uri: ConnectUri, context: EngineContext, node: InitialNode, delayMs: number): Connection {
  const events = new Emitter<EngineEvent>((error) => context.logger.log('error', 'a listener failed', { error }));
  const shared = { uri: uri.text, events, delayMs };
  const guests = new Guests({ ...shared, context }, node.domains);
  const running = (): readonly LeaseTaker[] =>
    guests.table
      .records()
      .flatMap(({ uuid, id, live }) => (live === undefined || id === undefined ? [] : [{ uuid, id, domain: live }]));
  const interfaces = new TestInterfaces(events, node.interfaces);
  return {
    uri,
    type: 'Test',
    hostname: hostname(),
    events,
    // What libvirt's test driver calls its version: 2.
    hypervisorVersion: () => Promise.resolve(2),
    capabilities: () => Promise.resolve(capabilitiesXml(node.info)),
    nodeInfo: () => Promise.resolve(node.info),
    freeMemoryBytes: () => Promise.resolve((node.info.memoryKiB * 1024) / 2),
    notices: () => Promise.resolve([]),
    domains: new TestDomains(guests),
    snapshots: guests.snapshots,
    storage: new TestStorage({ ...shared, jobs: context.jobs }, node.pools),
    networks: new TestNetworks({ ...shared, guests: running }, node.networks),
    interfaces,
    nwfilters: new TestNwfilters(events),
    close: async () => {
      interfaces.close();
      await guests.close();
    },
  };
}
