/** The helper's methods: read, authorise, act, in this order and one change after the other. */
import type { Logger } from '../engine/logger.ts';
import { DBusError, type IncomingCall, type Reply } from '../host/dbus/bus.ts';
import { allowInteractiveAuthorization } from '../host/dbus/message.ts';
import type { DBusValue } from '../host/dbus/values.ts';
import type { NetworkAction } from '../network/actions.ts';
import { sentences } from '../network/describe.ts';
import type { HelperChange } from '../network/helper-change.ts';
import type { Firewalld } from '../network/firewalld/firewalld.ts';
import { iptablesForwardPolicy } from '../network/host-facts.ts';
import { readRuleTexts } from '../network/trace/observe.ts';
import type { InterfaceExecutor, RecordedChange } from '../network/interfaces/executor.ts';
import { checkRequest, type InterfaceRequest } from '../network/interfaces/requests.ts';
import type { Authority, Caller, Callers } from './authority.ts';
import type { Changes } from './changes.ts';
import { linkName, readAction } from './check-action.ts';
import { permissionFor } from './permission.ts';
import { notAuthorized, refused, toDBusError } from '../network/helper/errors.ts';
import {
  helperErrors,
  helperInterface,
  helperPath,
  interfaceChange,
  type Permission,
} from '../network/helper/names.ts';

export interface ServiceParts {
  readonly authority: Authority;
  readonly callers: Callers;
  readonly changes: Changes;
  readonly firewalld: Pick<Firewalld, 'facts'>;
  readonly interfaces: Pick<InterfaceExecutor, 'perform' | 'pending' | 'recorded' | 'undo'>;
  readonly logger: Logger;
  /** Who dnsmasq becomes. */
  readonly dnsmasqUser: string;
}

/** More than an engine asks at once. */
const maxCallsOfOne = 8;
const maxCalls = 64;

const introspection = `<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node>
  <interface name="${helperInterface}">
    <method name="Authorize"><arg name="device" type="s" direction="in"/></method>
    <method name="Perform"><arg name="action" type="s" direction="in"/></method>
    <method name="Changes"><arg name="changes" type="s" direction="out"/></method>
    <method name="Interfaces">
      <arg name="request" type="s" direction="in"/>
      <arg name="pending" type="s" direction="out"/>
    </method>
    <method name="PendingInterfaces"><arg name="pending" type="s" direction="out"/></method>
    <method name="Firewall">
      <arg name="forward_policy" type="s" direction="out"/>
      <arg name="firewalld_backend" type="s" direction="out"/>
      <arg name="firewalld_version" type="s" direction="out"/>
    </method>
    <method name="Rules">
      <arg name="json" type="s" direction="out"/>
      <arg name="text" type="s" direction="out"/>
      <arg name="legacy" type="s" direction="out"/>
      <arg name="hidden" type="s" direction="out"/>
    </method>
    <method name="Undo"><arg name="failures" type="as" direction="out"/></method>
    <method name="UndoChanges">
      <arg name="keys" type="as" direction="in"/>
      <arg name="failures" type="as" direction="out"/>
    </method>
  </interface>
</node>
`;

export class HelperService {
  readonly #parts: ServiceParts;
  readonly #calls = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();
  #lastCallMs = performance.now();
  #isEnding = false;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  /** How long nobody asked for anything; 0 while something is done. */
  get idleMs(): number {
    return this.#calls.size > 0 ? 0 : performance.now() - this.#lastCallMs;
  }

  /** Takes nothing any more. */
  end(): void {
    this.#isEnding = true;
  }

