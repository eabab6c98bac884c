/** `net-port-forward`: ports of the host that lead to guests of a virtual network. */
import { type NetworkForward, networkForwardSchema } from '../../../src-shared/model/network-forwards.ts';
import { type Command, report, valueOf } from '../command.ts';
import { table } from '../output.ts';
import { usageError } from '../parse.ts';
import { listOf, parseHostPort } from './forwards.ts';
import { onNetwork } from './networks.ts';

/** `8080:192.168.122.10:80`, `udp:53:[fd00::5]:53`, `tcp:192.0.2.1:80:192.168.122.10:8080` */
export function parseNetworkForward(text: string): NetworkForward {
  const host = String.raw`(?:(\d+(?:\.\d+){3}|\[[0-9a-fA-F:.]+\]):)?(\d+)`;
  const guest = String.raw`(\d+(?:\.\d+){3}|\[[0-9a-fA-F:.]+\]):(\d+)`;
  const match = new RegExp(`^(?:(tcp|udp):)?${host}:${guest}$`).exec(text);
  const [, protocol = 'tcp', address, hostPort, to, guestPort] = match ?? [];
  const parsed = networkForwardSchema.safeParse({
    protocol,
    ...(address === undefined ? {} : { address: address.replace(/[[\]]/g, '') }),
    hostPort: Number(hostPort),
    to: to?.replace(/[[\]]/g, ''),
    guestPort: Number(guestPort),
  });
  if (parsed.success) return parsed.data;
  throw usageError(`'${text}' is not a forward such as tcp:8080:192.168.122.10:80`);
}

export const networkForwardCommand: Command = onNetwork(
  {
    name: 'net-port-forward',
    summary: 'list, add and remove ports of the host that lead to guests of a network',
    description:
      'A running network is changed at once, and its definition with it. Reserve the guest’s address, so that it keeps it.',
    options: [
      { name: 'add', value: 'FORWARDS', help: '[tcp:|udp:][ADDRESS:]HOSTPORT:GUEST:GUESTPORT, several with commas' },
      { name: 'remove', value: 'PORTS', help: '[tcp:|udp:]HOSTPORT, several with commas' },
    ],
  },
  async (session, network, invocation) => {
    const place = { uri: session.uri, uuid: network.uuid };
    const added = listOf(valueOf(invocation, 'add'), parseNetworkForward);
    const removed = listOf(valueOf(invocation, 'remove'), parseHostPort);
    const before = await session.client.call('networks.port-forwards', place);
    const is = (forward: NetworkForward, port: ReturnType<typeof parseHostPort>): boolean =>
      forward.protocol === port.protocol && forward.hostPort === port.hostPort;
    for (const port of removed) {
      if (before.some((forward) => is(forward, port))) continue;
      throw usageError(`The network '${network.name}' does not forward ${port.protocol} port ${port.hostPort}`);
    }
    const forwards = [...before.filter((forward) => !removed.some((port) => is(forward, port))), ...added];
    if (added.length + removed.length > 0) {
      const affects = { live: network.active, config: network.persistent };
      await session.client.call('networks.set-port-forwards', { ...place, ...affects, forwards: [...forwards] });
    }
    const rows = forwards.map(({ protocol, address = '*', hostPort, to, guestPort }) => [
      ...[protocol, address, String(hostPort), to, String(guestPort)],
    ]);
    const text = table(['Protocol', 'Address', 'Host port', 'Guest', 'Guest port'], rows);
    return report(session, text.trimEnd(), { uuid: network.uuid, forwards });
  },
);
