/** `net-capture`: what passes a machine's cable, decoded as it comes. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CaptureInfo, PacketRow } from '../../../src-shared/model/capture.ts';
import { type Command, type Invocation, operandOf, type Session, valueOf } from '../command.ts';
import { parseSize } from '../output.ts';
import { usageError } from '../parse.ts';

/** Asked at once; a line of output is some hundred bytes. */
const pageSize = 500;

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** `16:05:01.123456 10.0.2.15 > 10.0.2.3 DNS query A debian.org`, in local time. */
export function packetLine({ timeUs, source, destination, protocol, info }: PacketRow): string {
  const date = new Date(Math.floor(timeUs / 1000));
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part, 2)).join(':');
  return `${time}.${pad(timeUs % 1_000_000, 6)} ${source} > ${destination} ${protocol} ${info}`;
}

/** Why it ended, where the user did not end it. */
const sayings: Readonly<Record<NonNullable<CaptureInfo['ended']>, string>> = {
  asked: '',
  size: 'the file has reached its limit',
  time: 'the time is over',
  'disk-full': 'the disk is nearly full',
  unplugged: 'the card was unplugged',
  stopped: 'the machine has stopped',
  engine: 'the engine has ended',
  failed: 'the file is damaged',
};

function positive(invocation: Invocation, name: string): number | undefined {
  const text = valueOf(invocation, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw usageError(`Numeric value '${text}' for <${name}> option is malformed or out of range`);
}

function sizeOf(invocation: Invocation): number | undefined {
  const text = valueOf(invocation, 'limit');
  if (text === undefined) return undefined;
  const bytes = parseSize(text);
  if (bytes === undefined || bytes < 4096) throw usageError(`'${text}' is not a size of at least 4 KiB`);
  return bytes;
}

export const captureCommand: Command = {
  name: 'net-capture',
  group: 'Networks',
  summary: "print what passes a machine's network cable, decoded, as it comes",
  description:
    'Listens inside of QEMU: no privilege is needed and the guest is not disturbed. Ctrl+C ends it, as does the end of ' +
    'the machine; with --write the packets are kept as a pcap file that tcpdump and Wireshark read.',
  operands: [{ name: 'domain', kind: 'domain' }],
  options: [
    { name: 'interface', value: 'CARD', help: 'MAC address, alias or number from 0; the first card by default' },
    { name: 'write', value: 'FILE', help: 'keep the packets in this new file' },
    { name: 'limit', value: 'SIZE', help: 'stop when so much was captured (64 MiB)' },
    { name: 'count', value: 'N', help: 'stop after so many packets' },
    { name: 'timeout', value: 'SECONDS', help: 'stop after so long' },
    { name: 'snaplen', value: 'BYTES', help: 'keep so much of each packet (65536)' },
  ],
  needs: 'engine',
  async run(session, invocation) {
    const domain = await session.domain(operandOf(invocation, 'domain'));
    const file = valueOf(invocation, 'write');
    const [count, seconds] = [positive(invocation, 'count'), positive(invocation, 'timeout')];
    const [snapLength, maxBytes] = [positive(invocation, 'snaplen'), sizeOf(invocation)];
    const card = valueOf(invocation, 'interface');
    if (file !== undefined && existsSync(file)) throw usageError(`There is a file '${file}' already`);
    const { uri } = session;
    // Opening the connection is what makes it announce anything.
    await session.client.call('connections.open', { uri });
    const capture = await session.client.call('captures.start', {
      uri,
      uuid: domain.uuid,
      ...(card === undefined ? {} : { card }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
      ...(seconds === undefined ? {} : { maxSeconds: seconds }),
      ...(snapLength === undefined ? {} : { snapLength }),
    });
    const { id } = capture;
    try {
      if (!session.json) session.print(`listening on ${capture.alias} (${capture.mac}) of ${domain.name}\n`);
      const { printed, last } = await follow(session, capture, count);
      const ended = await session.client.call('captures.stop', { uri, id });
      if (file !== undefined) await session.client.call('captures.save', { uri, id, path: resolve(file) });
      if (!session.json) {
        const why = sayings[last.ended ?? 'asked'];
        session.print(`${printed} packets${why === '' ? '' : `; ${why}`}\n`);
        if (file !== undefined) session.print(`${ended.packets} packets written to ${file}\n`);
      }
      return 0;
    } finally {
      await session.client.call('captures.remove', { uri, id });
    }
  },
};

interface Followed {
  readonly printed: number;
  readonly last: CaptureInfo;
}

/** Prints packets until there are enough, the capture ends, or the user ends it. */
async function follow(session: Session, capture: CaptureInfo, count: number | undefined): Promise<Followed> {
  let last = capture;
  let [after, printed] = [0, 0];
  let wake: () => void = () => undefined;
  const unsubscribe = session.client.subscribe((message) => {
    if (message.channel !== 'engine' || message.event.type !== 'capture') return;
    if (message.event.capture.id !== capture.id) return;
    last = message.event.capture;
    wake();
  });
  const onInterrupt = (): void => wake();
  session.interrupted.addEventListener('abort', onInterrupt);
  try {
    for (;;) {
      const { rows, ...page } = await session.client.call('captures.packets', {
        uri: session.uri,
        id: capture.id,
        after,
        limit: pageSize,
        which: 'oldest',
      });
      last = page.capture;
      const shown = rows.slice(0, (count ?? Infinity) - printed);
      session.print(shown.map((row) => (session.json ? `${JSON.stringify(row)}\n` : `${packetLine(row)}\n`)).join(''));
      printed += shown.length;
      after = rows.at(-1)?.number ?? after;
      if (printed === count || session.interrupted.aborted) return { printed, last };
      if (last.packets > after) continue;
      if (last.ended !== undefined) return { printed, last };
      await new Promise<void>((resolveWait) => {
        wake = resolveWait;
        // Something may have come between the answer and now.
        if (last.packets > after || last.ended !== undefined || session.interrupted.aborted) resolveWait();
      });
    }
  } finally {
    unsubscribe();
    session.interrupted.removeEventListener('abort', onInterrupt);
  }
}