  async handle({ message, sender }: IncomingCall): Promise<Reply> {
    if (this.#isEnding) throw new DBusError(helperErrors.ending, 'Ask again.');
    const count = this.#calls.get(sender) ?? 0;
    const total = [...this.#calls.values()].reduce((sum, each) => sum + each, 0);
    if (message.isOversized || count >= maxCallsOfOne || total >= maxCalls) {
      throw new DBusError('org.freedesktop.DBus.Error.LimitsExceeded', 'That is more than the helper takes at once.');
    }
    this.#calls.set(sender, count + 1);
    try {
      return await this.#dispatch({ message, sender });
    } catch (thrown) {
      this.#parts.logger.log('warn', 'A call was not carried out.', { sender, member: message.member, cause: thrown });
      throw toDBusError(thrown);
    } finally {
      const left = (this.#calls.get(sender) ?? 1) - 1;
      if (left === 0) this.#calls.delete(sender);
      else this.#calls.set(sender, left);
      this.#lastCallMs = performance.now();
    }
  }

  async #dispatch({ message, sender }: IncomingCall): Promise<Reply> {
    const { path, member = '', signature = '' } = message;
    const name = `${message.interface ?? helperInterface}.${member}(${signature})`;
    const interactive = ((message.flags ?? 0) & allowInteractiveAuthorization) !== 0;
    if (name === 'org.freedesktop.DBus.Peer.Ping()') return nothing;
    if (name === 'org.freedesktop.DBus.Introspectable.Introspect()') return text(introspection);
    if (path !== helperPath) throw unknown(`There is no object '${path ?? ''}'.`);
    switch (name) {
      case `${helperInterface}.Perform(s)`: {
        const action = this.#read(message.body());
        const { changes } = this.#parts;
        const permission = ({ uid }: Caller): Permission | undefined =>
          permissionFor(action, (link) => changes.hasCable(uid, link));
        return await this.#authorised(sender, permission, interactive, detailsOf(action), async ({ uid }) => {
          await this.#parts.changes.make(uid, action);
          this.#parts.logger.log('info', 'A change was made.', { uid, ...detailsOf(action) });
          return nothing;
        });
      }
      case `${helperInterface}.Authorize(s)`: {
        const [device] = message.body();
        const details = { verb: 'authorize', device: linkName(String(device)) };
        return await this.#authorised(
          sender,
          'manage',
          interactive,
          details,
          async () => await Promise.resolve(nothing),
        );
      }
      case `${helperInterface}.Undo()`:
      case `${helperInterface}.UndoChanges(as)`: {
        const [keys] = message.body();
        const named = Array.isArray(keys) ? keys.map(String) : undefined;
        const isInterface = (name: string): boolean => name.startsWith(interfaceChange);
        const concerns = (uid: number): Promise<readonly string[]> => this.#ofInterfaces(uid);
        // What is about interfaces needs a word of its own; it comes last, since networks may lead to a bridge.
        const rest = named?.filter((name) => !isInterface(name));
        const failures =
          rest?.length === 0
            ? []
            : await this.#undo(sender, 'manage', interactive, async ({ uid }) => {
                const left = await this.#parts.changes.undo(uid, rest);
                return left.map(({ sentence, cause }) => `${sentence} ${String(cause)}`);
              });
        const others = named?.some(isInterface) ?? (await this.#has(sender, concerns));
        if (!others) return { signature: 'as', body: [failures] };
        const more = await this.#undo(sender, 'interfaces', interactive, async ({ uid }) => {
          const own = await concerns(uid);
          const left: string[] = [];
          for (const owner of own) {
            if (named !== undefined && !named.includes(interfaceChange + owner)) continue;
            left.push(...(await this.#parts.interfaces.undo(owner, String(uid))));
          }
          return left;
        });
        return { signature: 'as', body: [[...failures, ...more]] };
      }
      case `${helperInterface}.Changes()`:
        return await this.#authorised(sender, 'monitor', interactive, {}, async ({ uid }) => {
          const recorded = (await this.#parts.interfaces.recorded()).filter(({ by }) => by === String(uid));
          const changes = [...this.#parts.changes.list(uid), ...recorded.flatMap(asHelperChanges)];
          return text(JSON.stringify(changes));
        });
      case `${helperInterface}.Interfaces(s)`: {
        const request = readRequest(message.body());
        const details = requestDetails(request);
        return await this.#authorised(sender, 'interfaces', interactive, details, async ({ uid }) => {
          const pending = await this.#parts.interfaces.perform(request, String(uid));
          this.#parts.logger.log('info', 'Interfaces were changed.', { uid, ...details });
          return text(pending === undefined ? '' : JSON.stringify(pending));
        });
      }
      case `${helperInterface}.PendingInterfaces()`:
        return await this.#authorised(sender, 'monitor', interactive, {}, async () => {
          const pending = await this.#parts.interfaces.pending();
          return text(pending === undefined ? '' : JSON.stringify(pending));
        });
      case `${helperInterface}.Firewall()`:
        return await this.#authorised(sender, 'monitor', interactive, {}, async () => {
          const policy = await iptablesForwardPolicy();
          const firewalld = await this.#parts.firewalld.facts();
          const { backend = '', version = '' } = firewalld ?? {};
          return { signature: 'sss', body: [policy ?? '', backend, version] };
        });
      case `${helperInterface}.Rules()`:
        return await this.#authorised(sender, 'monitor', interactive, {}, async () => {
          const rules = await readRuleTexts();
          const words = 'hidden' in rules ? ['', '', '', rules.hidden] : [rules.json, rules.text, rules.legacy, ''];
          return { signature: 'ssss', body: words };
        });
      default:
        throw unknown(`There is no method ${name}.`);
    }
  }

  /** What a user has changed of interfaces, newest first. */
  async #ofInterfaces(uid: number): Promise<readonly string[]> {
    const recorded = (await this.#parts.interfaces.recorded()).filter(({ by }) => by === String(uid));
    return recorded.toSorted((one, other) => other.timeMs - one.timeMs).map(({ owner }) => owner);
  }

  async #has(sender: string, look: (uid: number) => Promise<readonly string[]>): Promise<boolean> {
    return await this.#parts.callers.serve(sender, async ({ uid }) => (await look(uid)).length > 0);
  }

  async #undo(
    sender: string,
    permission: Permission,
    interactive: boolean,
    work: (caller: Caller) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const reply = await this.#authorised(sender, permission, interactive, { verb: 'undo' }, async (caller) => ({
      signature: 'as',
      body: [await work(caller)],
    }));
    const [failures] = reply.body;
    return Array.isArray(failures) ? failures.map(String) : [];
  }

  #read([argument]: readonly DBusValue[]): NetworkAction {
    if (typeof argument !== 'string') throw refused('It is not a text.');
    return readAction(argument, this.#parts.dnsmasqUser);
  }

  /** Questions are asked at the same time, changes are made one after the other, and only while the caller is there. */
  async #authorised(
    sender: string,
    permission: Permission | ((caller: Caller) => Permission | undefined),
    interactive: boolean,
    details: Readonly<Record<string, string>>,
    work: (caller: Caller) => Promise<Reply>,
  ): Promise<Reply> {
    const { callers, authority } = this.#parts;
    return await callers.serve(sender, async (caller) => {
      const needed = typeof permission === 'function' ? permission(caller) : permission;
      if (needed !== undefined) await authority.demand(caller, { permission: needed, interactive, details });
      const turn = this.#last.then(async () => {
        if (caller.gone.aborted) throw notAuthorized('The program that asked for it has ended.');
        return await work(caller);
      });
      this.#last = turn.catch(() => undefined);
      return await turn;
    });
  }
}

