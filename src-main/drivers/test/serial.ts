/** The serial console of a pretended guest: it greets, and says back what it is told. */
import { Duplex } from 'node:stream';
import type { Domain } from '../../../src-shared/model/domain/index.ts';
import { say } from '../../../src-shared/words.ts';
import type { DomainTable } from '../../engine/domain-table.ts';
import type { ConsoleEndpoint, ConsoleStream } from '../../engine/driver.ts';
import type { GuestRecord, Runtime } from './guests.ts';

export function consolesOf(domain: Domain): readonly ConsoleEndpoint[] {
  const { serial = [], console: consoles = [] } = domain.devices ?? {};
  const ports = serial.map((_, index): ConsoleEndpoint => ({ kind: 'serial', alias: `serial${index}` }));
  // The first console is the first serial port by another name.
  const others = consoles.flatMap((each, index): ConsoleEndpoint[] =>
    each.target?.type === 'serial' || (each.target?.type === undefined && index === 0 && ports.length > 0)
      ? []
      : [{ kind: 'console', alias: `console${index}` }],
  );
  return [...ports, ...others];
}

/** One holder a console; `force` takes it from another. */
export function openConsole(
  table: DomainTable<Runtime>,
  record: GuestRecord,
  alias: string | undefined,
  force: boolean,
): ConsoleStream {
  const { consoles } = table.requireActive(record);
  const endpoint = consolesOf(record.current).find((each) => alias === undefined || each.alias === alias);
  if (endpoint === undefined) {
    const which = alias === undefined ? 'a console' : `the console '${alias}'`;
    throw table.errors.error('operation-failed', say`The domain '${record.name}' does not have ${which}.`);
  }
  const key = endpoint.alias;
  const holder = consoles.get(key);
  if (holder !== undefined && !force) {
    throw table.errors.error(
      'operation-failed',
      say`Active console session exists for domain '${record.name}'`,
      undefined,
      say`Force it to take the console over.`,
    );
  }
  holder?.close();
  const stream = echoConsole(record.name, () => {
    if (consoles.get(key) === stream) consoles.delete(key);
  });
  consoles.set(key, stream);
  return stream;
}

/** A terminal that echoes, starting a new line and prompt at each Enter. */
function echoConsole(name: string, onClose: () => void): ConsoleStream {
  const prompt = `${name} login: `;
  const duplex = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      this.push(chunk.toString('latin1').replaceAll(/\r\n?|\n/g, `\r\n${prompt}`), 'latin1');
      done();
    },
    final(done) {
      this.push(null);
      done();
    },
    destroy(error, done) {
      onClose();
      done(error);
    },
  });
  duplex.push(`\r\n${prompt}`);
  return { input: duplex, output: duplex, close: () => duplex.destroy() };
}
