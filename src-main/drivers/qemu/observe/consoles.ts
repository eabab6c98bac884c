/** How a guest can be seen and talked to, and streams to its serial ports. */
import { closeSync, constants, openSync } from 'node:fs';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { ReadStream } from 'node:tty';
import { VirError } from '../../../../src-shared/errors.ts';
import type { Channel, Console, Domain, Serial } from '../../../../src-shared/model/domain/index.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import type { ConsoleEndpoint, ConsoleStream } from '../../../engine/driver.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';

const connectTimeoutMs = 5_000;

/** Everything that can be connected to; a guest that does not run has none. */
export function consoleEndpoints(record: GuestRecord): ConsoleEndpoint[] {
  const devices = record.live?.devices;
  if (devices === undefined) return [];
  const displays = devices.graphics.flatMap((graphics, index): ConsoleEndpoint[] => {
    if (graphics.type !== 'vnc' && graphics.type !== 'spice') return [];
    const [listen] = graphics.listens;
    const socketPath = listen?.type === 'socket' ? listen.socket : undefined;
    const host = listen !== undefined && 'address' in listen ? listen.address : undefined;
    const { port, passwd: password } = graphics;
    return [
      {
        kind: graphics.type,
        alias: String(index),
        ...(socketPath === undefined ? {} : { socketPath }),
        ...(host === undefined ? {} : { host: reachable(host) }),
        ...(port === undefined || port < 0 || socketPath !== undefined ? {} : { port }),
        ...(password === undefined ? {} : { password }),
      },
    ];
  });
  const serial = devices.serial.map((device) => endpoint('serial', device));
  // The first console is the first serial port once more.
  const consoles = devices.console.filter(({ target }) => target?.type !== 'serial');
  return [...displays, ...serial, ...consoles.map((device) => endpoint('console', device))];
}

/** A server on every address is reached on the nearest. */
const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

/** The number of a session's first channel in the protocol. */
const spiceMainChannel = 1;

/** Whether somebody is connected to the guest's SPICE server, of which QEMU has at most one. */
export async function spiceInUse(context: GuestContext, uuid: string): Promise<boolean> {
  const info: unknown = await monitorOf(context.table.get(uuid)).execute('query-spice');
  const { channels = [] } = info as { readonly channels?: readonly { readonly 'channel-type'?: unknown }[] };
  return channels.some((channel) => channel['channel-type'] === spiceMainChannel);
}

function endpoint(kind: 'serial' | 'console', device: Serial | Console): ConsoleEndpoint {
  const path =
    'source' in device && device.source !== undefined && 'path' in device.source ? device.source.path : undefined;
  return {
    kind,
    alias: device.alias?.name ?? '',
    ...(path === undefined || device.type !== 'unix' ? {} : { socketPath: path }),
    ...(path === undefined || device.type !== 'pty' ? {} : { ptyPath: path }),
  };
}

/**
 * A stream to a serial port, console or channel. There is one holder at a time.
 * @throws VirError `operation-failed` while somebody else holds it and `force` is not given.
 */
export async function openConsole(
  context: GuestContext,
  uuid: string,
  alias: string | undefined,
  force: boolean,
): Promise<ConsoleStream> {
  const record = context.table.get(uuid);
  const instance = context.table.requireActive(record);
  const device = findDevice(record.current, alias);
  if (device === undefined) {
    throw new VirError({
      code: 'internal-error',
      domain: 'qemu',
      message:
        alias === undefined
          ? say`The domain '${record.name}' has no serial port or console.`
          : say`cannot find character device ${alias} of domain '${record.name}'`,
      fix: say`Add a serial port to it.`,
    });
  }
  const name = device.alias?.name ?? '';
  let opened: Duplex | undefined;
  const release = (): void => {
    instance.freeConsole(name, release);
    opened?.destroy();
  };
  if (!instance.takeConsole(name, force, release)) {
    throw new VirError({
      code: 'operation-failed',
      domain: 'qemu',
      message: say`Active console session exists for domain '${record.name}'.`,
      fix: say`Close it, or open this one by force.`,
    });
  }
  try {
    const stream = await openDevice(record.name, device);
    opened = stream;
    stream.on('close', release);
    // Whoever reads is told by the end of the stream.
    stream.on('error', () => release());
    return { input: stream, output: stream, close: release };
  } catch (thrown) {
    release();
    throw thrown;
  }
}

type CharacterDevice = Serial | Console | Channel;

/** Without a name the first console, as `virsh console` has it, else the first serial port. */
function findDevice({ devices }: Domain, alias: string | undefined): CharacterDevice | undefined {
  if (devices === undefined) return undefined;
  const { serial, console, channel } = devices;
  if (alias !== undefined) return [...serial, ...console, ...channel].find((device) => device.alias?.name === alias);
  const [first] = console;
  // What the first console stands for has the real name.
  return first === undefined || first.target?.type === 'serial' ? (serial[0] ?? first) : first;
}

async function openDevice(domain: string, device: CharacterDevice): Promise<Duplex> {
  if (device.type === 'pty' && device.source?.path !== undefined) return openPty(device.source.path);
  if (device.type === 'unix' && device.source?.path !== undefined && device.source.mode !== 'connect') {
    return await connectSocket(device.source.path);
  }
  throw new VirError({
    code: 'operation-unsupported',
    domain: 'qemu',
    message: say`The device '${device.alias?.name ?? ''}' of domain '${domain}' can't be opened as a console.`,
    cause: say`It is of the type '${device.type}'; only pseudo-terminals and unix sockets can be.`,
  });
}

/** QEMU has put it into raw mode; it is not to become our controlling terminal. */
function openPty(path: string): Duplex {
  const file = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  try {
    // Both directions of a terminal are in the one object, whatever its name.
    return new ReadStream(file);
  } catch (thrown) {
    closeSync(file);
    throw thrown;
  }
}

async function connectSocket(path: string): Promise<Duplex> {
  return await new Promise((resolve, reject) => {
    const fail = (cause: Sentence): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(
        new VirError({
          code: 'operation-failed',
          domain: 'qemu',
          message: say`The console at '${path}' can't be opened.`,
          cause,
        }),
      );
    };
    const socket = connect({ path });
    const timer = setTimeout(() => fail(say`QEMU did not accept within ${connectTimeoutMs} ms.`), connectTimeoutMs);
    const onError = (error: Error): void => fail(error.message);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}
