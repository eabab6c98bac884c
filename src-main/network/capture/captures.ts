/**
 * Captures: QEMU (or whoever) writes packets into a file of ours; this side keeps the file small, counts what is in it,
 * and decodes what somebody looks at. Nobody is sent packets: whoever shows them asks for as many as it can show.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, statSync } from 'node:fs';
import { copyFile, constants, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VirError } from '../../../src-shared/errors.ts';
import type {
  CaptureEnd,
  CaptureInfo,
  CapturePage,
  PacketDetails,
  PacketRow,
} from '../../../src-shared/model/capture.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import type { CaptureApi, CaptureOptions } from '../../engine/capture-api.ts';
import type { Logger } from '../../engine/logger.ts';
import { CaptureFile, type StoredPacket } from './capture-file.ts';
import { decodePacket } from './decode/packet.ts';
import { CaptureFolder, type StoredCapture } from './stored.ts';

/** A card that can be listened to. */
export interface Cable {
  readonly uuid: string;
  readonly domain: string;
  readonly alias: string;
  readonly mac: string;
}

/** Who can write the packets of a machine's card into a file. */
export interface CaptureSource {
  /** @throws VirError when the machine does not run or has no such card */
  cable(uuid: string, card: string | undefined): Cable;
  /** Begins to write packets into a file that is there and empty. */
  begin(cable: Cable, id: string, path: string, snapLength: number): Promise<void>;
  /** Ends it; it is no error when it has ended by itself. */
  end(uuid: string, id: string): Promise<void>;
  /** Which of its captures a machine still has. */
  going(uuid: string): Promise<ReadonlySet<string>>;
}

export interface CapturesOptions {
  readonly folder: string;
  readonly source: CaptureSource;
  readonly logger: Logger;
  /** Told of every change; of those that go on, a few times a second. */
  readonly announce: (capture: CaptureInfo) => void;
  readonly gone: (capture: Pick<CaptureInfo, 'id' | 'uuid'>) => void;
  /** Bytes that are free where captures are kept. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  readonly pollMs?: number;
}

const defaultMaxBytes = 64 << 20;
const largestMaxBytes = 16 * 2 ** 30;
const defaultSnapLength = 65_536;
const defaultPollMs = 200;
/** A capture never takes a host's last space. */
const reserveBytes = 128 << 20;
const largestPage = 1000;

interface Capture {
  stored: StoredCapture;
  readonly file: CaptureFile;
  /** As it was last announced. */
  told: string;
  /** Being brought to its end. */
  ending: Promise<void> | undefined;
}

export class Captures implements CaptureApi {
  readonly #options: CapturesOptions;
  readonly #folder: CaptureFolder;
  readonly #captures = new Map<string, Capture>();
  readonly #ready: Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(options: CapturesOptions) {
    this.#options = options;
    this.#folder = new CaptureFolder(options.folder);
    this.#ready = this.#load();
    this.#ready.catch((error: unknown) => options.logger.log('error', 'captures can not be read', { error }));
  }

