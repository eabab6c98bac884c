/** Media are recognised as libosinfo's own osinfo-detect recognises them, on the database that is installed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Catalogue } from '../../../src-main/catalogue/catalogue.ts';
import { withIso } from '../../../src-main/catalogue/iso9660.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { errorOf } from '../../support/errors.ts';
import { type IsoFields, makeIso } from '../../support/iso.ts';

let root: string;
let catalogue: Catalogue;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'vivarium-catalogue-'));
  catalogue = new Catalogue({ cacheFolder: join(root, 'cache'), logger: silentLogger });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The label of real media of these systems. */
const media: readonly (readonly [string, IsoFields])[] = [
  ['debian-11-netinst', { volumeId: 'Debian 11.6.0 amd64 n' }],
  ['debian-10-dvd', { volumeId: 'Debian 10.4.0 amd64 1' }],
  ['debian-testing', { volumeId: 'Debian testing amd64 n' }],
  ['ubuntu-22.04', { volumeId: 'Ubuntu 22.04.1 LTS amd64' }],
  ['ubuntu-server', { volumeId: 'Ubuntu-Server 20.04 LTS amd64' }],
  ['fedora-37', { volumeId: 'Fedora-WS-Live-37-1-7', systemId: 'LINUX' }],
  ['fedora-36-server', { volumeId: 'Fedora-S-dvd-x86_64-36', systemId: 'LINUX' }],
  ['centos-stream-9', { volumeId: 'CentOS-Stream-9-BaseOS-x86_64', systemId: 'LINUX' }],
  ['rhel-9', { volumeId: 'RHEL-9-0-0-BaseOS-x86_64', systemId: 'LINUX' }],
  ['arch', { volumeId: 'ARCH_202301', systemId: 'LINUX', publisherId: 'ARCH LINUX <HTTPS://ARCHLINUX.ORG>' }],
  ['windows-11', { volumeId: 'CCCOMA_X64FRE_EN-US_DV9', publisherId: 'MICROSOFT CORPORATION' }],
  ['windows-10', { volumeId: 'CCCOMA_X64FREV_EN-US_DV9', publisherId: 'MICROSOFT CORPORATION' }],
  ['windows-7', { volumeId: 'GRMCPRXFRER_EN_DVD', publisherId: 'MICROSOFT CORPORATION' }],
  ['freebsd', { volumeId: '13_1_RELEASE_AMD64_CD', publisherId: 'The FreeBSD Project.  https://www.FreeBSD.org/' }],
  ['nobody-knows', { volumeId: 'HOLIDAY_PHOTOS_1999' }],
  ['not-bootable', { volumeId: 'Debian 11.6.0 amd64 n', bootable: false }],
];

const words = (name: string): string[] => name.split(' ').filter((word) => word !== 'Linux');

describe('media', () => {
  it.each(media)('%s: the answer is that of osinfo-detect', async (name, fields) => {
    const path = join(root, `${name}.iso`);
    writeFileSync(path, makeIso(fields));
    const theirs = execFileSync('osinfo-detect', [path], { encoding: 'utf8' });
    const ours = await catalogue.identify(path);
    expect(ours).toMatchObject({ kind: 'iso', format: 'iso', volumeId: fields.volumeId });
    const bootable = theirs.includes('Media is bootable');
    expect(ours.bootable).toBe(bootable);
    // It looks no further at a medium that does not boot.
    if (!bootable) return;
    // "… an installer for OS 'Debian 11 (x86_64)'"; of a variant "… OS 'Fedora Server 36 (x86_64)'" for Fedora Linux 36.
    const os = / OS '([^']*?)'/.exec(theirs)?.[1];
    if (os === undefined) expect(ours.os).toBeUndefined();
    else expect(os.split(' ')).toEqual(expect.arrayContaining(words(ours.os?.name ?? 'nothing')));
  });

  it('a medium is known by its install tree when its label says nothing', async () => {
    const folder = join(root, 'tree');
    mkdirSync(join(folder, 'images'), { recursive: true });
    writeFileSync(
      join(folder, '.treeinfo'),
      '[general]\nfamily = Fedora\nversion = 36\narch = x86_64\nvariant = Server\n',
    );
    writeFileSync(join(folder, 'images', 'A Long Name With Blanks.txt'), 'content');
    for (const [kind, options] of [
      ['rock-ridge', ['-R']],
      ['joliet', ['-J', '-joliet-long']],
    ] as const) {
      const path = join(root, `${kind}.iso`);
      execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', ...options, '-V', 'MY_OWN_LABEL', '-o', path, folder]);
      await withIso(path, async (iso) => {
        expect([...((await iso.list('/')) ?? [])].sort()).toEqual(['.treeinfo', 'images']);
        expect((await iso.read('/images/A Long Name With Blanks.txt'))?.toString()).toBe('content');
        expect(await iso.read('/images/A Long Name With Blanks.txt', 3)).toBeUndefined();
      });
      expect((await catalogue.identify(path)).os?.shortId).toBe('fedora36');
    }
  });

  it('other files are what their headers say', async () => {
    const disk = join(root, 'called.iso');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '3G']);
    expect(await catalogue.identify(disk)).toMatchObject({
      kind: 'disk',
      format: 'qcow2',
      virtualSizeBytes: 3 * 2 ** 30,
    });
    const nothing = join(root, 'nothing');
    writeFileSync(nothing, 'text');
    expect(await catalogue.identify(nothing)).toMatchObject({ kind: 'unknown', format: 'raw', sizeBytes: 4 });
    expect((await errorOf(catalogue.identify(join(root, 'gone')))).data.cause).toContain('no such file');
    expect((await errorOf(catalogue.identify(root))).data.cause).toContain('not a file');
  });
});

describe('the index', () => {
  it('holds every system and is read from the cache the next time', async () => {
    const systems = await catalogue.operatingSystems();
    expect(systems.length).toBeGreaterThan(500);
    expect(systems.find(({ shortId }) => shortId === 'debian11')?.name).toBe('Debian 11');
    const index = join(root, 'cache/osinfo.json');
    const changed = readFileSync(index, 'utf8').replaceAll('"Debian 11"', '"From the cache"');
    writeFileSync(index, changed);
    const again = new Catalogue({ cacheFolder: join(root, 'cache'), logger: silentLogger });
    expect((await again.find('debian11'))?.name).toBe('From the cache');
  });

  it('is made anew when a file changes, and when it is damaged', async () => {
    const own = join(root, 'own-database');
    const cacheFolder = join(root, 'own-cache');
    mkdirSync(join(own, 'os/example.org'), { recursive: true });
    const file = join(own, 'os/example.org/example-1.xml');
    const write = (name: string): void =>
      writeFileSync(
        file,
        `<libosinfo><os id='http://example.org/1'><short-id>e1</short-id><name>${name}</name></os></libosinfo>`,
      );
    const env = { OSINFO_SYSTEM_DIR: own, OSINFO_LOCAL_DIR: '/nonexistent', OSINFO_USER_DIR: '/nonexistent' };
    const nameNow = async () => (await new Catalogue({ cacheFolder, logger: silentLogger, env }).find('e1'))?.name;
    write('First');
    expect(await nameNow()).toBe('First');
    write('Other');
    utimesSync(file, new Date(), new Date(Date.now() + 5000));
    expect(await nameNow()).toBe('Other');
    writeFileSync(join(cacheFolder, 'osinfo.json'), '{"version":1,');
    expect(await nameNow()).toBe('Other');
    writeFileSync(join(own, 'os/example.org/broken.xml'), '<libosinfo><os');
    expect(await nameNow()).toBe('Other');
  });
});
