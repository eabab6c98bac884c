/**
 * systemd-resolved, where it runs: the host's own resolver, told which server knows which domain by the network device
 * that leads there (`org.freedesktop.resolve1.Manager`).
 */
import { existsSync } from 'node:fs';
import { say } from '../../../src-shared/words.ts';
import { parseAddress } from '../../../src-shared/model/network-address.ts';
import { networkError } from '../errors.ts';
import { Bus, DBusError } from '../../host/dbus/bus.ts';
import { LastingBus } from '../../host/dbus/lasting-bus.ts';
import type { DBusValue } from '../../host/dbus/values.ts';
import { askIp } from '../observe-links.ts';

const name = 'org.freedesktop.resolve1';
const busSocket = '/run/dbus/system_bus_socket';
/** `AF_INET`, `AF_INET6`. */
const families = { ipv4: 2, ipv6: 10 } as const;

export interface LinkNames {
  readonly link: string;
  readonly domain: string;
  /** Addresses of the server. */
  readonly servers: readonly string[];
}

export class Resolved {
  /** Nothing waits for what it says by itself. */
  readonly #bus = new LastingBus(async () => {
    const bus = await Bus.open();
    bus.unref();
    return bus;
  });

  /** Asking must not start it. */
  async runs(): Promise<boolean> {
    // Containers usually have no bus at all.
    if (!existsSync(busSocket)) return false;
    try {
      const bus = await this.#bus.get();
      const [owned] = await bus.callBus('NameHasOwner', 's', [name]);
      return owned === true;
    } catch (thrown) {
      // The socket of a bus that ended.
      if (thrown instanceof DBusError) return false;
      throw thrown;
    }
  }

  /** For this domain alone: everything else goes on being asked elsewhere. Gone with the device, or by `clear`. */
  async set({ link, domain, servers }: LinkNames): Promise<void> {
    if (!(await this.runs())) return;
    const index = await indexOf(link);
    if (index === undefined) throw networkError('operation-failed', say`There is no device '${link}'.`);
    const addresses = servers.flatMap((text) => {
      const address = parseAddress(text);
      return address === undefined ? [] : [[families[address.family], bytesOf(address)]];
    });
    try {
      await this.#call('SetLinkDNS', 'ia(iay)', [index, addresses]);
      // `true` is a domain that only says whom to ask: it is not put behind names without a dot.
      await this.#call('SetLinkDomains', 'ia(sb)', [index, [[domain, true]]]);
      await this.#call('SetLinkDefaultRoute', 'ib', [index, false]);
      // The server signs nothing, and nobody asks guests by multicast.
      await this.#call('SetLinkDNSSEC', 'is', [index, 'no']);
      await this.#call('SetLinkDNSOverTLS', 'is', [index, 'no']);
      await this.#call('SetLinkLLMNR', 'is', [index, 'no']);
      await this.#call('SetLinkMulticastDNS', 'is', [index, 'no']);
    } catch (thrown) {
      // The administrator has systemd-networkd keep every device; a network without names is better than none.
      if (!(thrown instanceof DBusError && thrown.errorName === `${name}.LinkBusy`)) throw thrown;
    }
  }

  async clear(link: string): Promise<void> {
    if (!(await this.runs())) return;
    const index = await indexOf(link);
    if (index === undefined) return;
    try {
      await this.#call('RevertLink', 'i', [index]);
    } catch (thrown) {
      const isForeign = thrown instanceof DBusError && /\.(?:LinkBusy|NoSuchLink)$/.test(thrown.errorName);
      if (!isForeign) throw thrown;
    }
  }

  async #call(member: string, signature: string, body: readonly DBusValue[]): Promise<void> {
    const bus = await this.#bus.get();
    const place = { destination: name, path: '/org/freedesktop/resolve1', interface: `${name}.Manager` };
    await bus.call({ ...place, member, signature, body });
  }
}

/** As the resolver knows devices. */
async function indexOf(link: string): Promise<number | undefined> {
  const [found] = await askIp<{ readonly ifindex?: number }>(['link', 'show', 'dev', link], [0, 1]);
  return found?.ifindex;
}

function bytesOf({ family, value }: { readonly family: 'ipv4' | 'ipv6'; readonly value: bigint }): Uint8Array {
  const length = family === 'ipv4' ? 4 : 16;
  return Uint8Array.from({ length }, (_, place) => Number((value >> BigInt(8 * (length - 1 - place))) & 0xffn));
}
