import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  completeMark,
  decodeSaveHeader,
  encodeSaveHead,
  headerBytes,
  readSaveImage,
} from '../../../../../../src-main/drivers/qemu/save/image.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'save-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (bytes: Buffer): string => {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, bytes);
  return path;
};

const xml = '<domain>é</domain>';

describe('a saved guest', () => {
  it('is read as it was written', async () => {
    const head = encodeSaveHead(xml, true, true);
    const image = await readSaveImage(file(Buffer.concat([head, Buffer.from('QEVM')])));
    expect(image).toEqual({ xml, running: true, compression: 'raw', streamOffset: head.length });
  });

  it('has libvirt’s header of 92 bytes', () => {
    const head = encodeSaveHead(xml, false, true);
    expect(headerBytes).toBe(92);
    expect(head.toString('latin1', 0, 16)).toBe('LibvirtQemudSave');
    expect(head.readUInt32LE(16)).toBe(2);
    expect(head.readUInt32LE(20)).toBe(head.length - 92);
    expect(head[92]).toBe('<'.charCodeAt(0));
  });

  it('is incomplete until it is marked', async () => {
    const head = encodeSaveHead(xml, true, false);
    await expect(readSaveImage(file(head))).resolves.toBe('partial');
    completeMark().copy(head);
    await expect(readSaveImage(file(head))).resolves.toMatchObject({ xml });
  });

  it('may have a cookie, padding, compression and the other byte order', async () => {
    const head = encodeSaveHead(xml, true, true);
    const cookie = Buffer.from('<cookie/>\0\0\0\0');
    const data = Buffer.concat([head, cookie]);
    data.writeUInt32LE(data.length - 92, 20);
    data.writeUInt32LE(1, 28);
    data.writeUInt32LE(head.length - 92, 32);
    await expect(readSaveImage(file(data))).resolves.toEqual({
      xml,
      running: true,
      compression: 'gzip',
      streamOffset: data.length,
    });
    const swapped = Buffer.from(data);
    for (let at = 16; at < 36; at += 4) swapped.writeUInt32BE(data.readUInt32LE(at), at);
    await expect(readSaveImage(file(swapped))).resolves.toMatchObject({ xml, compression: 'gzip' });
  });

  it('is refused when it is something else, cut off, or promises too much', async () => {
    const head = encodeSaveHead(xml, true, true);
    await expect(readSaveImage(file(Buffer.from('#!/bin/sh\n')))).rejects.toMatchObject({
      data: { code: 'operation-failed' },
    });
    await expect(readSaveImage(file(head.subarray(0, 100)))).rejects.toThrow(/cut off/);
    await expect(readSaveImage(join(folder, 'none'))).rejects.toThrow(/none/);
    const huge = Buffer.from(head);
    huge.writeUInt32LE(0xffffffff, 20);
    expect(decodeSaveHeader(huge)).toBeUndefined();
  });
});