  async list(uuid?: string): Promise<readonly CaptureInfo[]> {
    await this.#ready;
    const wanted = [...this.#captures.values()].filter(({ stored }) => uuid === undefined || stored.uuid === uuid);
    return wanted.map(info).sort((a, b) => b.startedMs - a.startedMs);
  }

  async start(uuid: string, card: string | undefined, options: CaptureOptions = {}): Promise<CaptureInfo> {
    await this.#ready;
    const { source } = this.#options;
    const cable = source.cable(uuid, card);
    const id = `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`;
    const stored: StoredCapture = {
      ...cable,
      id,
      startedMs: Date.now(),
      maxBytes: Math.min(options.maxBytes ?? defaultMaxBytes, largestMaxBytes),
      ...(options.maxSeconds === undefined ? {} : { maxSeconds: options.maxSeconds }),
      snapLength: Math.min(options.snapLength ?? defaultSnapLength, defaultSnapLength),
    };
    await this.#folder.make(uuid);
    const path = this.#folder.pcap(stored);
    if ((await this.#freeBytes(path)) < reserveBytes) throw diskFull();
    closeSync(openSync(path, 'wx', 0o600));
    // Written down first: an engine that comes after a crash finds it and ends it.
    await this.#folder.write(stored);
    try {
      await source.begin(cable, id, path, stored.snapLength);
    } catch (thrown) {
      this.#folder.remove(stored);
      throw thrown;
    }
    const capture = { stored, file: new CaptureFile(path), told: '', ending: undefined };
    this.#captures.set(id, capture);
    await capture.file.refresh();
    this.#tell(capture);
    this.#watch();
    return info(capture);
  }

  async stop(id: string): Promise<CaptureInfo> {
    const capture = await this.#get(id);
    await this.#finish(capture, 'asked');
    return info(capture);
  }

  async packets(id: string, after: number, limit: number, which: 'newest' | 'oldest' = 'newest'): Promise<CapturePage> {
    const capture = await this.#get(id);
    await capture.file.refresh();
    const count = Math.min(limit, largestPage);
    const first = which === 'oldest' ? after + 1 : Math.max(after + 1, capture.file.packets - count + 1);
    const packets = await capture.file.read(first, count);
    const { linkType } = capture.file;
    return { capture: info(capture), rows: packets.map((packet) => row(packet, linkType)), skipped: first - after - 1 };
  }

  async packet(id: string, number: number): Promise<PacketDetails> {
    const capture = await this.#get(id);
    await capture.file.refresh();
    const [packet] = await capture.file.read(number, 1);
    if (packet?.number !== number) throw wrong(say`The capture has no packet ${number}.`);
    const { layers } = decodePacket(packet.bytes, capture.file.linkType);
    return { ...row(packet, capture.file.linkType), layers, bytes: Buffer.from(packet.bytes).toString('base64') };
  }

  async save(id: string, path: string): Promise<void> {
    const capture = await this.#get(id);
    try {
      await copyFile(capture.file.path, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } catch (thrown) {
      const { code, message } = thrown as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw wrong(say`There is a file '${path}' already.`, say`Choose another name.`);
      throw new VirError(
        { code: 'write-failed', domain: 'network', message: say`'${path}' can't be written.`, cause: message },
        { cause: thrown },
      );
    }
    // Copied while it was being written: the last packet may be there in part.
    const copy = new CaptureFile(path);
    try {
      await copy.refresh();
      if (!copy.damaged && copy.wholeBytes < statSync(path).size) await copy.truncate(copy.wholeBytes);
    } finally {
      await copy.close();
    }
  }

  async remove(id: string): Promise<void> {
    await this.#drop(await this.#get(id));
  }

  async keepOnly(uuids: ReadonlySet<string>): Promise<void> {
    await this.#ready;
    for (const capture of [...this.#captures.values()]) {
      if (!uuids.has(capture.stored.uuid)) await this.#drop(capture);
    }
  }

  /** The machine has ended, or the card has gone: what listened to it has ended with it. */
  ended(uuid: string, why: 'stopped' | 'unplugged', alias?: string): void {
    for (const capture of this.#captures.values()) {
      const { stored } = capture;
      if (stored.uuid !== uuid || (alias !== undefined && stored.alias !== alias)) continue;
      this.#finish(capture, why).catch(this.#failed);
    }
  }

  /** Ends what goes on: without an engine nobody would keep the files small. */
  async close(): Promise<void> {
    await this.#ready.catch(() => undefined);
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#round;
    const going = [...this.#captures.values()];
    await Promise.allSettled(going.map((capture) => this.#finish(capture, 'engine')));
    await Promise.allSettled(going.map(({ file }) => file.close()));
  }

  readonly #failed = (error: unknown): void => {
    this.#options.logger.log('error', 'looking after captures failed', { error });
  };

  async #get(id: string): Promise<Capture> {
    await this.#ready;
    const found = this.#captures.get(id);
    if (found === undefined) throw wrong(say`There is no capture '${id}'.`);
    return found;
  }

  /** Takes over what an earlier engine left: what its machine still writes goes on. */
  async #load(): Promise<void> {
    const { source, logger } = this.#options;
    const { captures, problems } = this.#folder.read();
    for (const path of problems) logger.log('warn', 'a file is no capture and is left alone', { path });
    for (const stored of captures) {
      const capture: Capture = {
        stored,
        file: new CaptureFile(this.#folder.pcap(stored)),
        told: '',
        ending: undefined,
      };
      this.#captures.set(stored.id, capture);
      await capture.file.refresh().catch(this.#failed);
      if (stored.ended !== undefined) continue;
      const isGoing = await source.going(stored.uuid).then(
        (ids) => ids.has(stored.id),
        () => false,
      );
      if (isGoing) this.#watch();
      else await this.#finish(capture, 'engine').catch(this.#failed);
    }
  }

  async #drop(capture: Capture): Promise<void> {
    await this.#finish(capture, 'asked');
    await capture.file.close();
    this.#captures.delete(capture.stored.id);
    this.#folder.remove(capture.stored);
    this.#options.gone({ id: capture.stored.id, uuid: capture.stored.uuid });
  }

  async #finish(capture: Capture, why: CaptureEnd): Promise<void> {
    if (capture.stored.ended !== undefined) return;
    capture.ending ??= this.#end(capture, why).finally(() => (capture.ending = undefined));
    await capture.ending;
  }

  async #end(capture: Capture, why: CaptureEnd): Promise<void> {
    const { uuid, id, maxBytes } = capture.stored;
    await this.#options.source.end(uuid, id);
    await capture.file.refresh();
    // What came between two looks at it, or was written in part.
    const size = statSync(capture.file.path).size;
    const whole = capture.file.wholeWithin(maxBytes);
    if (!capture.file.damaged && whole < size) await capture.file.truncate(whole);
    capture.stored = { ...capture.stored, ended: why };
    await this.#folder.write(capture.stored);
    this.#tell(capture);
  }

  #watch(): void {
    this.#timer ??= setInterval(() => {
      this.#round ??= this.#look()
        .catch(this.#failed)
        .finally(() => (this.#round = undefined));
    }, this.#options.pollMs ?? defaultPollMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const going = [...this.#captures.values()].filter(({ stored }) => stored.ended === undefined);
    if (going.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const capture of going) {
      await capture.file.refresh();
      const why = await this.#limit(capture);
      if (why !== undefined) await this.#finish(capture, why);
      this.#tell(capture);
    }
  }

  async #limit({ stored, file }: Capture): Promise<CaptureEnd | undefined> {
    const { maxBytes, maxSeconds, startedMs } = stored;
    if (file.damaged) return 'failed';
    if (statSync(file.path).size >= maxBytes) return 'size';
    if (maxSeconds !== undefined && Date.now() - startedMs >= maxSeconds * 1000) return 'time';
    return (await this.#freeBytes(file.path)) < reserveBytes ? 'disk-full' : undefined;
  }

  async #freeBytes(path: string): Promise<number> {
    if (this.#options.freeBytes !== undefined) return await this.#options.freeBytes(path);
    const { bavail, bsize } = await statfs(dirname(path));
    return bavail * bsize;
  }

  #tell(capture: Capture): void {
    const now = info(capture);
    const words = `${now.packets} ${now.bytes} ${now.ended ?? ''}`;
    if (words === capture.told) return;
    capture.told = words;
    this.#options.announce(now);
  }
}

const info = ({ stored, file }: Capture): CaptureInfo => ({ ...stored, packets: file.packets, bytes: file.wholeBytes });

function row({ number, timeUs, length, bytes }: StoredPacket, linkType: number): PacketRow {
  const { source, destination, protocol, info: words } = decodePacket(bytes, linkType);
  return { number, timeUs, source, destination, protocol, length, info: words };
}

const wrong = (message: Sentence, fix?: Sentence): VirError =>
  new VirError({ code: 'invalid-arg', domain: 'network', message, ...(fix === undefined ? {} : { fix }) });

const diskFull = (): VirError =>
  new VirError({
    code: 'operation-failed',
    domain: 'network',
    message: say`There is too little space on the disk for a capture.`,
    fix: say`Free some space, or remove earlier captures.`,
  });
