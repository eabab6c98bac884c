/** A guest's whole state out of QEMU into a file, and back: over a socket of ours, which needs no privilege. */
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import type { Instance } from '../guests/instance.ts';
import type { QmpClient } from '../qmp/client.ts';
import { object, optionalText } from '../qmp/reply.ts';
import type { SaveImage } from './image.ts';
import { listen } from '../../../host/listen.ts';

/** A terabyte to a slow disk takes hours; what never ends is cancelled by its user. */
const longestMs = 24 * 60 * 60 * 1000;
/** QEMU connects as soon as it is told to. */
const connectTimeoutMs = 10_000;
const chunkBytes = 1024 * 1024;
/** More than any disk takes, since the guest stands still. */
const unlimitedBandwidth = 2 ** 50;

const failed = (what: Sentence, cause: Sentence, thrown?: unknown): VirError =>
  new VirError({ code: 'operation-failed', domain: 'qemu', message: what, cause }, { cause: thrown });

const isEnd = ({ name, data }: { readonly name: string; readonly data: Readonly<Record<string, unknown>> }): boolean =>
  name === 'MIGRATION' && ['completed', 'failed', 'cancelled'].includes(String(data['status']));

export interface SaveStream {
  readonly monitor: QmpClient;
  readonly instance: Instance;
  readonly socketPath: string;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number) => void;
}

/**
 * Writes the state of a guest that stands still to a file, from `offset`.
 * @throws VirError `operation-failed` with QEMU's or the disk's reason; the signal's reason when it was cancelled.
 */
export async function writeState(
  file: FileHandle,
  offset: number,
  { monitor, instance, socketPath, signal, progress }: SaveStream,
): Promise<void> {
  const connection = await listenOnce(socketPath);
  const stopWatching = new AbortController();
  try {
    await announceMigrations(monitor);
    await monitor.execute('migrate-set-parameters', { 'max-bandwidth': unlimitedBandwidth });
    const ended = instance.nextEvent(isEnd, longestMs);
    await monitor.execute('migrate', { uri: `unix:${socketPath}` });
    const cancel = (): void => {
      monitor.execute('migrate_cancel').catch(() => undefined);
    };
    signal.addEventListener('abort', cancel, { once: true, signal: stopWatching.signal });
    if (signal.aborted) cancel();
    const socket = await connection.accepted;
    const outcomes = await Promise.allSettled([copyToFile(socket, file, offset, progress), ended]);
    signal.throwIfAborted();
    const [copied, end] = outcomes;
    if (copied.status === 'rejected') throw copied.reason;
    await requireCompleted(monitor, end.status === 'fulfilled' ? end.value?.data['status'] : undefined);
  } finally {
    stopWatching.abort();
    connection.close();
  }
}

/** Gives a QEMU that waits for one (`-incoming defer`) the state that a file holds. */
export async function readState(
  path: string,
  image: SaveImage,
  { monitor, instance, socketPath, signal, progress }: SaveStream,
): Promise<void> {
  await announceMigrations(monitor);
  const ended = instance.nextEvent(isEnd, longestMs);
  await monitor.execute('migrate-incoming', { uri: `unix:${socketPath}` });
  const socket = await connectTo(socketPath);
  const source = createReadStream(path, { start: image.streamOffset, highWaterMark: chunkBytes });
  const counted = count(source, progress);
  // QEMU knows the end of the stream by itself and closes the socket before we have; that is no failure of ours.
  const sent = unpack(counted, image, socket, signal).catch((thrown: unknown) => thrown);
  const end = await ended;
  const problem = await sent;
  signal.throwIfAborted();
  if (end?.data['status'] === 'completed') return;
  if (problem !== undefined) throw failed(say`The saved state could not be given to QEMU.`, String(problem), problem);
  await requireCompleted(monitor, end?.data['status']);
}

async function announceMigrations(monitor: QmpClient): Promise<void> {
  await monitor.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
}

async function requireCompleted(monitor: QmpClient, status: unknown): Promise<void> {
  if (status === 'completed') return;
  const info = object(await monitor.execute('query-migrate'), 'query-migrate');
  const reason = optionalText(info, 'error-desc') ?? `The migration ended as '${optionalText(info, 'status') ?? ''}'.`;
  throw failed(say`QEMU could not write its state.`, reason);
}

interface Listening {
  readonly accepted: Promise<Socket>;
  close(): void;
}

async function listenOnce(path: string): Promise<Listening> {
  const server: Server = createServer();
  await listen(server, path);
  const sockets: Socket[] = [];
  const accepted = new Promise<Socket>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(failed(say`QEMU did not connect to hand over its state.`, say`It had ${connectTimeoutMs} ms.`)),
      connectTimeoutMs,
    );
    server.once('connection', (socket) => {
      clearTimeout(timer);
      sockets.push(socket);
      server.close();
      resolve(socket);
    });
  });
  accepted.catch(() => undefined);
  return {
    accepted,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** By position, so that the head of the file stays as it is. Reading waits for writing. */
async function copyToFile(
  socket: Socket,
  file: FileHandle,
  offset: number,
  progress: (bytes: number) => void,
): Promise<void> {
  let position = offset;
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      for (let done = 0; done < chunk.length; ) {
        done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
      }
      position += chunk.length;
      progress(position - offset);
    }
  } catch (thrown) {
    // QEMU is told by the end of the connection; whoever asked for the file explains what the disk said.
    socket.destroy();
    throw thrown;
  }
}

async function connectTo(path: string): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

function count(source: Readable, progress: (bytes: number) => void): Readable {
  let total = 0;
  source.on('data', (chunk: Buffer) => {
    total += chunk.length;
    progress(total);
  });
  source.pause();
  return source;
}

async function unpack(
  source: Readable,
  { compression }: SaveImage,
  socket: Socket,
  signal: AbortSignal,
): Promise<void> {
  switch (compression) {
    case 'raw':
      await pipeline(source, socket, { signal });
      return;
    case 'gzip':
      await pipeline(source, createGunzip(), socket, { signal });
      return;
    default:
      socket.destroy();
      throw failed(say`The saved guest can’t be unpacked.`, say`It is packed with ${compression}.`);
  }
}
