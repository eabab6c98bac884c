/** Registering for events of domains: by callback id, and the two older ways. */
import { domainEventCount, domainEventIds } from '../../protocol/event-numbers.ts';
import { rpcError } from '../errors.ts';
import type { RemoteHandlers } from '../handler.ts';

function check(eventId: number): number {
  if (eventId < 0 || eventId >= domainEventCount) throw rpcError(`unsupported event ID ${eventId}`);
  return eventId;
}

export const domainEventHandlers = {
  connectDomainEventRegister({ session }) {
    session.subscriptions.addLegacy(domainEventIds.lifecycle);
    return { cbRegistered: 1 };
  },

  connectDomainEventDeregister({ session }) {
    session.subscriptions.removeLegacy(domainEventIds.lifecycle);
    return { cbRegistered: 0 };
  },

  connectDomainEventRegisterAny({ session }, { eventID }) {
    session.subscriptions.addLegacy(check(eventID));
  },

  connectDomainEventDeregisterAny({ session }, { eventID }) {
    session.subscriptions.removeLegacy(check(eventID));
  },

  connectDomainEventCallbackRegisterAny({ session }, { eventID, dom }) {
    return { callbackID: session.subscriptions.add('domain', check(eventID), dom?.uuid) };
  },

  connectDomainEventCallbackDeregisterAny({ session }, { callbackID }) {
    session.subscriptions.remove('domain', callbackID);
  },
} satisfies RemoteHandlers;
