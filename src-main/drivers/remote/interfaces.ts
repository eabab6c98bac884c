/** Network interfaces of the server's host. */
import { parseHostInterface } from '../../../src-shared/model/host-interface.ts';
import type { InterfaceApi, InterfaceSummary } from '../../engine/interface-api.ts';
import { bits } from './flags.ts';
import type { Link } from './link.ts';

interface InterfaceReference {
  readonly name: string;
  readonly mac: string;
}

/** The server goes by the name alone. */
const interfaceOf = (name: string): InterfaceReference => ({ name, mac: '' });

export class RemoteInterfaces implements InterfaceApi {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async list(): Promise<readonly InterfaceSummary[]> {
    const { ifaces } = await this.#link.call('connectListAllInterfaces', { needResults: true, flags: 0 });
    return await Promise.all(ifaces.map(async (iface) => await this.#summary(iface)));
  }

  async lookupByName(name: string): Promise<InterfaceSummary> {
    return await this.#summary((await this.#link.call('interfaceLookupByName', { name })).iface);
  }

  async lookupByMac(mac: string): Promise<InterfaceSummary> {
    return await this.#summary((await this.#link.call('interfaceLookupByMacString', { mac })).iface);
  }

  async xml(name: string, options: { readonly inactive?: boolean } = {}): Promise<string> {
    const flags = bits([1, options.inactive]);
    return (await this.#link.call('interfaceGetXmlDesc', { iface: interfaceOf(name), flags })).xml;
  }

  async define(xml: string): Promise<InterfaceSummary> {
    return await this.#summary((await this.#link.call('interfaceDefineXml', { xml, flags: 0 })).iface);
  }

  async undefine(name: string): Promise<void> {
    await this.#link.call('interfaceUndefine', { iface: interfaceOf(name) });
  }

  async create(name: string): Promise<void> {
    await this.#link.call('interfaceCreate', { iface: interfaceOf(name), flags: 0 });
  }

  async destroy(name: string): Promise<void> {
    await this.#link.call('interfaceDestroy', { iface: interfaceOf(name), flags: 0 });
  }

  async changeBegin(): Promise<void> {
    await this.#link.call('interfaceChangeBegin', { flags: 0 });
  }

  async changeCommit(): Promise<void> {
    await this.#link.call('interfaceChangeCommit', { flags: 0 });
  }

  async changeRollback(): Promise<void> {
    await this.#link.call('interfaceChangeRollback', { flags: 0 });
  }

  async #summary(iface: InterfaceReference): Promise<InterfaceSummary> {
    const [{ active }, { xml }] = await Promise.all([
      this.#link.call('interfaceIsActive', { iface }),
      this.#link.call('interfaceGetXmlDesc', { iface, flags: 0 }),
    ]);
    const definition = parseHostInterface(xml);
    const { type, protocol, mtu, link, start } = definition;
    const ports =
      type === 'bridge' ? definition.bridge?.interface : type === 'bond' ? definition.bond?.interface : undefined;
    return {
      name: iface.name,
      ...(iface.mac === '' ? {} : { mac: iface.mac }),
      kind: iface.name === 'lo' ? 'loopback' : type,
      active,
      // Servers that only look at the kernel don't tell how it starts.
      configured: start !== undefined,
      ...(link?.state === undefined ? {} : { state: link.state }),
      ...(link?.speed === undefined ? {} : { speedMbit: link.speed }),
      ...(mtu === undefined ? {} : { mtu: mtu.size }),
      ports: (ports ?? []).flatMap(({ name }) => name ?? []),
      addresses: protocol.flatMap(({ ip }) =>
        ip.map(({ address, prefix }) => (prefix === undefined ? address : `${address}/${prefix}`)),
      ),
      isDefaultRoute: protocol.some(({ route }) => route.length > 0),
      listed: true,
    };
  }
}
