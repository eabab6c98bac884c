/** Carries out networks' actions by the privileged helper, for an engine that an ordinary user runs. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../../src-shared/errors.ts';
import { Bus, DBusError } from '../../host/dbus/bus.ts';
import { LastingBus } from '../../host/dbus/lasting-bus.ts';
import type { DBusValue } from '../../host/dbus/values.ts';
import type { Performer } from '../../host/steps.ts';
import type { NetworkAction } from '../actions.ts';
import type { FirewalldFacts, HostFacts } from '../host-facts.ts';
import type { RuleTexts } from '../trace/observe.ts';
import { fromDBusError, noHelper } from './errors.ts';
import { helperErrors, helperInterface, helperName, helperPath } from './names.ts';

interface FirewallFacts {
  /** What iptables does with forwarded packets that it has no rule for. */
  readonly forwardPolicy: HostFacts['forwardPolicy'];
  /** firewalld's. */
  readonly backend: FirewalldFacts['backend'];
  readonly version: string;
}

const unknown: FirewallFacts = { forwardPolicy: undefined, backend: undefined, version: '' };

/** Longer than the helper lets a question for a password take. */
const timeoutMs = 6 * 60_000;
const attempts = 3;
const pauseMs = 200;

const socket = '/run/dbus/system_bus_socket';
const lost = ['org.freedesktop.DBus.Error.NoReply', 'org.freedesktop.DBus.Error.Disconnected'];
const absent = ['org.freedesktop.DBus.Error.ServiceUnknown', 'org.freedesktop.DBus.Error.NameHasNoOwner'];

export class HelperPerformer implements Performer<NetworkAction> {
  readonly #bus: LastingBus;
  /** Set within work that nobody waits for, whatever else goes on beside it. */
  readonly #quiet = new AsyncLocalStorage<true>();

  /** @param open connects to the system bus; one connection serves until it is lost */
  constructor(open: () => Promise<Bus> = async () => await Bus.open()) {
    this.#bus = new LastingBus(async () => {
      const bus = await open();
      bus.unref();
      return bus;
    });
  }

  /** Without a bus nobody can be asked for anything. */
  static isThere(): boolean {
    return existsSync(socket);
  }

  /** For what an engine does by itself: no window asks for a password nobody was waiting for. */
  async quietly<T>(work: () => Promise<T>): Promise<T> {
    return await this.#quiet.run(true, work);
  }

  /** @throws VirError with the helper's reason, `auth-unavailable` where there is none. */
  async perform(action: NetworkAction, signal?: AbortSignal): Promise<void> {
    await this.#call('Perform', 's', [JSON.stringify(action)], signal);
  }

  /**
   * Has the user asked once, before the first of several changes: saying no to the first of them would otherwise only
   * lead to the question about the next.
   * @throws VirError `auth-cancelled`, `auth-unavailable`
   */
  async authorize(device: string): Promise<void> {
    await this.#call('Authorize', 's', [device]);
  }

  /**
   * What only root may look at. Unknown where the helper is not there or this user may not look; nobody is asked for a
   * password just for a look.
   */
  async firewall(): Promise<FirewallFacts> {
    try {
      const [policy, backend, version] = await this.quietly(async () => await this.#call('Firewall', '', []));
      return {
        forwardPolicy: policy === 'drop' || policy === 'accept' ? policy : undefined,
        backend: backend === 'nftables' || backend === 'iptables' ? backend : undefined,
        version: typeof version === 'string' ? version : '',
      };
    } catch (thrown) {
      const expected = ['auth-unavailable', 'auth-cancelled', 'dbus-service'];
      if (thrown instanceof VirError && expected.includes(thrown.code)) return unknown;
      throw thrown;
    }
  }

  /** The host's rules, for a trace; nobody is asked for a password just for a look. */
  async rules(): Promise<RuleTexts | { readonly hidden: string }> {
    try {
      const [json, text, legacy, hidden] = await this.quietly(async () => await this.#call('Rules', '', []));
      if (typeof hidden === 'string' && hidden !== '') return { hidden };
      return { json: String(json), text: String(text), legacy: String(legacy) };
    } catch (thrown) {
      if (thrown instanceof VirError) return { hidden: thrown.data.cause ?? thrown.message };
      throw thrown;
    }
  }

  async #call(
    member: string,
    signature: string,
    body: readonly DBusValue[],
    signal?: AbortSignal,
  ): Promise<readonly DBusValue[]> {
    for (let attempt = 1; ; attempt += 1) {
      const bus = await this.#connected();
      try {
        return await bus.call({
          ...{ destination: helperName, path: helperPath, interface: helperInterface, member, signature, body },
          ...{
            interactive: this.#quiet.getStore() === undefined,
            timeoutMs,
            ...(signal === undefined ? {} : { signal }),
          },
        });
      } catch (thrown) {
        const name = thrown instanceof DBusError ? thrown.errorName : '';
        // Every action may be done twice, so one whose answer was lost is asked for again.
        if (attempt < attempts && (name === helperErrors.ending || lost.includes(name))) {
          await delay(pauseMs, undefined, signal === undefined ? {} : { signal });
          continue;
        }
        throw explain(thrown);
      }
    }
  }

  async #connected(): Promise<Bus> {
    try {
      return await this.#bus.get();
    } catch (thrown) {
      throw explain(thrown);
    }
  }
}

function explain(thrown: unknown): unknown {
  if (!(thrown instanceof DBusError)) return thrown;
  const told = fromDBusError(thrown);
  if (told !== undefined) return told;
  if (absent.includes(thrown.errorName)) return noHelper('The privileged helper is not installed.', installIt);
  if (lost.includes(thrown.errorName)) return noHelper(thrown.data.cause ?? thrown.errorName);
  return thrown;
}

const installIt = "Install Vivarium's package, or run the engine as root.";
