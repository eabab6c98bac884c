/** The lines that `ip` and `ss` print, as facts. Pure. */
import { parseAddress } from '../../../src-shared/model/network-address.ts';
import type { AddressFact, LinkFact, ListeningFact, NeighbourFact, RouteFact } from './facts.ts';

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.replaceAll('\\', ' ').replaceAll(/\s+/g, ' ').trim())
    .filter((line) => line !== '');

/** `ip -oneline -details link show` */
export function readLinks(text: string): readonly LinkFact[] {
  return linesOf(text).flatMap((line): LinkFact[] => {
    const [, name, flags] = /^\d+: ([^:@\s]+)(?:@\S+)?: <([^>]*)>/.exec(line) ?? [];
    if (name === undefined || flags === undefined) return [];
    const words = flags.split(',');
    const master = / master (\S+)/.exec(line)?.[1];
    return [
      {
        ...{ name, up: words.includes('UP'), carrier: words.includes('LOWER_UP') },
        ...(master === undefined ? {} : { master }),
        isolated: / isolated on\b/.test(line),
        // What follows are settings of the kind of device, line upon line.
        line: line.replace(/ promiscuity .*$/, ''),
      },
    ];
  });
}

/** `ip -oneline address show` */
export function readAddresses(text: string): readonly AddressFact[] {
  return linesOf(text).flatMap((line): AddressFact[] => {
    const [, device, address] = /^\d+: (\S+) inet6? (\S+)/.exec(line) ?? [];
    return device === undefined || address === undefined ? [] : [{ device, address, line }];
  });
}

/** `ip neighbour show` */
export function readNeighbours(text: string): readonly NeighbourFact[] {
  return linesOf(text).flatMap((line): NeighbourFact[] => {
    const [, address, device, mac, state] =
      /^(\S+) dev (\S+)(?: lladdr (\S+))?.* ([A-Z]+)$/.exec(line.replace(/(^\S+ dev \S+) ([A-Z]+)$/, '$1  $2')) ?? [];
    if (address === undefined || device === undefined || state === undefined) return [];
    return [{ address, device, ...(mac === undefined ? {} : { mac }), state, line }];
  });
}

/** `ip route get …`; what it complains of is the line of a way that there is none. */
export function readRoute(command: string, stdout: string, stderr: string): RouteFact {
  const [line = '', complaint = 'no route'] = [linesOf(stdout)[0], linesOf(stderr)[0]];
  const device = / dev (\S+)/.exec(line)?.[1];
  const gateway = / via (?:inet6 )?(\S+)/.exec(line)?.[1];
  const isRefused = /^(?:unreachable|blackhole|prohibit|throw) /.test(line);
  return {
    command,
    ...(device === undefined || isRefused ? {} : { device }),
    ...(gateway === undefined ? {} : { gateway }),
    local: line.startsWith('local '),
    line: line === '' ? complaint : line,
  };
}

/** `ss --no-header --listening --numeric --tcp --udp` */
export function readListening(text: string): readonly ListeningFact[] {
  return linesOf(text).flatMap((line): ListeningFact[] => {
    const [protocol, , , , local = ''] = line.split(' ');
    const [, where = '', port = ''] = /^(.*):(\d+)$/.exec(local) ?? [];
    if ((protocol !== 'tcp' && protocol !== 'udp') || port === '') return [];
    // `[::ffff:127.0.0.1]`, `127.0.0.53%lo`
    const address = where.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
    return [{ protocol, port: Number(port), address, line }];
  });
}

/** Whether a socket hears what is for an address. */
export function hears({ address }: ListeningFact, destination: string): boolean {
  if (address === '*' || address === '0.0.0.0' || address === '::') return true;
  const [own, other] = [parseAddress(address), parseAddress(destination)];
  return own !== undefined && other !== undefined && own.family === other.family && own.value === other.value;
}
