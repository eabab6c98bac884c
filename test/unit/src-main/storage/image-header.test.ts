import { describe, expect, it } from 'vitest';
import { emptyQcow2 } from '../../../../src-main/storage/image-formats/qcow2-writer.ts';
import { bytesReader, identifyImage, type ImageHeader } from '../../../../src-main/storage/image-header.ts';

const gib = 2 ** 30;

function identify(bytes: Uint8Array, fileBytes = bytes.length): ImageHeader {
  return identifyImage(bytesReader(bytes), fileBytes);
}

function image(bytes: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(bytes);
  write(buffer);
  return buffer;
}

function qcow2(options: Parameters<typeof emptyQcow2>[0]): Buffer {
  const layout = emptyQcow2(options);
  if (layout === undefined) throw new Error('no layout');
  return image(layout.fileBytes, (buffer) => {
    for (const { offset, bytes } of layout.pieces) bytes.copy(buffer, offset);
  });
}

const vmdkDescriptor = `# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="twoGbMaxExtentSparse"
# Extent description
RW 4192256 SPARSE "big-s001.vmdk"
RW 2048 FLAT "big-f002.vmdk" 0
`;

const vhdFooter = (creator: string, type: number): Buffer =>
  image(512, (buffer) => {
    buffer.write('conectix');
    buffer.write(creator, 28);
    buffer.writeBigUInt64BE(BigInt(gib), 48);
    buffer.writeUInt16BE(1000, 56);
    buffer.writeUInt8(16, 58);
    buffer.writeUInt8(63, 59);
    buffer.writeUInt32BE(type, 60);
  });

