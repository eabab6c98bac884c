/** How guests of the server can be seen and talked to from here. */
import { parseDomain } from '../../../src-shared/model/domain/index.ts';
import type { ConsoleEndpoint, ConsoleStream } from '../../engine/driver.ts';
import type { RemoteUri } from '../../rpc/client/remote-uri.ts';
import type { DomainReference } from '../../rpc/protocol/objects.ts';
import type { Link } from './link.ts';

/** Graphics by their address; serial ports and consoles have none here, they are opened through the server. */
export function consoleEndpoints(xml: string, { host, transport }: RemoteUri): readonly ConsoleEndpoint[] {
  const { id, devices } = parseDomain(xml);
  if (devices === undefined || id === undefined) return [];
  const displays = devices.graphics.flatMap((graphics, index): ConsoleEndpoint[] => {
    if (graphics.type !== 'vnc' && graphics.type !== 'spice') return [];
    const [listen] = graphics.listens;
    const socketPath = listen?.type === 'socket' ? listen.socket : undefined;
    const address = listen !== undefined && 'address' in listen ? listen.address : undefined;
    const { port, passwd: password } = graphics;
    const named = { kind: graphics.type, alias: String(index) } as const;
    const secret = password === undefined ? {} : { password };
    // A socket of another host can't be connected to from this one.
    if (socketPath !== undefined) return transport === 'unix' ? [{ ...named, socketPath, ...secret }] : [];
    if (address === undefined || port === undefined || port < 0) return [];
    return [{ ...named, host: reachable(address, host), port, ...secret }];
  });
  const serial = devices.serial.map(({ alias }) => ({ kind: 'serial', alias: alias?.name ?? '' }) as const);
  // The first console is the first serial port once more.
  const consoles = devices.console
    .filter(({ target }) => target?.type !== 'serial')
    .map(({ alias }) => ({ kind: 'console', alias: alias?.name ?? '' }) as const);
  return [...displays, ...serial, ...consoles];
}

/** A server on every address is reached where the host is. */
function reachable(address: string, host: string | undefined): string {
  if (address !== '0.0.0.0' && address !== '::') return address;
  return host ?? (address === '::' ? '::1' : '127.0.0.1');
}

/** A stream to a serial port or console. */
export async function openConsole(
  link: Link,
  dom: DomainReference,
  devName: string | undefined,
  force: boolean,
): Promise<ConsoleStream> {
  const { stream } = await link.open('domainOpenConsole', { dom, devName, flags: force ? 1 : 0 });
  return {
    input: stream,
    output: stream,
    close() {
      if (stream.destroyed) return;
      // The server may be gone, and the console with it.
      stream.abort().catch(() => undefined);
    },
  };
}
