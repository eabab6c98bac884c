/** Virtual networks of the server. */
import { parseNetwork } from '../../../src-shared/model/network.ts';
import { formatAddress } from '../../../src-shared/model/network-address.ts';
import { subnetOf } from '../../../src-shared/model/network-subnet.ts';
import { type NetworkUpdate, networkSections } from '../../../src-shared/model/network-update.ts';
import type { Affects } from '../../engine/driver.ts';
import type { NetworkApi, NetworkLease, NetworkSummary } from '../../engine/network-api.ts';
import { affectsFlags, bits } from './flags.ts';
import type { Link } from './link.ts';

interface NetworkReference {
  readonly name: string;
  readonly uuid: string;
}

/** `virNetworkUpdateCommand`; zero is none of them. */
const commands = { modify: 1, delete: 2, 'add-last': 3, 'add-first': 4 } as const;

/** The server goes by the UUID alone, but wants some name. */
const networkOf = (uuid: string): NetworkReference => ({ name: uuid, uuid });

export class RemoteNetworks implements NetworkApi {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async list(): Promise<readonly NetworkSummary[]> {
    const { nets } = await this.#link.look('connectListAllNetworks', { needResults: true, flags: 0 });
    return await Promise.all(nets.map(async (net) => await this.#summary(net)));
  }

  async lookupByName(name: string): Promise<NetworkSummary> {
    return await this.#summary((await this.#link.look('networkLookupByName', { name })).net);
  }

  async lookupByUuid(uuid: string): Promise<NetworkSummary> {
    return await this.#summary((await this.#link.look('networkLookupByUuid', { uuid })).net);
  }

  async xml(uuid: string, options: { readonly inactive?: boolean } = {}): Promise<string> {
    const flags = bits([1, options.inactive]);
    return (await this.#link.look('networkGetXmlDesc', { net: networkOf(uuid), flags })).xml;
  }

  async define(xml: string): Promise<NetworkSummary> {
    return await this.#summary((await this.#link.call('networkDefineXml', { xml })).net);
  }

  async undefine(uuid: string): Promise<void> {
    await this.#link.call('networkUndefine', { net: networkOf(uuid) });
  }

  async createXml(xml: string): Promise<NetworkSummary> {
    return await this.#summary((await this.#link.call('networkCreateXml', { xml })).net);
  }

  async start(uuid: string): Promise<void> {
    await this.#link.call('networkCreate', { net: networkOf(uuid) });
  }

  async destroy(uuid: string): Promise<void> {
    await this.#link.call('networkDestroy', { net: networkOf(uuid) });
  }

  async setAutostart(uuid: string, autostart: boolean): Promise<void> {
    await this.#link.call('networkSetAutostart', { net: networkOf(uuid), autostart });
  }

  async update(uuid: string, update: NetworkUpdate, affects: Affects): Promise<void> {
    await this.#link.call('networkUpdate', {
      net: networkOf(uuid),
      command: commands[update.command],
      section: networkSections.indexOf(update.section) + 1,
      parentIndex: update.parentIndex ?? -1,
      xml: update.xml,
      flags: affectsFlags(affects),
    });
  }

  async leases(uuid: string, mac?: string): Promise<readonly NetworkLease[]> {
    const args = { net: networkOf(uuid), mac, needResults: true, flags: 0 };
    const { leases } = await this.#link.look('networkGetDhcpLeases', args);
    return leases.map(({ iface, expirytime, type, mac: found, iaid, ipaddr, prefix, hostname, clientid }) => ({
      family: type === 1 ? 'ipv6' : 'ipv4',
      interface: iface,
      ...(expirytime === 0n ? {} : { expiresMs: Number(expirytime) * 1000 }),
      ...(found === undefined ? {} : { mac: found }),
      ...(iaid === undefined ? {} : { iaid }),
      address: ipaddr,
      prefix,
      ...(hostname === undefined ? {} : { hostname }),
      ...(clientid === undefined ? {} : { clientId: clientid }),
    }));
  }

  async #summary(net: NetworkReference): Promise<NetworkSummary> {
    const { look } = this.#link;
    const [{ active }, { persistent }, { autostart }, { xml }] = await Promise.all([
      look('networkIsActive', { net }),
      look('networkIsPersistent', { net }),
      look('networkGetAutostart', { net }),
      look('networkGetXmlDesc', { net, flags: 0 }),
    ]);
    const { forward, bridge, ip } = parseNetwork(xml);
    return {
      uuid: net.uuid,
      name: net.name,
      active,
      persistent,
      autostart,
      mode: forward?.mode ?? 'isolated',
      ...(bridge?.name === undefined ? {} : { bridge: bridge.name }),
      addresses: ip.flatMap((item) => {
        const subnet = subnetOf(item);
        return subnet === undefined ? [] : [`${formatAddress(subnet)}/${subnet.prefix}`];
      }),
    };
  }
}