describe('identifyImage', () => {
  it('reads a qcow2 image with its backing image', () => {
    const bytes = qcow2({ capacityBytes: gib, backing: { reference: '/images/base.img', format: 'raw' } });
    expect(identify(bytes)).toEqual({
      format: 'qcow2',
      virtualSizeBytes: gib,
      clusterBytes: 65_536,
      compat: '1.1',
      backing: { reference: '/images/base.img', format: 'raw' },
    });
  });

  it('reads version 2 of qcow2', () => {
    expect(identify(qcow2({ capacityBytes: gib, compat: '0.10' }))).toMatchObject({ compat: '0.10' });
  });

  it('sees that a qcow2 image keeps its data in another file', () => {
    const bytes = qcow2({ capacityBytes: gib });
    bytes.writeBigUInt64BE(4n, 72);
    bytes.writeUInt32BE(0x44415441, 104);
    bytes.writeUInt32BE(11, 108);
    bytes.write('/etc/shadow', 112);
    expect(identify(bytes).dataFiles).toEqual(['/etc/shadow']);
  });

  it('names a qcow2 image that is marked corrupt', () => {
    const bytes = qcow2({ capacityBytes: gib });
    bytes.writeBigUInt64BE(2n, 72);
    expect(identify(bytes).problem).toContain('corrupt');
  });

  it('does not read a backing name from beyond the first cluster', () => {
    const bytes = qcow2({ capacityBytes: gib });
    bytes.writeBigUInt64BE(65_536n, 8);
    bytes.writeUInt32BE(8, 16);
    expect(identify(bytes)).toMatchObject({ format: 'qcow2', problem: expect.stringContaining('backing') as string });
  });

  it('reads a VMDK descriptor with its extents', () => {
    expect(identify(Buffer.from(vmdkDescriptor))).toEqual({
      format: 'vmdk',
      virtualSizeBytes: (4_192_256 + 2048) * 512,
      dataFiles: ['big-s001.vmdk', 'big-f002.vmdk'],
    });
  });

  it('reads the parent of a VMDK', () => {
    const text = vmdkDescriptor.replace('parentCID=ffffffff', 'parentCID=12345678\nparentFileNameHint="parent.vmdk"');
    expect(identify(Buffer.from(text)).backing).toEqual({ reference: 'parent.vmdk', format: 'vmdk' });
  });

  it('reads VDI, and that a differencing one needs its parent', () => {
    const vdi = (parentByte: number): Buffer =>
      image(512, (buffer) => {
        buffer.write('<<< QEMU VM Virtual Disk Image >>>\n');
        buffer.writeUInt32LE(0xbeda107f, 64);
        buffer.writeUInt32LE(0x00010001, 68);
        buffer.writeBigUInt64LE(BigInt(gib), 368);
        buffer.writeUInt8(parentByte, 424);
      });
    expect(identify(vdi(0))).toEqual({ format: 'vdi', virtualSizeBytes: gib });
    expect(identify(vdi(7)).problem).toContain('parent');
  });

  it('reads VHD by its footer: by size or by geometry, as the program that made it meant', () => {
    const fixed = (creator: string): Buffer => Buffer.concat([Buffer.alloc(4096), vhdFooter(creator, 2)]);
    expect(identify(fixed('win '))).toEqual({ format: 'vpc', virtualSizeBytes: gib });
    expect(identify(fixed('vpc '))).toEqual({ format: 'vpc', virtualSizeBytes: 1000 * 16 * 63 * 512 });
    expect(identify(vhdFooter('win ', 4)).problem).toContain('differencing');
  });

  it('reads LUKS, QED and qcow', () => {
    const luks = image(4096, (buffer) => {
      buffer.write('LUKS\xba\xbe', 'latin1');
      buffer.writeUInt16BE(1, 6);
      buffer.writeUInt32BE(4, 104);
    });
    expect(identify(luks)).toEqual({ format: 'luks', encryption: 'luks', virtualSizeBytes: 2048 });
    const qed = image(4096, (buffer) => {
      buffer.write('QED\0');
      buffer.writeBigUInt64LE(BigInt(gib), 48);
    });
    expect(identify(qed)).toEqual({ format: 'qed', virtualSizeBytes: gib });
    const qcow = image(4096, (buffer) => {
      buffer.write('QFI\xfb', 'latin1');
      buffer.writeUInt32BE(1, 4);
      buffer.writeBigUInt64BE(BigInt(gib), 24);
    });
    expect(identify(qcow)).toEqual({ format: 'qcow', virtualSizeBytes: gib });
  });

  it('takes a CD for one even when it is also a bootable disk', () => {
    const hybrid = image(0x9000, (buffer) => {
      buffer.writeUInt16LE(0xaa55, 510);
      buffer.write('CD001', 0x8001);
    });
    expect(identify(hybrid)).toEqual({ format: 'iso', virtualSizeBytes: 0x9000 });
  });

  it('tells the partition table of a raw disk', () => {
    const mbr = image(4096, (buffer) => {
      buffer.writeUInt8(0x80, 446);
      buffer.writeUInt8(0x83, 450);
      buffer.writeUInt32LE(2048, 458);
      buffer.writeUInt16LE(0xaa55, 510);
    });
    expect(identify(mbr)).toEqual({ format: 'raw', virtualSizeBytes: 4096, partitionTable: 'mbr' });
    const gpt = Buffer.from(mbr);
    gpt.write('EFI PART', 512);
    expect(identify(gpt)).toMatchObject({ partitionTable: 'gpt' });
    expect(identify(Buffer.alloc(4096))).toEqual({ format: 'raw', virtualSizeBytes: 4096 });
  });

  it('names formats it does not support instead of calling them raw', () => {
    expect(identify(Buffer.from('WithoutFreeSpace'.padEnd(512)))).toMatchObject({ format: 'parallels' });
    expect(identify(Buffer.concat([Buffer.alloc(512), Buffer.from('koly'.padEnd(512))]))).toMatchObject({
      format: 'dmg',
      problem: expect.stringContaining('not supported') as string,
    });
  });

  it('takes an empty file for an empty raw disk', () => {
    expect(identify(Buffer.alloc(0))).toEqual({ format: 'raw', virtualSizeBytes: 0 });
  });

  it('keeps within bounds whatever the bytes are', () => {
    const seeds = [
      qcow2({ capacityBytes: gib, backing: { reference: 'base.qcow2', format: 'qcow2' } }),
      Buffer.from(vmdkDescriptor),
      vhdFooter('win ', 3),
      image(70_000, (buffer) => {
        buffer.write('KDMV');
        buffer.writeBigUInt64LE(2048n, 12);
        buffer.writeBigUInt64LE(1n, 28);
        buffer.writeBigUInt64LE(20n, 36);
        buffer.write(vmdkDescriptor, 512);
      }),
      image(330 * 1024, (buffer) => {
        buffer.write('vhdxfile');
        buffer.write('regi', 192 * 1024);
        buffer.writeUInt32LE(1, 192 * 1024 + 8);
      }),
    ];
    let state = 20_240_601;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state % below;
    };
    for (let round = 0; round < 3000; round += 1) {
      const seed = seeds[round % seeds.length] ?? Buffer.alloc(0);
      const bytes = Buffer.from(seed.subarray(0, random(4) === 0 ? random(seed.length) : seed.length));
      for (let change = 0; change < 1 + random(6); change += 1) {
        if (bytes.length > 0) bytes[random(Math.min(bytes.length, 600))] = random(2) === 0 ? 0xff : random(256);
      }
      let readBytes = 0;
      const header = identifyImage((offset, length) => {
        expect(length).toBeLessThanOrEqual(65_536);
        readBytes += length;
        return bytes.subarray(offset, offset + length);
      }, bytes.length);
      expect(header.virtualSizeBytes).toBeGreaterThanOrEqual(0);
      expect(Number.isSafeInteger(header.virtualSizeBytes) || header.virtualSizeBytes <= 2 ** 60).toBe(true);
      expect(readBytes).toBeLessThan(2 ** 20);
    }
  });
});
