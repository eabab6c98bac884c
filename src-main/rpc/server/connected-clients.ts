/** Who is connected to the doors for libvirt's clients. */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { LibvirtClient } from '../../../src-shared/contract/libvirt-clients.ts';
import { Emitter } from '../../engine/events.ts';

export interface ConnectedClient {
  readonly info: LibvirtClient;
  disconnect(reason: string): void;
}

const settlesMs = 200;

export class ConnectedClients {
  /** One came, went, or became somebody; several such changes close together are one. */
  readonly changed = new Emitter<void>();
  readonly #clients = new Map<string, ConnectedClient>();
  #serial = 0;
  #timer: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#clients.size;
  }

  /** A number no other client of this engine had, as a text. */
  nextId(): string {
    this.#serial += 1;
    return String(this.#serial);
  }

  add(client: ConnectedClient): () => void {
    const { id } = client.info;
    this.#clients.set(id, client);
    this.tell();
    return () => {
      this.#clients.delete(id);
      this.tell();
    };
  }

  tell(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.changed.emit();
    }, settlesMs).unref();
  }

  list(): readonly LibvirtClient[] {
    return [...this.#clients.values()].map(({ info }) => info);
  }

  /** @throws VirError `invalid-arg` when there is no such client. */
  disconnect(id: string): void {
    const client = this.#clients.get(id);
    if (client === undefined) {
      throw new VirError({ code: 'invalid-arg', domain: 'rpc', message: say`There is no client ${id}.` });
    }
    client.disconnect('somebody has disconnected it');
  }

  /** Those who came in as this user. */
  disconnectUser(user: string, reason: string): void {
    for (const client of [...this.#clients.values()]) if (client.info.user === user) client.disconnect(reason);
  }

  /** Of a door, those who have proven nothing yet. */
  unproven(way: LibvirtClient['way']): number {
    return [...this.#clients.values()].filter(({ info }) => info.way === way && !info.isAuthenticated).length;
  }
}
