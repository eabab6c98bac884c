/** libvirt's view of the cables on a network: `virNetworkPort`. */
import type { Bandwidth } from '../../../src-shared/model/network-common.ts';
import { formatNetworkPort } from '../../../src-shared/model/network-port.ts';
import { say } from '../../../src-shared/words.ts';
import type { NetworkPortApi, NetworkPortSummary } from '../../engine/network-api.ts';
import { networkError } from '../errors.ts';
import { parsePci } from '../sriov/functions.ts';
import type { NetworkPorts } from './network-ports.ts';
import { virtualPortElement } from './open-vswitch.ts';
import type { Port } from './port.ts';
import { vlanElement } from './vlans.ts';

export class PortApi implements NetworkPortApi {
  readonly #ports: NetworkPorts;
  /** Throws for a network that is not there. */
  readonly #check: (uuid: string) => Promise<unknown>;

  constructor(ports: NetworkPorts, check: (uuid: string) => Promise<unknown>) {
    this.#ports = ports;
    this.#check = check;
  }

  async listPorts(uuid: string): Promise<readonly NetworkPortSummary[]> {
    await this.#check(uuid);
    return this.#ports.list().flatMap(({ id, network, owner, mac, link, bandwidth }) =>
      network?.uuid === uuid
        ? [
            {
              ...{ uuid: id, network: uuid, domain: owner.uuid, domainName: owner.name, mac, link },
              ...(bandwidth === undefined ? {} : { bandwidth }),
            },
          ]
        : [],
    );
  }

  async portXml(uuid: string, port: string): Promise<string> {
    return formatNetworkPort(described(await this.#port(uuid, port)));
  }

  /** A cable is its machine's: it goes with the card, or with the machine's end. */
  async deletePort(uuid: string, port: string): Promise<void> {
    const { owner, mac } = await this.#port(uuid, port);
    throw networkError('operation-invalid', say`The network port is in use by the machine '${owner.name}'.`, {
      fix: say`Detach its card ${mac}, or stop the machine.`,
    });
  }

  async setPortBandwidth(uuid: string, port: string, bandwidth: Bandwidth): Promise<void> {
    const { id } = await this.#port(uuid, port);
    await this.#ports.setBandwidth(id, bandwidth);
  }

  async #port(uuid: string, port: string): Promise<Port> {
    await this.#check(uuid);
    const found = this.#ports.get(port.toLowerCase());
    if (found?.network?.uuid === uuid) return found;
    throw networkError('no-network-port', say`no network port with matching uuid '${port}'`);
  }
}

function described({
  id,
  owner,
  mac,
  network,
  bandwidth,
  isolated,
  vlans,
  end,
}: Port): Parameters<typeof formatNetworkPort>[0] {
  const plug =
    end.kind === 'macvtap'
      ? { type: 'direct' as const, dev: end.lower, mode: end.mode }
      : end.kind === 'function'
        ? { type: 'hostdev-pci' as const, managed: end.managed, address: parsePci(end.address) }
        : { type: 'network' as const, bridge: end.kind === 'tap' ? (end.bridge ?? '') : '' };
  return {
    ...{ uuid: id, owner: { name: owner.name, uuid: owner.uuid }, mac: { address: mac }, plug },
    ...(network?.portgroup === undefined ? {} : { group: network.portgroup }),
    ...(end.kind === 'tap' && end.openVswitch !== undefined
      ? { virtualport: virtualPortElement(end.openVswitch) }
      : {}),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(vlans === undefined ? {} : { vlan: vlanElement(vlans) }),
    ...(isolated === true ? { port: { isolated } } : {}),
  };
}
