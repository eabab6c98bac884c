/** Every door for libvirt's clients, opened and closed as the user wants while the engine runs. */
import type {
  DoorState,
  LibvirtClient,
  LibvirtDoors as DoorStates,
  TcpDoor,
  TlsDoor,
} from '../../../src-shared/contract/libvirt-clients.ts';
import { toErrorData } from '../../../src-shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { Emitter } from '../../engine/events.ts';
import type { ClientUsers } from './client-users.ts';
import { type DoorParts, doorParts, type NetworkDoor } from './door.ts';
import { Attempts, passwordProof } from './proof.ts';
import { type LibvirtServer, serveLibvirt } from './serve.ts';
import { serveLibvirtTcp } from './serve-tcp.ts';
import { serveLibvirtTls } from './serve-tls.ts';

export interface WantedDoors {
  readonly tls: TlsDoor;
  readonly tcp: TcpDoor;
}

/** A door as it is now, and what it was opened by. */
interface Door {
  wanted: string;
  open: NetworkDoor | undefined;
  state: DoorState;
}

export class LibvirtDoors {
  /** A door was opened or closed, or failed to open; a client came or went; a user is another. */
  readonly changed = new Emitter<void>();
  readonly #parts: DoorParts;
  readonly #users: ClientUsers;
  readonly #attempts = new Attempts();
  readonly #doors: Readonly<Record<'tls' | 'tcp', Door>> = { tls: closed(), tcp: closed() };
  /** Doors on the network that the command line asked for. */
  readonly #extra: NetworkDoor[] = [];
  #unix: LibvirtServer | undefined;
  /** One change after another. */
  #changing: Promise<void> = Promise.resolve();

  constructor(engine: Engine, users: ClientUsers) {
    this.#parts = doorParts(engine);
    const { clients } = this.#parts;
    this.#users = users;
    clients.changed.subscribe(() => this.changed.emit());
    users.changed.subscribe((user) => {
      clients.disconnectUser(user, 'its user was changed or removed');
      this.changed.emit();
    });
  }

  get states(): DoorStates {
    return { tls: this.#doors.tls.state, tcp: this.#doors.tcp.state };
  }

  get clientCount(): number {
    return this.#parts.clients.size;
  }

  clients(): readonly LibvirtClient[] {
    return this.#parts.clients.list();
  }

  /** @throws VirError `invalid-arg` when there is no such client. */
  disconnect(id: string): void {
    this.#parts.clients.disconnect(id);
  }

  /** The door that is always open. */
  async openUnix(path: string): Promise<void> {
    this.#unix = await serveLibvirt(path, this.#parts);
  }

  /** Opens what is wanted and was not, closes what is not wanted any more; a door that can't be opened says why. */
  async apply({ tls, tcp }: WantedDoors): Promise<void> {
    const change = async (): Promise<void> => {
      await this.#change(this.#doors.tls, tls, async () => await this.#openTls(tls));
      await this.#change(this.#doors.tcp, tcp, async () => await this.#openTcp(tcp));
    };
    // Whoever wanted the change before has been told of its failure.
    this.#changing = this.#changing.catch(() => undefined).then(change);
    await this.#changing;
  }

  /** A door besides those of the settings. @throws VirError when it can't be opened. */
  async openTls(door: Omit<TlsDoor, 'on'>): Promise<NetworkDoor> {
    const open = await this.#openTls(door);
    this.#extra.push(open);
    return open;
  }

  /** @throws VirError when it can't be opened. */
  async openTcp(door: Omit<TcpDoor, 'on'>): Promise<NetworkDoor> {
    const open = await this.#openTcp(door);
    this.#extra.push(open);
    return open;
  }

  /** The certificates on disk are others: the next client of TLS is shown them. */
  async certificatesChanged(wanted: WantedDoors): Promise<void> {
    this.#doors.tls.wanted = '';
    await this.apply(wanted);
  }

  async close(): Promise<void> {
    await this.#changing.catch(() => undefined);
    const { tls, tcp } = this.#doors;
    await Promise.all([this.#unix, tls.open, tcp.open, ...this.#extra].map(async (door) => await door?.close()));
  }

  async #change(door: Door, wanted: { readonly on: boolean }, open: () => Promise<NetworkDoor>): Promise<void> {
    const text = JSON.stringify(wanted);
    if (door.wanted === text) return;
    door.wanted = text;
    await door.open?.close();
    door.open = undefined;
    door.state = { state: 'closed' };
    if (wanted.on) {
      try {
        door.open = await open();
        door.state = { state: 'open' };
      } catch (error) {
        this.#parts.engine.logger.log('warn', 'a door for clients could not be opened', { error });
        door.state = { state: 'failed', error: toErrorData(error, 'rpc') };
      }
    }
    this.changed.emit();
  }

  async #openTls({ address, port, pki, passwords, allowedNames }: Omit<TlsDoor, 'on'>): Promise<NetworkDoor> {
    return await serveLibvirtTls(
      {
        ...{ host: address, port },
        ...(pki === '' ? {} : { pki }),
        ...(allowedNames.length === 0 ? {} : { allowedNames }),
        ...(passwords ? { proof: passwordProof(this.#users, 'tls', this.#attempts) } : {}),
      },
      this.#parts,
    );
  }

  async #openTcp({ address, port }: Omit<TcpDoor, 'on'>): Promise<NetworkDoor> {
    const proof = passwordProof(this.#users, 'tcp', this.#attempts);
    return await serveLibvirtTcp({ host: address, port, proof }, this.#parts);
  }
}

const closed = (): Door => ({ wanted: '', open: undefined, state: { state: 'closed' } });
