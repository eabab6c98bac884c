import { readFile, rm } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { VirError } from '../../../../src-shared/errors.ts';
import type { GuestContext } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { QmpError } from '../qmp/error.ts';

let serial = 0;

/**
 * The guest's screen as a PNG.
 * @throws VirError `operation-unsupported` for a guest without a screen, `invalid-arg` for one without that screen.
 */
export async function screenshot(context: GuestContext, uuid: string, screen = 0): Promise<Uint8Array> {
  const record = context.table.get(uuid);
  const instance = context.table.requireActive(record);
  const videos = (record.live?.devices?.video ?? []).filter(
    ({ model }) => model !== undefined && model.type !== 'none',
  );
  if (videos.length === 0) {
    throw new VirError({
      code: 'operation-unsupported',
      domain: 'qemu',
      message: `The domain '${record.name}' has no screen.`,
      fix: 'Add a video device to it.',
    });
  }
  const heads = videos.flatMap(({ alias, model }) =>
    Array.from(
      { length: model !== undefined && 'heads' in model && typeof model.heads === 'number' ? model.heads : 1 },
      (_, head) => ({
        device: alias?.name,
        head,
      }),
    ),
  );
  const head = heads[screen];
  if (head === undefined) {
    throw new VirError({
      code: 'invalid-arg',
      domain: 'qemu',
      message: `The domain '${record.name}' has ${heads.length} screens; ${screen} is not one of them.`,
    });
  }
  const capabilities = await context.registry.get(instance.facts.emulator);
  const isPng = capabilities.schemaHas('screendump/arg-type/format/^png');
  const path = instance.facts.paths.file(`screen-${(serial += 1)}`);
  try {
    await monitorOf(record).execute('screendump', {
      filename: path,
      ...(head.device === undefined ? {} : { device: head.device, head: head.head }),
      ...(isPng ? { format: 'png' } : {}),
    });
    const bytes = await readFile(path);
    return isPng ? bytes : pngFromPpm(bytes);
  } catch (thrown) {
    if (!(thrown instanceof QmpError)) throw thrown;
    throw new VirError(
      {
        code: 'operation-failed',
        domain: 'qemu',
        message: `The screen of domain '${record.name}' can't be captured.`,
        cause: thrown.description,
      },
      { cause: thrown },
    );
  } finally {
    await rm(path, { force: true });
  }
}

/** Binary PPM (`P6`, 8 bits), which is all that QEMU before 7.1 writes, as PNG. @throws RangeError for anything else. */
export function pngFromPpm(ppm: Buffer): Buffer {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(ppm.toString('latin1', 0, 64));
  if (head === null) throw new RangeError('not a binary PPM with 8 bits a colour');
  const [width, height] = [Number(head[1]), Number(head[2])];
  const pixels = ppm.subarray(head[0].length);
  const rowBytes = width * 3;
  if (pixels.length < rowBytes * height) throw new RangeError('the PPM is cut off');
  const rows = Buffer.alloc((rowBytes + 1) * height);
  for (let row = 0; row < height; row += 1) {
    // Each row begins with its filter, which is none.
    pixels.copy(rows, row * (rowBytes + 1) + 1, row * rowBytes, (row + 1) * rowBytes);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits, red green blue, the only compression, filter and order there are.
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
