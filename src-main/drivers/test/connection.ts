/** The parts of a host in memory. */
import { hostname } from 'node:os';
import type { ConnectUri } from '../../../src-shared/uri.ts';
import type { EngineContext } from '../../engine/context.ts';
import type { Connection } from '../../engine/driver.ts';
import { Emitter, type EngineEvent } from '../../engine/events.ts';
import { capabilitiesXml } from './capabilities.ts';
import { TestDomains } from './domains.ts';
import { Guests } from './guests.ts';
import { TestInterfaces } from './interfaces.ts';
import type { LeaseTaker } from './network-leases.ts';
import type { InitialNode } from './node.ts';
import { TestNetworks } from './networks.ts';
import { TestNwfilters } from './nwfilters.ts';
import { TestStorage } from './storage.ts';

export function connect(uri: ConnectUri, context: EngineContext, node: InitialNode, delayMs: number): Connection {
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
