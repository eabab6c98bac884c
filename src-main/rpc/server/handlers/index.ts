/**
 * Everything the server answers. A feature of the engine becomes one of libvirt's calls by one entry in one of these
 * tables; a procedure without an entry is "unknown", which clients show as not supported.
 */
import type { HandlerTables } from '../dispatch.ts';
import { connectionHandlers } from './connection.ts';
import { domainHandlers } from './domain.ts';
import { domainEventHandlers } from './domain-events.ts';
import { domainLifecycleHandlers } from './domain-lifecycle.ts';
import { hostHandlers } from './host.ts';

export const handlers: HandlerTables = {
  remote: {
    ...connectionHandlers,
    ...hostHandlers,
    ...domainHandlers,
    ...domainLifecycleHandlers,
    ...domainEventHandlers,
  },
  qemu: {},
};
