/** Carries out networks' actions by the privileged helper, for an engine that an ordinary user runs. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { VirError } from '../../../src-shared/errors.ts';
import { Bus, DBusError } from '../../host/dbus/bus.ts';
import { LastingBus } from '../../host/dbus/lasting-bus.ts';
import type { DBusValue } from '../../host/dbus/values.ts';
import type { Performer } from '../../host/steps.ts';
import type { PendingChange } from '../../../src-shared/model/interface-summary.ts';
import type { NetworkAction } from '../actions.ts';
import type { InterfaceRequest } from '../interfaces/requests.ts';
import type { FirewalldFacts, HostFacts } from '../host-facts.ts';
import type { RuleTexts } from '../trace/observe.ts';
import type { HelperChange } from '../helper-change.ts';
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

  /** What the helper has recorded of this user's; nothing where the user may not look without a password. */
  async changes(): Promise<readonly HelperChange[]> {
    try {
      const [json] = await this.quietly(async () => await this.#call('Changes', '', []));
      return readChanges(json);
    } catch (thrown) {
      if (thrown instanceof VirError && unseen.includes(thrown.code)) return [];
      throw thrown;
    }
  }

  /** @returns a sentence for each change that could not be undone. */
  async undoChanges(keys?: readonly string[]): Promise<readonly string[]> {
    const [failures] =
      keys === undefined ? await this.#call('Undo', '', []) : await this.#call('UndoChanges', 'as', [keys]);
    return Array.isArray(failures) ? failures.map(String) : [];
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

  /** Changes the host's interfaces. The answer is the change that stands afterwards. */
  async interfaces(request: InterfaceRequest): Promise<PendingChange | undefined> {
    const [answer] = await this.#call('Interfaces', 's', [JSON.stringify(request)]);
    return pendingOf(answer);
  }

  /** The change of interfaces that stands; none where there is no helper, or this user may not look. */
  async pendingInterfaces(): Promise<PendingChange | undefined> {
    try {
      const [answer] = await this.quietly(async () => await this.#call('PendingInterfaces', '', []));
      return pendingOf(answer);
    } catch (thrown) {
      const expected = ['auth-unavailable', 'auth-cancelled', 'dbus-service'];
      if (thrown instanceof VirError && expected.includes(thrown.code)) return undefined;
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

const pendingOf = (answer: DBusValue | undefined): PendingChange | undefined =>
  typeof answer === 'string' && answer !== '' ? (JSON.parse(answer) as PendingChange) : undefined;

const words = z.object({ key: z.string(), values: z.record(z.string(), z.string()).exactOptional() });
const helperChanges = z.array(
  z.object({
    ...{ key: z.string(), timeMs: z.number(), about: z.string() },
    step: z.object({
      ...{ sentence: z.string(), undo: z.string().exactOptional() },
      ...{ words: words.exactOptional(), undoWords: words.exactOptional() },
    }),
  }),
);

/** A helper of another version tells in another way: what it says is not understood, and not needed either. */
function readChanges(json: DBusValue | undefined): readonly HelperChange[] {
  try {
    return helperChanges.parse(JSON.parse(typeof json === 'string' ? json : '[]'));
  } catch {
    return [];
  }
}

/** Who may not look, or has no helper to ask. */
const unseen: readonly string[] = ['auth-unavailable', 'auth-cancelled', 'dbus-service'];

function explain(thrown: unknown): unknown {
  if (!(thrown instanceof DBusError)) return thrown;
  const told = fromDBusError(thrown);
  if (told !== undefined) return told;
  if (absent.includes(thrown.errorName)) return noHelper('The privileged helper is not installed.', installIt);
  if (lost.includes(thrown.errorName)) return noHelper(thrown.data.cause ?? thrown.errorName);
  return thrown;
}

const installIt = "Install Vivarium's package, or run the engine as root.";