const nothing: Reply = { signature: '', body: [] };
const text = (value: string): Reply => ({ signature: 's', body: [value] });

/** For the administrator's rules: `action.lookup('verb')`, `…('device')`, and what a cable leads to, `…('bridge')`. */
function detailsOf(action: NetworkAction): Readonly<Record<string, string>> {
  const device = 'link' in action ? action.link : 'bridge' in action ? action.bridge : undefined;
  const bridge = action.verb === 'tap-add' ? action.bridge : action.verb === 'macvtap-add' ? action.lower : undefined;
  return {
    ...{ verb: action.verb, ...(device === undefined ? {} : { device }) },
    ...(bridge === undefined ? {} : { bridge }),
  };
}

const asHelperChanges = ({ owner, timeMs, steps }: RecordedChange): readonly HelperChange[] =>
  sentences(steps).map((step) => ({ key: interfaceChange + owner, timeMs, about: interfaceChange + owner, step }));

const maxRequestCharacters = 128 * 1024;

/** What is wanted of interfaces; how, is planned here. */
function readRequest([argument]: readonly DBusValue[]): InterfaceRequest {
  if (typeof argument !== 'string' || argument.length > maxRequestCharacters) throw refused('It is no short text.');
  try {
    return checkRequest(JSON.parse(argument));
  } catch {
    throw refused('It is not one of the changes of interfaces.');
  }
}

function requestDetails(request: InterfaceRequest): Readonly<Record<string, string>> {
  const device = 'name' in request ? request.name : 'bridge' in request ? request.bridge : undefined;
  return { verb: `interface-${request.verb}`, ...(device === undefined ? {} : { device }) };
}

const unknown = (cause: string): DBusError => new DBusError('org.freedesktop.DBus.Error.UnknownMethod', cause);
