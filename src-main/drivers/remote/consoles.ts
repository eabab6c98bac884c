/** How guests of the server can be seen and talked to from here. */
import { type Graphics, parseDomain } from '../../../src-shared/model/domain/index.ts';
import type { ConsoleEndpoint, ConsoleStream } from '../../engine/driver.ts';
import type { RemoteUri } from '../../rpc/client/remote-uri.ts';
import type { SshTarget } from '../../rpc/client/ssh.ts';
import type { DomainReference } from '../../rpc/protocol/objects.ts';
import type { Forwards } from './forwards.ts';
import type { Link } from './link.ts';

/** How displays are reached depends on the way to the host; serial ports and consoles are opened through the server. */
export async function consoleEndpoints(
  xml: string,
  uri: RemoteUri,
  forwards: Forwards,
): Promise<readonly ConsoleEndpoint[]> {
  const { id, devices } = parseDomain(xml);
  if (devices === undefined || id === undefined) return [];
  const displays = await Promise.all(
    devices.graphics.map(async (graphics, index) => await displayEndpoint(graphics, index, uri, forwards)),
  );
  const serial = devices.serial.map(({ alias }) => ({ kind: 'serial', alias: alias?.name ?? '' }) as const);
  // The first console is the first serial port once more.
  const consoles = devices.console
    .filter(({ target }) => target?.type !== 'serial')
    .map(({ alias }) => ({ kind: 'console', alias: alias?.name ?? '' }) as const);
  return [...displays.filter((display) => display !== undefined), ...serial, ...consoles];
}

async function displayEndpoint(
  graphics: Graphics,
  index: number,
  { transport, host }: RemoteUri,
  forwards: Forwards,
): Promise<ConsoleEndpoint | undefined> {
  if (graphics.type !== 'vnc' && graphics.type !== 'spice') return undefined;
  const place = placeOf(graphics);
  if (place === undefined) return undefined;
  const { passwd: password } = graphics;
  const named = {
    kind: graphics.type,
    alias: String(index),
    ...(password === undefined ? {} : { password }),
  } as const;
  if (transport === 'ssh') return { ...named, socketPath: await forwards.socketFor(place) };
  if ('path' in place) return transport === 'unix' ? { ...named, socketPath: place.path } : undefined;
  if (transport === 'unix') return { ...named, ...place };
  // What listens everywhere is reached where its host is; what listens on that host's loopback, from there only.
  if (isLoopback(place.host))
    return everywhere(graphics) && host !== undefined ? { ...named, ...place, host } : undefined;
  return { ...named, ...place };
}

type Display = Extract<Graphics, { type: 'vnc' | 'spice' }>;

/** What listens, as its own host reaches it; undefined for what does not listen. */
function placeOf(graphics: Display): SshTarget | undefined {
  const [listen] = graphics.listens;
  if (listen?.type === 'socket') return listen.socket === undefined ? undefined : { path: listen.socket };
  const address = listen !== undefined && 'address' in listen ? listen.address : undefined;
  const { port } = graphics;
  if (address === undefined || port === undefined || port < 0) return undefined;
  return { host: address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address, port };
}

function everywhere({ listens: [listen] }: Display): boolean {
  return listen !== undefined && 'address' in listen && (listen.address === '0.0.0.0' || listen.address === '::');
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
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
