/** The system's D-Bus, as a client: calls with a time limit, and signals. Connected when first needed. */
import { existsSync } from 'node:fs';
import { Message, type MessageBus, systemBus } from '@jellybrick/dbus-next';
import { VirError } from '../../../src-shared/errors.ts';

export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export interface BusSignal {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

const usualSocket = '/run/dbus/system_bus_socket';
/** Services that reload, or ask the user for a password, take their time. */
const callTimeoutMs = 30_000;

const daemon = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const;

export class SystemBus {
  #bus: MessageBus | undefined;
  #matches: string[] = [];
  readonly #listeners = new Set<(signal: BusSignal) => void>();

  /** Whether there is a bus at all: a container usually has none. */
  static isThere(): boolean {
    return process.env['DBUS_SYSTEM_BUS_ADDRESS'] !== undefined || existsSync(usualSocket);
  }

  /**
   * @returns the answer's values.
   * @throws VirError `dbus-service` with the service's own words.
   */
  async call({ body = [], ...rest }: BusCall): Promise<readonly unknown[]> {
    const bus = await this.#connect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(failed(rest, `It did not answer within ${callTimeoutMs} ms.`)), callTimeoutMs);
    });
    try {
      const reply = await Promise.race([bus.call(new Message({ ...rest, body: [...body] })), late]);
      return reply?.body ?? [];
    } catch (thrown) {
      throw thrown instanceof VirError ? thrown : failed(rest, text(thrown), thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  async hasOwner(name: string): Promise<boolean> {
    const [owned] = await this.call({ ...daemon, member: 'NameHasOwner', signature: 's', body: [name] });
    return owned === true;
  }

  /** Tells of signals that match, a rule as the D-Bus specification writes it; others may be told as well. */
  async listen(rules: readonly string[], listener: (signal: BusSignal) => void): Promise<void> {
    this.#listeners.add(listener);
    for (const rule of rules) {
      await this.call({ ...daemon, member: 'AddMatch', signature: 's', body: [rule] });
      this.#matches.push(rule);
    }
  }

  close(): void {
    this.#listeners.clear();
    this.#matches = [];
    this.#bus?.disconnect();
    this.#bus = undefined;
  }

  async #connect(): Promise<MessageBus> {
    if (this.#bus !== undefined) return this.#bus;
    const bus = systemBus();
    await new Promise<void>((resolve, reject) => {
      bus.once('connect', resolve);
      // The bus ended or never was; later calls connect anew.
      bus.on('error' as 'connect', (...args: readonly unknown[]) => {
        this.#bus = undefined;
        reject(failed({ destination: 'org.freedesktop.DBus', member: 'Hello' }, text(args[0]), args[0]));
      });
    });
    bus.on('message', ({ path, interface: of, member, body }) => {
      for (const listener of this.#listeners) listener({ path, interface: of, member, body });
    });
    this.#bus = bus;
    return bus;
  }
}

const text = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

const failed = (call: Pick<BusCall, 'destination' | 'member'>, cause: string, thrown?: unknown): VirError =>
  new VirError(
    {
      code: 'dbus-service',
      domain: 'dbus',
      message: `The service ${call.destination} did not do '${call.member}'.`,
      cause,
    },
    thrown === undefined ? undefined : { cause: thrown },
  );
