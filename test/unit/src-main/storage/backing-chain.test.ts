import type { Stats } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VirError } from '../../../../src-shared/errors.ts';
import { localImage, resolveBackingChain } from '../../../../src-main/storage/backing-chain.ts';
import type { ImageHeader } from '../../../../src-main/storage/image-header.ts';

/** A file system of headers; inodes are places in the list. */
function files(headers: Readonly<Record<string, ImageHeader>>) {
  const names = Object.keys(headers);
  return (path: string): Promise<{ header: ImageHeader; stats: Stats }> => {
    const header = headers[path];
    if (header === undefined) return Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' }));
    const stats = { dev: 1, ino: names.indexOf(path), size: header.virtualSizeBytes, blocks: 8 } as Stats;
    return Promise.resolve({ header, stats });
  };
}

const qcow2 = (reference?: string, format?: string): ImageHeader => ({
  format: 'qcow2',
  virtualSizeBytes: 100,
  ...(reference === undefined ? {} : { backing: { reference, ...(format === undefined ? {} : { format }) } }),
});
const raw: ImageHeader = { format: 'raw', virtualSizeBytes: 50 };

async function causeOf(promise: Promise<unknown>): Promise<string> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof VirError)) throw new Error(`expected a refusal, got ${String(thrown)}`);
  return `${thrown.data.message} ${thrown.data.cause ?? ''}`;
}

describe('resolveBackingChain', () => {
  it('lists every image, the top first, with names relative to the image that holds them', async () => {
    const inspect = files({
      '/a/top.qcow2': qcow2('../b/middle.qcow2', 'qcow2'),
      '/b/middle.qcow2': qcow2('base.img', 'raw'),
      '/b/base.img': raw,
    });
    const chain = await resolveBackingChain({ path: '/a/top.qcow2', format: 'qcow2' }, { inspect });
    expect(chain.map(({ path, format }) => [path, format])).toEqual([
      ['/a/top.qcow2', 'qcow2'],
      ['/b/middle.qcow2', 'qcow2'],
      ['/b/base.img', 'raw'],
    ]);
  });

  it('does not look into what is said to be raw, whatever header the guest wrote there', async () => {
    const inspect = files({ '/disk.img': { ...qcow2('/etc/shadow', 'raw'), virtualSizeBytes: 9 } });
    const chain = await resolveBackingChain({ path: '/disk.img', format: 'raw' }, { inspect });
    expect(chain).toHaveLength(1);
  });

  it('refuses a loop', async () => {
    const inspect = files({ '/a': qcow2('/b', 'qcow2'), '/b': qcow2('/a', 'qcow2') });
    expect(await causeOf(resolveBackingChain({ path: '/a', format: 'qcow2' }, { inspect }))).toContain('loop');
  });

  it('refuses a chain without end', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`/${index}`, qcow2(`/${index + 1}`, 'qcow2')]),
    );
    const promise = resolveBackingChain({ path: '/0', format: 'qcow2' }, { inspect: files(many) });
    expect(await causeOf(promise)).toContain('longer than 200');
  });

  it('names the layer that is missing and the one that needs it', async () => {
    const promise = resolveBackingChain(
      { path: '/a', format: 'qcow2' },
      { inspect: files({ '/a': qcow2('/gone', 'raw') }) },
    );
    expect(await causeOf(promise)).toMatch(/'\/gone' of '\/a'/);
  });

  it('takes an unrecorded format for raw only when nothing else is recognised', async () => {
    const rawBelow = files({ '/a': qcow2('/base'), '/base': raw });
    const chain = await resolveBackingChain({ path: '/a', format: 'qcow2' }, { inspect: rawBelow });
    expect(chain[1]).toMatchObject({ path: '/base', format: 'raw' });
    const qcow2Below = files({ '/a': qcow2('/base'), '/base': qcow2() });
    expect(await causeOf(resolveBackingChain({ path: '/a', format: 'qcow2' }, { inspect: qcow2Below }))).toContain(
      'does not record the format',
    );
  });

  it('refuses a header that is not what the definition says', async () => {
    const promise = resolveBackingChain({ path: '/a', format: 'qcow2' }, { inspect: files({ '/a': raw }) });
    expect(await causeOf(promise)).toContain('said to be qcow2');
  });

  it('refuses data in files the image names anywhere on the host', async () => {
    const external = { ...qcow2(), dataFiles: ['/etc/shadow'] };
    expect(
      await causeOf(resolveBackingChain({ path: '/a', format: 'qcow2' }, { inspect: files({ '/a': external }) })),
    ).toContain('/etc/shadow');
    for (const name of ['/etc/shadow', '../../etc/shadow', 'x/../../y']) {
      const split: ImageHeader = { format: 'vmdk', virtualSizeBytes: 1, dataFiles: [name] };
      const promise = resolveBackingChain({ path: '/a', format: 'vmdk' }, { inspect: files({ '/a': split }) });
      expect(await causeOf(promise)).toContain(name);
    }
    const beside: ImageHeader = { format: 'vmdk', virtualSizeBytes: 1, dataFiles: ['disk-s001.vmdk'] };
    const chain = await resolveBackingChain({ path: '/a', format: 'vmdk' }, { inspect: files({ '/a': beside }) });
    expect(chain).toHaveLength(1);
  });

  it('refuses backing images that are not local files', async () => {
    const inspect = files({ '/a': qcow2('nbd://host/export', 'raw') });
    expect(await causeOf(resolveBackingChain({ path: '/a', format: 'qcow2' }, { inspect }))).toContain('nbd://host');
  });
});

describe('localImage', () => {
  it('understands the ways QEMU writes a local file', () => {
    expect(localImage('base.img')).toEqual({ path: 'base.img' });
    expect(localImage('/a/b:c.img')).toEqual({ path: '/a/b:c.img' });
    expect(localImage('file:/a/b.img')).toEqual({ path: '/a/b.img' });
    expect(localImage('file:///a/b.img')).toEqual({ path: '/a/b.img' });
    expect(localImage('json:{"driver":"qcow2","file":{"driver":"file","filename":"/a"}}')).toEqual({
      path: '/a',
      format: 'qcow2',
    });
    expect(localImage('json:{"driver":"raw","file.driver":"file","file.filename":"/a"}')).toEqual({
      path: '/a',
      format: 'raw',
    });
    expect(localImage('json:{"driver":"file","filename":"/a"}')).toEqual({ path: '/a' });
  });

  it('refuses every other place', () => {
    for (const reference of [
      'nbd:unix:/x',
      'fat:rw:/etc',
      'json:{"driver":"nbd","host":"h"}',
      'json:{"driver":"raw","offset":512,"file":{"driver":"file","filename":"/a"}}',
      'json:{"driver":"raw","file":{"driver":"host_device","filename":"/dev/sda"}}',
      'json:{',
      '',
    ]) {
      expect(localImage(reference)).toBeUndefined();
    }
  });
});
