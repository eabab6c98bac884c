/**
 * Ports of the host that lead to guests of a virtual network. libvirt has no element for them, so they are kept in the
 * network's metadata, where other tools leave them alone.
 */
import * as z from 'zod';
import { readXml } from '../xml/read.ts';
import { makeElement, type XmlElement } from '../xml/tree.ts';
import { writeNode } from '../xml/write.ts';
import { extractNamespace, setNamespace } from './domain-metadata.ts';
import { contains, formatAddress, parseAddress } from './network-address.ts';
import { subnetOf } from './network-subnet.ts';
import type { Network } from './network.ts';

export const networkForwardsNamespace = 'https://vivarium.github.io/xmlns/port-forwards/1';

const port = z.number().int().min(1).max(65_535);
const address = z.string().refine((text) => parseAddress(text) !== undefined, 'an IP address');

export const networkForwardSchema = z.object({
  protocol: z.enum(['tcp', 'udp']),
  /** Of the host; every address of it when absent. */
  address: address.exactOptional(),
  hostPort: port,
  /** The guest's. */
  to: address,
  guestPort: port,
});
export type NetworkForward = z.infer<typeof networkForwardSchema>;

/** More than that is a network of its own, which is better routed. */
export const maximumForwards = 256;

/** What is not understood is left out: another version of ours may have written it. */
export function readForwards({ metadata }: Pick<Network, 'metadata'>): readonly NetworkForward[] {
  const text = extractNamespace(metadata, networkForwardsNamespace);
  if (text === undefined) return [];
  return readXml(text)
    .children.flatMap((node) => {
      if (node.kind !== 'element' || node.name !== 'forward') return [];
      const { port: hostPort, toPort: guestPort, ...rest } = node.attributes;
      const parsed = networkForwardSchema.safeParse({
        ...rest,
        hostPort: Number(hostPort),
        guestPort: Number(guestPort),
      });
      return parsed.success ? [parsed.data] : [];
    })
    .slice(0, maximumForwards);
}

export function withForwards(network: Network, forwards: readonly NetworkForward[]): Network {
  const { metadata: before, ...rest } = network;
  const metadata = setNamespace(before, networkForwardsNamespace, 'forward', xmlOf(forwards));
  return metadata === undefined ? rest : { ...network, metadata };
}

function xmlOf(forwards: readonly NetworkForward[]): string | undefined {
  if (forwards.length === 0) return undefined;
  const each = forwards.map(
    ({ protocol, address: from, hostPort, to, guestPort }): XmlElement =>
      makeElement('forward', {
        protocol,
        ...(from === undefined ? {} : { address: from }),
        port: String(hostPort),
        to,
        toPort: String(guestPort),
      }),
  );
  return writeNode(makeElement('forwards', {}, each), '').trimEnd();
}

export type ForwardProblem = 'mode' | 'not-a-guest' | 'family' | 'twice';

/** Why the network can't have this forward besides the others; undefined when it can. */
export function forwardProblem(
  network: Network,
  forward: NetworkForward,
  others: readonly NetworkForward[],
): ForwardProblem | undefined {
  const mode = network.forward?.mode;
  if (mode !== 'nat' && mode !== 'route') return 'mode';
  const to = parseAddress(forward.to);
  const from = forward.address === undefined ? undefined : parseAddress(forward.address);
  const subnets = network.ip.flatMap((ip) => subnetOf(ip) ?? []);
  const own = new Set(subnets.map((subnet) => formatAddress(subnet)));
  const isGuest = to !== undefined && subnets.some((subnet) => contains(subnet, to)) && !own.has(formatAddress(to));
  if (!isGuest) return 'not-a-guest';
  if (from !== undefined && from.family !== to.family) return 'family';
  return others.some((other) => collide(other, forward)) ? 'twice' : undefined;
}

/** Whether a packet could be for both. */
export function collide(one: NetworkForward, other: NetworkForward): boolean {
  if (one.protocol !== other.protocol || one.hostPort !== other.hostPort) return false;
  if (parseAddress(one.to)?.family !== parseAddress(other.to)?.family) return false;
  return one.address === undefined || other.address === undefined || one.address === other.address;
}

export const forwardText = ({ protocol, address: from, hostPort, to, guestPort }: NetworkForward): string => {
  const host = from === undefined ? '' : from.includes(':') ? `[${from}]:` : `${from}:`;
  const guest = to.includes(':') ? `[${to}]` : to;
  return `${protocol} ${host}${hostPort} → ${guest}:${guestPort}`;
};
