/** A definition as it is stored: checked, with what may be absent filled in. */
import { randomBytes, randomUUID } from 'node:crypto';
import { networkProblem } from '../../src-shared/model/network-check.ts';
import { ownsBridge } from '../../src-shared/model/network-subnet.ts';
import { parseNetwork, type Network } from '../../src-shared/model/network.ts';
import { normaliseNetwork } from '../../src-shared/model/normalise.ts';
import { say } from '../../src-shared/words.ts';
import { fromXmlError } from '../engine/domain-errors.ts';
import { networkError } from './errors.ts';

/** A network with an identity. */
export type NetworkDefinition = Network & { readonly uuid: string };

/** @throws VirError `xml-error` or `config-unsupported` for what can't be a network. */
export function readNetwork(xml: string): NetworkDefinition {
  let network: Network;
  try {
    network = normaliseNetwork(parseNetwork(xml));
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
  const problem = networkProblem(network);
  if (problem !== undefined)
    throw networkError('xml-error', say`The network '${network.name}' can't be used.`, { cause: problem });
  return { ...network, uuid: network.uuid ?? randomUUID() };
}

/** Gives a network that has a bridge of its own the name and the hardware address of it. */
export function completeNetwork(network: NetworkDefinition, bridgeName: () => string): NetworkDefinition {
  if (!ownsBridge(network)) return network;
  const { bridge, mac } = network;
  return {
    ...network,
    bridge: { ...bridge, name: bridge?.name ?? bridgeName() },
    mac: mac ?? { address: randomMac() },
  };
}

/** In QEMU's range, as upstream's. The bridge keeps it: a changing one would make guests think of another network. */
function randomMac(): string {
  return ['52', '54', '00', ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
