/** firewalld, where it runs: what it has, into which zone an interface goes, and when it forgot about it. */
import { existsSync } from 'node:fs';
import { type Bus, busName, DBusError } from '../../host/dbus/bus.ts';
import { LastingBus } from '../../host/dbus/lasting-bus.ts';
import { type DBusValue, Variant } from '../../host/dbus/values.ts';
import type { FirewalldFacts } from '../host-facts.ts';
import type { ZoneKeeper } from '../performer.ts';

const name = 'org.fedoraproject.FirewallD1';
const main = '/org/fedoraproject/FirewallD1';
const config = `${main}/config`;
const busSocket = '/run/dbus/system_bus_socket';

export class Firewalld implements ZoneKeeper {
  readonly #bus = new LastingBus();

  /** Undefined when it does not run: asking must not start it. */
  async facts(): Promise<FirewalldFacts | undefined> {
    if (!(await this.#runs())) return undefined;
    const version = await this.#property(main, name, 'version');
    const backend = await this.#property(config, `${name}.config`, 'FirewallBackend');
    return {
      version: typeof version === 'string' ? version : '',
      backend: backend === 'nftables' || backend === 'iptables' ? backend : undefined,
      zones: await this.#names('zone', 'getZones'),
      policies: await this.#names('policy', 'getPolicies'),
    };
  }

  /** The zone an interface was put into; undefined while it is in none, and the default one counts. */
  async zoneOf(link: string): Promise<string | undefined> {
    if (!(await this.#runs())) return undefined;
    const [zone] = await this.#call('zone', 'getZoneOfInterface', [link]);
    return typeof zone === 'string' && zone !== '' ? zone : undefined;
  }

  /** Until firewalld reloads: permanently it stays as the administrator has it. */
  async setZone(link: string, zone: string): Promise<void> {
    await this.#call('zone', 'changeZoneOfInterface', [zone, link]);
  }

  async removeFromZone(link: string, zone: string): Promise<void> {
    if (!(await this.#runs())) return;
    try {
      await this.#call('zone', 'removeInterface', [zone, link]);
    } catch (thrown) {
      // It is in no zone, or in another one where somebody put it since.
      const cause = thrown instanceof DBusError ? (thrown.data.cause ?? '') : '';
      if (!/UNKNOWN_INTERFACE|NOT_ENABLED|ZONE_CONFLICT|INVALID_ZONE/.test(cause)) throw thrown;
    }
  }

  /** Tells when assignments have to be made again: firewalld came, or read its configuration anew. */
  async watch(listener: () => void): Promise<void> {
    if (!existsSync(busSocket)) return;
    const bus = await this.#bus.get();
    await bus.subscribe({ sender: name, path: main, interface: name, member: 'Reloaded' }, listener);
    await bus.subscribe(
      { sender: busName, interface: busName, member: 'NameOwnerChanged', arg0: name },
      ([, , owner]) => {
        if (owner !== '') listener();
      },
    );
  }

  async close(): Promise<void> {
    await this.#bus.close();
  }

  /** Containers usually have no bus at all. */
  async #runs(): Promise<boolean> {
    if (!existsSync(busSocket)) return false;
    let bus: Bus;
    try {
      bus = await this.#bus.get();
    } catch (thrown) {
      // The socket of a bus that ended: who is not on the bus can't be asked, and filters nothing.
      if (thrown instanceof DBusError) return false;
      throw thrown;
    }
    const [owned] = await bus.callBus('NameHasOwner', 's', [name]);
    return owned === true;
  }

  async #call(part: string, member: string, words: readonly string[] = []): Promise<readonly DBusValue[]> {
    const bus = await this.#bus.get();
    const signature = 's'.repeat(words.length);
    return await bus.call({
      destination: name,
      path: main,
      interface: `${name}.${part}`,
      member,
      signature,
      body: words,
    });
  }

  /** Older ones lack policies, which is what an empty list says. */
  async #names(part: string, member: string): Promise<readonly string[]> {
    try {
      const [names] = await this.#call(part, member);
      return Array.isArray(names) ? names.map(String) : [];
    } catch (thrown) {
      const isUnknown = thrown instanceof DBusError && thrown.errorName.endsWith('.UnknownMethod');
      if (part === 'policy' && isUnknown) return [];
      throw thrown;
    }
  }

  /** Undefined for ordinary users, who may see neither what it is nor how it is configured. */
  async #property(path: string, of: string, property: string): Promise<DBusValue | undefined> {
    const bus = await this.#bus.get();
    try {
      const [value] = await bus.call({
        ...{ destination: name, path, interface: 'org.freedesktop.DBus.Properties', member: 'Get' },
        ...{ signature: 'ss', body: [of, property] },
      });
      return value instanceof Variant ? value.value : undefined;
    } catch (thrown) {
      if (thrown instanceof DBusError && thrown.errorName.endsWith('.NotAuthorizedException')) return undefined;
      throw thrown;
    }
  }
}
