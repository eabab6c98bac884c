import { describe, expect, it } from 'vitest';
import { createArguments, imageName } from '../../../../src-main/storage/qemu-img.ts';
import { formatBytes } from '../../../../src-main/storage/size-text.ts';

const layer = (path: string, format: string) => ({ path, format, virtualSizeBytes: 1, allocatedBytes: 1 });

describe('imageName', () => {
  it('names every layer with its format, so that nothing is recognised or followed', () => {
    const name = imageName([layer('/a,b.qcow2', 'qcow2'), layer('/base.iso', 'iso')]);
    expect(JSON.parse(name.replace(/^json:/, ''))).toEqual({
      driver: 'qcow2',
      file: { driver: 'file', filename: '/a,b.qcow2' },
      backing: { driver: 'raw', file: { driver: 'file', filename: '/base.iso' } },
    });
  });

  it('ends the chain of a format that could have a backing image', () => {
    expect(imageName([layer('/a', 'vmdk')])).toContain('"backing":null');
    expect(imageName([layer('/a', 'vdi')])).not.toContain('backing');
  });
});

describe('createArguments', () => {
  it('tells the format, the backing image and its format', () => {
    expect(
      createArguments({
        path: '/new',
        format: 'qcow2',
        capacityBytes: 1024,
        backing: { path: '/base', format: 'raw' },
        compat: '1.1',
        features: ['lazy_refcounts'],
      }),
    ).toEqual([
      ...['create', '-q', '-f', 'qcow2', '-u', '-b', '/base'],
      ...['-o', 'backing_fmt=raw,compat=1.1,lazy_refcounts=on', '/new', '1024'],
    ]);
  });
});

describe('formatBytes', () => {
  it('rounds up, so that freeing what is said is enough', () => {
    expect(formatBytes(0)).toBe('0 bytes');
    expect(formatBytes(1023)).toBe('1023 bytes');
    expect(formatBytes(1024 * 1024 * 1.5)).toBe('1.5 MiB');
    expect(formatBytes(2 ** 30 * 10 + 1)).toBe('10.1 GiB');
    expect(formatBytes(2 ** 50 * 5)).toBe('5 PiB');
  });
});
