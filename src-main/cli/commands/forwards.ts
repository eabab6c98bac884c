/** `domif-forward`: ports of the host that lead into a machine. */
import type { ForwardedPort } from '../../../src-shared/model/port-forward.ts';
import { type Command, operandOf, report, valueOf } from '../command.ts';
import { table } from '../output.ts';
import { usageError } from '../parse.ts';

const portOf = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw usageError(`'${text}' is not a port`);
};

/** `2222:22`, `tcp:2222:22`, `udp:127.0.0.1:53:53`, `tcp:[::1]:80:8080` */
export function parseForward(text: string): ForwardedPort {
  const match = /^(?:(tcp|udp):)?(?:(\d+(?:\.\d+){3}|\[[0-9a-fA-F:.]+\]):)?(\d+):(\d+)$/.exec(text);
  if (match === null) throw usageError(`'${text}' is not a forward such as tcp:2222:22`);
  const [, protocol = 'tcp', address, hostPort = '', guestPort = ''] = match;
  return {
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    ...(address === undefined ? {} : { address: address.replace(/[[\]]/g, '') }),
    hostPort: portOf(hostPort),
    guestPort: portOf(guestPort),
  };
}

/** `2222`, `udp:53` */
export function parseHostPort(text: string): Pick<ForwardedPort, 'protocol' | 'hostPort'> {
  const match = /^(?:(tcp|udp):)?(\d+)$/.exec(text);
  if (match === null) throw usageError(`'${text}' is not a port such as tcp:2222`);
  return { protocol: match[1] === 'udp' ? 'udp' : 'tcp', hostPort: portOf(match[2] ?? '') };
}

/** `tcp:2222:22,udp:53:53` */
export const listOf = <T>(text: string | undefined, parse: (part: string) => T): readonly T[] =>
  text === undefined ? [] : text.split(',').map(parse);

export const forwardCommand: Command = {
  name: 'domif-forward',
  group: 'Devices',
  summary: "list, add and remove ports of the host that lead into a machine's user-mode network",
  description: 'A running machine is changed at once, and its definition with it.',
  operands: [{ name: 'domain', kind: 'domain' }],
  options: [
    {
      name: 'interface',
      value: 'CARD',
      help: 'MAC address, alias or number from 0; the first user-mode card by default',
    },
    { name: 'add', value: 'FORWARDS', help: '[tcp:|udp:][ADDRESS:]HOSTPORT:GUESTPORT, several with commas' },
    { name: 'remove', value: 'PORTS', help: '[tcp:|udp:]HOSTPORT, several with commas' },
  ],
  needs: 'engine',
  async run(session, invocation) {
    const domain = await session.domain(operandOf(invocation, 'domain'));
    const card = valueOf(invocation, 'interface');
    const forwards = await session.client.call('domains.change-forwards', {
      uri: session.uri,
      uuid: domain.uuid,
      ...(card === undefined ? {} : { card }),
      add: [...listOf(valueOf(invocation, 'add'), parseForward)],
      remove: [...listOf(valueOf(invocation, 'remove'), parseHostPort)],
    });
    const rows = forwards.map(({ protocol, address = '*', hostPort, guestPort }) => [
      protocol,
      address,
      String(hostPort),
      String(guestPort),
    ]);
    const text = table(['Protocol', 'Address', 'Host port', 'Guest port'], rows);
    return report(session, text.trimEnd(), { uuid: domain.uuid, forwards });
  },
};
