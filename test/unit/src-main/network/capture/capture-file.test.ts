import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CaptureFile } from '../../../../../src-main/network/capture/capture-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capture-'));
  path = join(folder, 'x.pcap');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const littleHeader = Buffer.from('d4c3b2a1 0200 0400 00000000 00000000 00000100 01000000'.replaceAll(' ', ''), 'hex');
const bigHeader = Buffer.from('a1b23c4d 0002 0004 00000000 00000000 00010000 00000001'.replaceAll(' ', ''), 'hex');

function record(payload: string, wire = payload.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(1_700_000_000, 0);
  header.writeUInt32LE(123_456, 4);
  header.writeUInt32LE(payload.length, 8);
  header.writeUInt32LE(wire, 12);
  return Buffer.concat([header, Buffer.from(payload, 'latin1')]);
}

describe('a file that grows', () => {
  it('is read as far as its packets are whole', async () => {
    writeFileSync(path, '');
    const file = new CaptureFile(path);
    await file.refresh();
    expect(file.packets).toBe(0);
    appendFileSync(path, littleHeader);
    appendFileSync(path, record('first', 60));
    const second = record('second');
    appendFileSync(path, second.subarray(0, 20));
    await file.refresh();
    expect([file.packets, file.wholeBytes]).toEqual([1, 24 + 21]);
    appendFileSync(path, second.subarray(20));
    await file.refresh();
    const packets = await file.read(1, 10);
    expect(packets.map(({ number, bytes }) => [number, Buffer.from(bytes).toString()])).toEqual([
      [1, 'first'],
      [2, 'second'],
    ]);
    expect(packets[0]).toMatchObject({ timeUs: 1_700_000_000_123_456, length: 60, kept: 5 });
    expect(await file.read(2, 1)).toHaveLength(1);
    expect(await file.read(3, 5)).toEqual([]);
    await file.close();
  });

  it('is cut where packets end', async () => {
    writeFileSync(path, Buffer.concat([littleHeader, record('aaaa'), record('bbbb'), record('cc')]));
    const file = new CaptureFile(path);
    await file.refresh();
    expect([24 + 40, 24 + 41, 1_000].map((size) => file.wholeWithin(size))).toEqual([64, 64, 24 + 40 + 18]);
    expect(file.wholeWithin(30)).toBe(24);
    await file.truncate(64);
    expect([file.packets, statSync(path).size]).toEqual([2, 64]);
    await file.close();
  });

  it('is given up where it is damaged, and keeps what came before', async () => {
    const wrong = record('x');
    wrong.writeUInt32LE(0x7fffffff, 8);
    writeFileSync(path, Buffer.concat([littleHeader, record('good'), wrong]));
    const file = new CaptureFile(path);
    await file.refresh();
    expect([file.damaged, file.packets]).toEqual([true, 1]);
    await file.close();
    writeFileSync(path, 'this is no capture at all, whatever it is called');
    const other = new CaptureFile(path);
    await other.refresh();
    expect([other.damaged, other.packets]).toEqual([true, 0]);
    await other.close();
  });

  it('may be of another byte order, with nanoseconds', async () => {
    const header = Buffer.alloc(16);
    header.writeUInt32BE(5, 0);
    header.writeUInt32BE(7_000, 4);
    header.writeUInt32BE(1, 8);
    header.writeUInt32BE(1, 12);
    writeFileSync(path, Buffer.concat([bigHeader, header, Buffer.from('z')]));
    const file = new CaptureFile(path);
    await file.refresh();
    expect((await file.read(1, 1))[0]?.timeUs).toBe(5_000_007);
    await file.close();
  });
});
