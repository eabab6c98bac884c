/** Asks polkit whether a caller may do something; polkit has its user asked for a password where that is the rule. */
import { type Bus, busName, DBusError } from '../host/dbus/bus.ts';
import { type DBusValue, Variant } from '../host/dbus/values.ts';
import { noHelper, notAuthorized } from '../network/helper/errors.ts';
import { type Permission, permissions } from '../network/helper/names.ts';

const polkit = {
  destination: 'org.freedesktop.PolicyKit1',
  path: '/org/freedesktop/PolicyKit1/Authority',
  interface: 'org.freedesktop.PolicyKit1.Authority',
} as const;

/** People look for their password; polkit and its agents have no limit of their own. */
const promptTimeoutMs = 5 * 60_000;
const allowUserInteraction = 1;

/** A connection of the bus, by the name that it keeps for its life and nobody has after it. */
export interface Caller {
  readonly name: string;
  readonly uid: number;
  /** Aborts when the connection is gone. */
  readonly gone: AbortSignal;
}

export interface Question {
  readonly permission: Permission;
  /** Whether the caller said that its user may be asked. */
  readonly interactive: boolean;
  /** What rules of the administrator can look at. */
  readonly details: Readonly<Record<string, string>>;
}

export class Authority {
  readonly #bus: Bus;
  #serial = 0;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * Resolves when the caller is authorised and still there.
   * @throws VirError `auth-cancelled` when it isn't, `auth-unavailable` when there is nobody to say.
   */
  async demand(caller: Caller, { permission, interactive, details }: Question): Promise<void> {
    const cancellation = `${this.#bus.name}-${(this.#serial += 1)}`;
    const subject = ['system-bus-name', new Map([['name', new Variant('s', caller.name)]])];
    const flags = interactive ? allowUserInteraction : 0;
    const cancel = (): void => {
      // It may have been answered meanwhile, and then there is nothing to be cancelled.
      this.#bus
        .call({ ...polkit, member: 'CancelCheckAuthorization', signature: 's', body: [cancellation] })
        .catch(() => undefined);
    };
    caller.gone.addEventListener('abort', cancel, { once: true });
    try {
      const [result] = await this.#bus.call({
        ...{ ...polkit, member: 'CheckAuthorization', signature: '(sa{sv})sa{ss}us' },
        body: [subject, permissions[permission], new Map(Object.entries(details)), flags, cancellation],
        ...{ timeoutMs: promptTimeoutMs, signal: caller.gone },
      });
      const [isAuthorized, isChallenge, about] = result as readonly DBusValue[];
      if (isAuthorized === true) {
        caller.gone.throwIfAborted();
        return;
      }
      if (about instanceof Map && about.has('polkit.dismissed')) throw notAuthorized('It was cancelled.');
      throw isChallenge === true ? nobodyAsks() : notAuthorized('The administrator of this host does not allow it.');
    } catch (thrown) {
      if (caller.gone.aborted) throw notAuthorized('The program that asked for it has ended.');
      if (thrown instanceof DBusError) throw explain(thrown, cancel);
      throw thrown;
    } finally {
      caller.gone.removeEventListener('abort', cancel);
    }
  }
}

const nobodyAsks = (): Error =>
  notAuthorized(
    'It needs a password, and nothing here can ask for one.',
    'Do it in a desktop session, start pkttyagent in a terminal, or let the administrator add a rule for polkit.',
  );

function explain(thrown: DBusError, cancel: () => void): Error {
  switch (thrown.errorName) {
    case 'org.freedesktop.PolicyKit1.Error.Cancelled':
      return notAuthorized('It was cancelled.');
    case 'org.freedesktop.DBus.Error.NoReply':
      cancel();
      return notAuthorized('Nobody answered the question for a password.');
    default:
      return noHelper(`polkit does not answer: ${thrown.data.cause ?? thrown.errorName}`, 'Install and start polkit.');
  }
}

/** Knows the connections that call, and when they go. */
export class Callers {
  readonly #bus: Bus;
  readonly #known = new Map<string, { readonly gone: AbortController; calls: number }>();

  private constructor(bus: Bus) {
    this.#bus = bus;
  }

  static async watch(bus: Bus): Promise<Callers> {
    const callers = new Callers(bus);
    await bus.subscribe({ sender: busName, interface: busName, member: 'NameOwnerChanged' }, ([name, , owner]) => {
      if (owner === '' && typeof name === 'string') callers.#known.get(name)?.gone.abort();
    });
    return callers;
  }

  /** Lets work be done for a caller for as long as its connection lives. */
  async serve<T>(name: string, work: (caller: Caller) => Promise<T>): Promise<T> {
    const known = this.#known.get(name) ?? { gone: new AbortController(), calls: 0 };
    known.calls += 1;
    this.#known.set(name, known);
    try {
      const [uid] = await this.#bus.callBus('GetConnectionUnixUser', 's', [name]);
      if (typeof uid !== 'number') throw notAuthorized('The bus does not tell whose program asks.');
      return await work({ name, uid, gone: known.gone.signal });
    } finally {
      known.calls -= 1;
      if (known.calls === 0) this.#known.delete(name);
    }
  }
}
