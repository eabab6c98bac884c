/** `event`: what the engine announces, as it happens. */
import type { DomainEvent } from '../../../src-shared/contract/events.ts';
import type { Command } from '../command.ts';
import { valueOf } from '../command.ts';
import { usageError } from '../parse.ts';

/** The words `virsh event` uses for lifecycle events. */
const eventWords: Readonly<Record<string, string>> = {
  defined: 'Defined',
  undefined: 'Undefined',
  started: 'Started',
  suspended: 'Suspended',
  resumed: 'Resumed',
  stopped: 'Stopped',
  shutdown: 'Shutdown',
  pmsuspended: 'PMSuspended',
  crashed: 'Crashed',
};

const detailWords: Readonly<Record<string, string>> = {
  'from-snapshot': 'Snapshot',
  ioerror: 'I/O Error',
  'api-error': 'API error',
  postcopy: 'Post-copy',
  'postcopy-failed': 'Post-copy Error',
  wakeup: 'Event wakeup',
};

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `event 'lifecycle' for domain 'web': Started Booted`, with what the event carries. */
export function describeEvent(name: string, event: DomainEvent): string {
  if (event.kind === 'lifecycle') {
    const detail = detailWords[event.detail] ?? capitalised(event.detail);
    return `event 'lifecycle' for domain '${name}': ${eventWords[event.event] ?? event.event} ${detail}`;
  }
  const { kind, ...rest } = event;
  const values = Object.entries(rest).map(([key, value]) => `${key}=${String(value)}`);
  return `event '${kind}' for domain '${name}'${values.length === 0 ? '' : `: ${values.join(' ')}`}`;
}

export const eventCommand: Command = {
  name: 'event',
  group: 'Machines',
  summary: 'wait for events of machines and print them',
  operands: [{ name: 'domain', kind: 'domain', optional: true }],
  options: [
    { name: 'event', value: 'KIND', help: 'only this kind; lifecycle unless --all' },
    { name: 'all', help: 'every kind' },
    { name: 'loop', help: 'go on after the first, until interrupted' },
    { name: 'timeout', value: 'SECONDS', help: 'give up after so long' },
    { name: 'timestamp', help: 'with the time of each' },
  ],
  needs: 'engine',
  async run(session, invocation) {
    const timeout = valueOf(invocation, 'timeout');
    if (timeout !== undefined && !(Number(timeout) > 0))
      throw usageError(`Numeric value '${timeout}' for <timeout> option is malformed or out of range`);
    const only =
      invocation.operands['domain'] === undefined ? undefined : await session.domain(invocation.operands['domain']);
    const kind = invocation.options['all'] === true ? undefined : (valueOf(invocation, 'event') ?? 'lifecycle');
    let count = 0;
    // Opening the connection is what makes it announce anything.
    const { connection } = await session.client.call('connections.open', { uri: session.uri });
    const why = await new Promise<'done' | 'timeout' | 'interrupted'>((resolve) => {
      session.client.subscribe((message) => {
        if (message.channel !== 'engine' || message.uri !== connection.uri || message.event.type !== 'domain') return;
        const { domain, event, timeMs } = message.event;
        if (only !== undefined && domain.uuid !== only.uuid) return;
        if (kind !== undefined && event.kind !== kind) return;
        count += 1;
        const stamp = invocation.options['timestamp'] === true ? `${new Date(timeMs).toISOString()}: ` : '';
        session.print(
          session.json
            ? `${JSON.stringify({ domain, event, timeMs })}\n`
            : `${stamp}${describeEvent(domain.name, event)}\n`,
        );
        if (invocation.options['loop'] !== true) resolve('done');
      });
      if (timeout !== undefined) {
        setTimeout(() => {
          resolve('timeout');
        }, Number(timeout) * 1000);
      }
      session.interrupted.addEventListener('abort', () => {
        resolve('interrupted');
      });
    });
    if (!session.json) {
      if (why === 'timeout') session.print('event loop timed out\n');
      if (why === 'interrupted') session.print('event loop interrupted\n');
      session.print(`events received: ${count}\n`);
    }
    return count > 0 ? 0 : 1;
  },
};
