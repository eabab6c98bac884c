/** Which events a client wants to be told, and telling them. */
import type { EngineEvent } from '../../engine/events.ts';
import { rpcError } from './errors.ts';
import {
  domainEventMessages,
  type EventMessage,
  networkEventMessage,
  poolEventMessage,
  secretEventMessage,
} from './event-messages.ts';

/** What events are about. Those of node devices are never announced yet. */
export type SubscriptionKind = 'domain' | 'storage pool' | 'network' | 'node device' | 'secret';

interface Subscription {
  readonly kind: SubscriptionKind;
  readonly eventId: number;
  /** Only those of this object. */
  readonly uuid: string | undefined;
}

/** A client registers a handful; more than this is an accident. */
const mostSubscriptions = 1000;

export class Subscriptions {
  readonly #send: (packet: Buffer) => void;
  readonly #byCallback = new Map<number, Subscription>();
  /** Domain events that were registered without a callback id. */
  readonly #legacy = new Set<number>();
  #nextId = 0;

  constructor(send: (packet: Buffer) => void) {
    this.#send = send;
  }

  /** @returns the id that messages will carry. */
  add(kind: SubscriptionKind, eventId: number, uuid?: string): number {
    if (this.#byCallback.size >= mostSubscriptions) throw rpcError('too many event callbacks are registered');
    const id = this.#nextId;
    this.#nextId += 1;
    this.#byCallback.set(id, { kind, eventId, uuid });
    return id;
  }

  /** @throws VirError when there is no such registration. */
  remove(kind: SubscriptionKind, callbackId: number): void {
    if (this.#byCallback.get(callbackId)?.kind !== kind) {
      throw rpcError(`${kind} event callback ${callbackId} not registered`);
    }
    this.#byCallback.delete(callbackId);
  }

  addLegacy(eventId: number): void {
    if (this.#legacy.has(eventId)) throw rpcError(`domain event ${eventId} already registered`);
    this.#legacy.add(eventId);
  }

  removeLegacy(eventId: number): void {
    if (!this.#legacy.delete(eventId)) throw rpcError(`domain event ${eventId} not registered`);
  }

  clear(): void {
    this.#byCallback.clear();
    this.#legacy.clear();
  }

  deliver(event: EngineEvent): void {
    if (this.#byCallback.size === 0 && this.#legacy.size === 0) return;
    if (event.type === 'domain') {
      for (const message of domainEventMessages(event.domain, event.event)) {
        this.#tell('domain', event.domain.uuid, message);
      }
    } else if (event.type === 'pool') {
      const { uuid, name } = event;
      this.#tell('storage pool', uuid, poolEventMessage({ uuid, name }, event.event));
    } else if (event.type === 'network') {
      const { uuid, name } = event;
      const message = networkEventMessage({ uuid, name }, event.event);
      if (message !== undefined) this.#tell('network', uuid, message);
    } else if (event.type === 'secret') {
      this.#tell('secret', event.secret.uuid, secretEventMessage(event.secret, event.event));
    }
  }

  #tell(kind: SubscriptionKind, uuid: string, message: EventMessage): void {
    for (const [id, wanted] of this.#byCallback) {
      if (wanted.kind !== kind || wanted.eventId !== message.id) continue;
      if (wanted.uuid === undefined || wanted.uuid === uuid) this.#send(message.withCallback(id));
    }
    if (kind === 'domain' && this.#legacy.has(message.id) && message.legacy !== undefined) this.#send(message.legacy());
  }
}
