/**
 * Packages with the real scripts and files of the system (only the application is left out), installed by the real dpkg
 * and rpm into a host in namespaces, with the real firewalld running there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Lab } from '../network/lab.ts';

const root = join(import.meta.dirname, '../../..');
const zoneFiles = [
  ...['policies/vivarium-in.xml', 'policies/vivarium-out.xml', 'policies/vivarium-to-host.xml'],
  ...['zones/vivarium-routed.xml', 'zones/vivarium.xml'],
];

let work: string;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'vvp-'));
  writeFileSync(join(work, 'chrome-sandbox'), '');
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

type Format = 'deb' | 'rpm';
interface Parts {
  readonly scripts: Readonly<Record<Format, readonly string[]>>;
  systemFiles(options: { readonly firewalldZone: boolean }): readonly string[];
  wantsFirewalldZone(words: readonly string[]): boolean;
}
const parts = async (): Promise<Parts> => (await import(join(root, 'scripts/dist/contents.mjs'))) as Parts;

function pack(format: Format, name: string, version: string, rest: readonly string[]): string {
  const file = join(work, `${name}-${version}-${mkdtempSync(join(work, 'p')).slice(-6)}.${format}`);
  const about = [
    '--name',
    name,
    '--version',
    version,
    '--description',
    'A package\n of a test',
    '--maintainer',
    'T <t@t>',
  ];
  const how = [
    '--architecture',
    format === 'deb' ? 'amd64' : 'x86_64',
    `--${format}-compression`,
    'gz',
    '--package',
    file,
  ];
  const fpm = [join(root, 'scripts/dist/fpm.mjs'), '-s', 'dir', '--force', '-t', format];
  execFileSync(process.execPath, [...fpm, ...about, ...how, ...rest], { stdio: 'pipe' });
  return file;
}

/** As `npm run dist` makes it with these words, without the application. */
async function build(format: Format, version: string, ...words: readonly string[]): Promise<string> {
  const { scripts, systemFiles, wantsFirewalldZone } = await parts();
  const linux = join(root, 'assets/linux');
  return pack(format, 'vivarium', version, [
    ...['--after-install', join(linux, 'after-install.sh'), '--after-remove', join(linux, 'after-remove.sh')],
    ...scripts[format],
    `${join(work, 'chrome-sandbox')}=/opt/Vivarium/chrome-sandbox`,
    ...systemFiles({ firewalldZone: wantsFirewalldZone(words) }),
  ]);
}

describe('the build switch', () => {
  const listed = (deb: string): readonly string[] =>
    execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => /\/firewalld\/((?:zones|policies)\/\S+\.xml)$/.exec(line)?.[1] ?? [])
      .sort();

  it('decides whether the zone is in the Debian package; by default it is', async () => {
    expect(listed(await build('deb', '1'))).toEqual(zoneFiles);
    expect(listed(await build('deb', '1', '--with-firewalld-zone'))).toEqual(zoneFiles);
    expect(listed(await build('deb', '1', '--without-firewalld-zone'))).toEqual([]);
  });

  it('is known to `npm run dist`, which takes no other words', () => {
    const dist = ['node', join(root, 'scripts/dist.mjs'), '--without-firewalld'];
    expect(() => execFileSync(dist[0] ?? '', dist.slice(1), { stdio: 'pipe' })).toThrow(
      "'--without-firewalld' is none of",
    );
  });
});

const missing =
  process.getuid?.() !== 0
    ? 'namespaces need root'
    : existsSync('/usr/sbin/firewalld')
      ? undefined
      : 'firewalld is not installed';

