/** firewalld, where it runs: what it has, into which zone an interface goes, and when it forgot about it. */
import { Variant } from '@jellybrick/dbus-next';
import { VirError } from '../../../src-shared/errors.ts';
import type { FirewalldFacts } from '../host-facts.ts';
import type { ZoneKeeper } from '../performer.ts';
import { type BusSignal, SystemBus } from './system-bus.ts';

const name = 'org.fedoraproject.FirewallD1';
const main = '/org/fedoraproject/FirewallD1';
const config = `${main}/config`;

export class Firewalld implements ZoneKeeper {
  readonly #bus: SystemBus;

  constructor(bus: SystemBus = new SystemBus()) {
    this.#bus = bus;
  }

  /** Undefined when it does not run: asking must not start it. */
  async facts(): Promise<FirewalldFacts | undefined> {
    if (!SystemBus.isThere() || !(await this.#bus.hasOwner(name))) return undefined;
    const version = String((await this.#property(main, name, 'version')) ?? '');
    const backend = await this.#property(config, `${name}.config`, 'FirewallBackend');
    return {
      version,
      backend: backend === 'nftables' || backend === 'iptables' ? backend : undefined,
      zones: await this.#names('zone', 'getZones'),
      policies: await this.#names('policy', 'getPolicies'),
    };
  }

  /** Until firewalld reloads: permanently it stays as the administrator has it. */
  async setZone(link: string, zone: string): Promise<void> {
    await this.#zone('changeZoneOfInterface', zone, link);
  }

  async removeFromZone(link: string, zone: string): Promise<void> {
    if (!SystemBus.isThere() || !(await this.#bus.hasOwner(name))) return;
    try {
      await this.#zone('removeInterface', zone, link);
    } catch (thrown) {
      // It is in no zone, or in another one where somebody put it since.
      const cause = thrown instanceof VirError ? (thrown.data.cause ?? '') : '';
      if (!/UNKNOWN_INTERFACE|NOT_ENABLED|ZONE_CONFLICT|INVALID_ZONE/.test(cause)) throw thrown;
    }
  }

  /** Tells when assignments have to be made again: firewalld came, or read its configuration anew. */
  async watch(listener: () => void): Promise<void> {
    if (!SystemBus.isThere()) return;
    const rules = [
      `type='signal',sender='${name}',path='${main}',interface='${name}',member='Reloaded'`,
      `type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${name}'`,
    ];
    await this.#bus.listen(rules, (signal) => {
      if (isReturn(signal)) listener();
    });
  }

  close(): void {
    this.#bus.close();
  }

  async #zone(member: string, zone: string, link: string): Promise<void> {
    const body = [zone, link];
    await this.#bus.call({ destination: name, path: main, interface: `${name}.zone`, member, signature: 'ss', body });
  }

  /** Older ones lack policies, which is what an empty list says. */
  async #names(part: string, member: string): Promise<readonly string[]> {
    try {
      const [names] = await this.#bus.call({ destination: name, path: main, interface: `${name}.${part}`, member });
      return Array.isArray(names) ? names.map(String) : [];
    } catch (thrown) {
      if (part === 'policy' && thrown instanceof VirError && /UnknownMethod|unknown/i.test(String(thrown.data.cause)))
        return [];
      throw thrown;
    }
  }

  async #property(path: string, of: string, property: string): Promise<unknown> {
    const [value] = await this.#bus.call({
      ...{ destination: name, path, interface: 'org.freedesktop.DBus.Properties', member: 'Get' },
      ...{ signature: 'ss', body: [of, property] },
    });
    return value instanceof Variant ? value.value : undefined;
  }
}

function isReturn({ interface: of, member, body }: BusSignal): boolean {
  if (of === name && member === 'Reloaded') return true;
  const [changed, , owner] = body;
  return member === 'NameOwnerChanged' && changed === name && owner !== '';
}
