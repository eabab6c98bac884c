/** How events travel inside the engine; what they hold is in the contract. */
export type {
  DomainEvent,
  DomainRef,
  DomainStatsSample,
  EngineEventData as EngineEvent,
  HostStatsSample,
  LifecycleEvent,
  NetworkEvent,
  PoolEvent,
  StatsSample,
} from '../../src-shared/contract/events.ts';

/** Subscribes to events; returns the function that ends the subscription. */
export interface EventSource<E> {
  subscribe(listener: (event: E) => void): () => void;
}

/** The usual event source. A listener that throws does not keep others from being told. */
export class Emitter<E> implements EventSource<E> {
  readonly #listeners = new Set<(event: E) => void>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(
    onListenerError: (error: unknown) => void = (error) =>
      queueMicrotask(() => {
        throw error;
      }),
  ) {
    this.#onListenerError = onListenerError;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  subscribe(listener: (event: E) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: E): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}
