/** `net-trace`: why one end reaches another, or at which hop it does not. */
import { VirError } from '../../../src-shared/errors.ts';
import { parseAddress } from '../../../src-shared/model/network-address.ts';
import type { Trace, TraceEnd, TraceHop, TracePort } from '../../../src-shared/model/network-trace.ts';
import { type Command, operandOf, report, type Session, valueOf } from '../command.ts';
import { usageError } from '../parse.ts';

const marks = { ok: 'ok', failed: 'FAILED', unknown: '?' } as const;

/** A machine, a card of one (`web@52:54:00:…`), a network, `host`, `internet` or an address. */
async function endOf(session: Session, text: string): Promise<TraceEnd> {
  if (text === 'host') return { kind: 'host' };
  if (text === 'internet') return { kind: 'internet' };
  if (parseAddress(text) !== undefined) return { kind: 'internet', address: text };
  const networks = await session.client.call('networks.list', { uri: session.uri });
  const wanted = text.replace(/^net:/, '');
  const network = networks.find(({ name, uuid }) => name === wanted || uuid === wanted.toLowerCase());
  const [name = '', mac] = text.split('@');
  try {
    if (network === undefined || !text.startsWith('net:')) {
      const { uuid } = await session.domain(name);
      return { kind: 'machine', uuid, ...(mac === undefined ? {} : { mac }) };
    }
  } catch (thrown) {
    if (network === undefined || !(thrown instanceof VirError) || thrown.data.code !== 'no-domain') throw thrown;
  }
  return { kind: 'network', uuid: network.uuid };
}

function portOf(text: string | undefined): TracePort | undefined {
  if (text === undefined) return undefined;
  const [, protocol = 'tcp', number = ''] = /^(?:(tcp|udp)\/)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(number);
  if (port < 1 || port > 65_535) throw usageError(`'${text}' is not a port such as tcp/22`);
  return { protocol: protocol === 'udp' ? 'udp' : 'tcp', port };
}

function lines({ text, status, evidence, advice, repair }: TraceHop, place: number): readonly string[] {
  const inner = (words: string): string => `              ${words}\n`;
  return [
    `${String(place + 1).padStart(2)}. ${marks[status].padEnd(8)}${text}\n`,
    ...evidence.map(({ source, line }) => inner(`${source}: ${line}`)),
    ...(advice === undefined ? [] : [inner(advice.text)]),
    ...(repair === undefined
      ? []
      : [
          inner(`Repair (--repair): ${repair.sentence}`),
          ...repair.steps.map(({ sentence }) => inner(`  - ${sentence}`)),
        ]),
  ];
}

/** A few repairs may follow one another: a machine is started, then its network is seen to be off. */
const mostRepairs = 8;

export const traceCommand: Command = {
  name: 'net-trace',
  group: 'Networks',
  summary: 'tell why one end reaches another, or at which hop it does not',
  description:
    'An end is a machine (NAME, or NAME@MAC for one of its cards), a network (NAME or net:NAME), an address, host or internet. Each hop comes with the line that says so. With --repair, what is offered at the first hop that failed is done, until nothing is in the way or nothing is offered.',
  operands: [
    { name: 'from', kind: 'domain' },
    { name: 'to', kind: 'domain' },
  ],
  options: [
    { name: 'port', value: 'PORT', help: 'tcp/22, udp/53; a ping without' },
    { name: 'repair', help: 'do what is offered' },
  ],
  needs: 'engine',
  async run(session, invocation) {
    const [from, to] = await Promise.all(
      ['from', 'to'].map(async (name) => await endOf(session, operandOf(invocation, name))),
    );
    if (from === undefined || to === undefined) throw usageError('two ends are needed');
    const port = portOf(valueOf(invocation, 'port'));
    const question = { uri: session.uri, from, to, ...(port === undefined ? {} : { port }) };
    let trace: Trace = await session.client.call('networks.trace', question);
    const done: string[] = [];
    while (invocation.options['repair'] === true && done.length < mostRepairs) {
      const hop = trace.hops.find(({ id }) => id === trace.failed);
      // The same again would not help either.
      if (hop?.repair === undefined || done.includes(hop.repair.sentence)) break;
      await session.client.call('networks.trace-repair', { ...question, hop: hop.id });
      done.push(hop.repair.sentence);
      trace = await session.client.call('networks.trace', question);
    }
    const code = trace.status === 'failed' ? 1 : 0;
    if (session.json) {
      report(session, '', { ...trace, repaired: done });
      return code;
    }
    session.print([...done.map((sentence) => `Repaired: ${sentence}\n`), ...trace.hops.flatMap(lines)].join(''));
    return code;
  },
};