describe.skipIf(missing !== undefined)('the installed package', () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
    await lab.sh(`
      mkdir -p /run/over /run/dbus /run/firewalld
      for d in etc usr var opt; do
        mkdir -p /run/over/$d/up /run/over/$d/work
        mount -t overlay -o lowerdir=/$d,upperdir=/run/over/$d/up,workdir=/run/over/$d/work overlay /$d
      done
      rm -f /etc/firewalld/zones/* /etc/firewalld/policies/*
      printf 'DefaultZone=public\\nFirewallBackend=nftables\\n' >/etc/firewalld/firewalld.conf
      dbus-daemon --system --fork --nopidfile`);
  });
  afterEach(async () => {
    await (lab as Lab | undefined)?.close();
  });

  const start = async (): Promise<void> => {
    await lab.sh(
      `firewalld --nofork --nopid >/run/firewalld.log 2>&1 &
      for n in $(seq 200); do firewall-cmd --state >/dev/null 2>&1 && exit; sleep 0.1; done; cat /run/firewalld.log; false`,
      { timeoutMs: 40_000 },
    );
  };
  /** Makes the firewalld that is installed look like this version, or like none. */
  const pretend = async (version: string | undefined): Promise<void> => {
    const file = '/usr/bin/firewall-offline-cmd';
    await (version === undefined
      ? lab.sh(`rm ${file}`)
      : lab.sh(
          `printf '#!/bin/sh\\necho ${version}\\n' >${file}.new && chmod 755 ${file}.new && mv ${file}.new ${file}`,
        ));
  };
  const given = async (): Promise<readonly string[]> => {
    const found = await lab.sh('cd /usr/lib/firewalld && ls zones/vivarium* policies/vivarium* 2>/dev/null || true');
    return found.split('\n').filter(Boolean).sort();
  };
  const loaded = async (): Promise<boolean> =>
    (await lab.run(['firewall-cmd', '--get-zones'])).split(/\s+/).includes('vivarium');
  const dpkg = async (...words: readonly string[]): Promise<void> => {
    await lab.run(['dpkg', '--force-depends', ...words], { timeoutMs: 60_000 });
  };

  it('gives the zones to a firewalld that runs, which then has them, and takes them away with it', async () => {
    await start();
    expect(await loaded()).toBe(false);
    await dpkg('--install', await build('deb', '1'));
    expect(await given()).toEqual(zoneFiles);
    expect(await loaded()).toBe(true);
    expect(await lab.run(['firewall-cmd', '--check-config'])).toBe('success\n');
    // As the file says, in firewalld's own words.
    const zone = await lab.run(['firewall-cmd', '--zone=vivarium', '--list-all']);
    expect(zone).toMatch(/target: ACCEPT\n/);
    expect(zone).toMatch(/services: dhcp dhcpv6 dns ssh tftp\n/);
    expect(zone).toMatch(/protocols: icmp ipv6-icmp\n/);
    expect(zone).toMatch(/rule priority="32767" reject/);
    const policies = (await lab.run(['firewall-cmd', '--get-policies'])).trim().split(' ');
    expect(policies).toEqual(expect.arrayContaining(['vivarium-in', 'vivarium-out', 'vivarium-to-host']));

    await dpkg('--remove', 'vivarium');
    expect(await given()).toEqual([]);
    expect(await loaded()).toBe(false);
    expect(await lab.run(['firewall-cmd', '--check-config'])).toBe('success\n');
  });

  it('reloads firewalld only when something changed for it', async () => {
    await start();
    await dpkg('--install', await build('deb', '1'));
    // What is assigned until the next reload tells whether there was one.
    await lab.run(['firewall-cmd', '--zone=vivarium', '--add-interface=tell0']);
    await dpkg('--install', await build('deb', '2'));
    expect(await lab.run(['firewall-cmd', '--zone=vivarium', '--list-interfaces'])).toBe('tell0\n');
  });

  it("leaves an administrator's edited copy alone, and it counts", async () => {
    await start();
    await dpkg('--install', await build('deb', '1'));
    await lab.run(['firewall-cmd', '--permanent', '--zone=vivarium', '--add-service=http']);
    await lab.run(['firewall-cmd', '--reload']);
    const edited = await lab.run(['cat', '/etc/firewalld/zones/vivarium.xml']);
    await dpkg('--install', await build('deb', '2'));
    expect(await lab.run(['firewall-cmd', '--zone=vivarium', '--list-services'])).toContain('http');
    await dpkg('--remove', 'vivarium');
    expect(await lab.run(['cat', '/etc/firewalld/zones/vivarium.xml'])).toBe(edited);
    expect(await loaded()).toBe(true);
  });

  it.each([
    ['0.6.4', []],
    ['0.7.0', ['zones/vivarium.xml']],
    ['0.8.6', ['zones/vivarium.xml']],
    ['0.9.0', zoneFiles],
    ['1.3.3', zoneFiles],
    ['2.0.0', zoneFiles],
    [undefined, []],
  ] as const)('gives firewalld %s what it can read', async (version, files) => {
    await pretend(version);
    await dpkg('--install', await build('deb', '1'));
    expect(await given()).toEqual(files);
  });

  it('follows a firewalld that comes, goes back to an old version, and leaves', async () => {
    await pretend(undefined);
    await dpkg('--install', await build('deb', '1'));
    expect(await given()).toEqual([]);
    for (const [version, files] of [
      ['1.3.3', zoneFiles],
      ['0.6.4', []],
      ['1.3.3', zoneFiles],
      [undefined, []],
    ] as const) {
      await pretend(version);
      // What dpkg does when it has unpacked a firewalld.
      await lab.run(['dpkg-trigger', '--by-package=firewalld', '/usr/lib/firewalld']);
      await dpkg('--triggers-only', 'vivarium');
      expect(await given()).toEqual(files);
    }
  });

  it('takes the zone away when its next version was built without', async () => {
    await start();
    await dpkg('--install', await build('deb', '1'));
    await dpkg('--install', await build('deb', '2', '--without-firewalld-zone'));
    expect(await given()).toEqual([]);
    expect(await loaded()).toBe(false);
  });

  describe.skipIf(!existsSync('/usr/bin/rpmbuild'))('as RPM', () => {
    const rpm = async (...words: readonly string[]): Promise<string> =>
      await lab.run(['rpm', '--dbpath', '/run/rpm', '--nodeps', ...words], { timeoutMs: 60_000 });

    it('does the same, with firewalld there before it or after', async () => {
      mkdirSync(join(work, 'empty'), { recursive: true });
      writeFileSync(join(work, 'empty/readme'), '');
      const other = pack('rpm', 'firewalld', '1.3.3', [`${join(work, 'empty/readme')}=/usr/share/doc/fw/readme`]);
      await start();
      await rpm('--install', await build('rpm', '1'));
      expect(await given()).toEqual(zoneFiles);
      expect(await loaded()).toBe(true);
      await rpm('--upgrade', await build('rpm', '2'));
      expect(await given()).toEqual(zoneFiles);
      await rpm('--upgrade', await build('rpm', '3', '--without-firewalld-zone'));
      expect(await given()).toEqual([]);
      await rpm('--upgrade', await build('rpm', '4'));
      await rpm('--erase', 'vivarium');
      expect(await given()).toEqual([]);
      expect(await loaded()).toBe(false);

      // The other way round: its trigger runs when firewalld comes, and when it goes.
      const program = '/usr/bin/firewall-offline-cmd';
      await lab.sh(`mv ${program} /run/later`);
      await rpm('--install', await build('rpm', '5'));
      expect(await given()).toEqual([]);
      await lab.sh(`mv /run/later ${program}`);
      await rpm('--install', other);
      expect(await given()).toEqual(zoneFiles);
      await lab.sh(`rm ${program}`);
      await rpm('--erase', 'firewalld');
      expect(await given()).toEqual([]);
    });
  });
});
