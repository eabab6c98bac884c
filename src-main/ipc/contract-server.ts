/** The contract's server over an engine: every handler, and every announcement the engine's parts make. */
import type { ContractEvent } from '../../src-shared/contract/index.ts';
import { Emitter } from '../engine/events.ts';
import type { Logger } from '../engine/logger.ts';
import { createContractServer } from './dispatch.ts';
import { appHandlers } from './handlers/app.ts';
import { captureHandlers } from './handlers/captures.ts';
import { conditionHandlers } from './handlers/conditions.ts';
import { connectionHandlers } from './handlers/connections.ts';
import { createHandlers } from './handlers/create.ts';
import { domainHandlers } from './handlers/domains.ts';
import { editingHandlers } from './handlers/editing.ts';
import { networkTraceHandlers } from './handlers/network-trace.ts';
import { forwardHandlers } from './handlers/forwards.ts';
import { interfaceHandlers } from './handlers/interfaces.ts';
import { libvirtClientHandlers } from './handlers/libvirt-clients.ts';
import { networkViewHandlers } from './handlers/network-view.ts';
import { networkHandlers } from './handlers/networks.ts';
import { nwfilterHandlers } from './handlers/nwfilters.ts';
import { promptHandlers } from './handlers/prompts.ts';
import { secretHandlers } from './handlers/secrets.ts';
import { snapshotHandlers } from './handlers/snapshots.ts';
import { storageHandlers } from './handlers/storage.ts';
import type { ContractServer } from './server.ts';
import type { Services } from './services.ts';

export function serveContract(services: Services, logger: Logger): ContractServer {
  const events = new Emitter<ContractEvent>((error) => {
    logger.log('error', 'a listener of the contract failed', { error });
  });
  const { engine, libvirtClients, prompts, settings } = services;
  engine.events.subscribe(({ uri, event }) => {
    events.emit({ channel: 'engine', uri, event });
  });
  engine.connectionEvents.subscribe((connection) => {
    events.emit({ channel: 'connection', connection });
  });
  engine.forgottenEvents.subscribe((uri) => {
    events.emit({ channel: 'connection-forgotten', uri });
  });
  engine.jobs.events.subscribe((job) => {
    events.emit({ channel: 'job', job });
  });
  prompts.events.subscribe((open) => {
    events.emit({ channel: 'prompts', prompts: open });
  });
  libvirtClients.changed.subscribe(() => {
    events.emit({ channel: 'libvirt-clients' });
  });
  settings.events.subscribe((changed) => {
    events.emit({ channel: 'settings', settings: changed });
  });
  const handlers = {
    ...appHandlers(services),
    ...connectionHandlers(services),
    ...domainHandlers(services),
    ...captureHandlers(services),
    ...conditionHandlers(services),
    ...forwardHandlers(services),
    ...libvirtClientHandlers(services),
    ...editingHandlers(services),
    ...networkHandlers(services),
    ...nwfilterHandlers(services),
    ...networkTraceHandlers(services),
    ...networkViewHandlers(services),
    ...interfaceHandlers(services),
    ...promptHandlers(services),
    ...secretHandlers(services),
    ...snapshotHandlers(services),
    ...storageHandlers(services),
    ...createHandlers(services),
  };
  return createContractServer(handlers, events, logger);
}
