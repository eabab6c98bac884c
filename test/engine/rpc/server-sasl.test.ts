/** libvirt's own clients, and hostile ones, at the doors where a password has to be proven. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import type { NetworkDoor } from '../../../src-main/rpc/server/door.ts';
import { makeCertificates } from '../../../src-main/rpc/server/make-certificates.ts';
import { type SocketClient, connectSocket } from '../../../src-main/ipc/socket-client.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml } from '../../support/qemu-engine.ts';

let door: LibvirtDoor;
let client: SocketClient;
let tcp: NetworkDoor;
let tls: NetworkDoor;
let pki: string;
let home: string;

const password = 'correct horse, battery';

beforeAll(async () => {
  door = await openLibvirtDoor();
  client = await connectSocket(door.hosted.socketPath);
  home = mkdtempSync(join(tmpdir(), 'vivarium-home-'));
  pki = join(door.directories.runtime, '..', 'pki');
  await makeCertificates(pki, ['localhost', '127.0.0.1']);
  await client.call('libvirt.set-user', { name: 'fred', password, readOnly: false });
  await client.call('libvirt.set-user', { name: 'guest', password: 'only to look', readOnly: true });
  const { libvirtDoors } = door.hosted;
  tcp = await libvirtDoors.openTcp({ address: '127.0.0.1', port: 0 });
  tls = await libvirtDoors.openTls({ address: '127.0.0.1', port: 0, pki, passwords: true, allowedNames: [] });
});

afterAll(async () => {
  client.close();
  await door.close();
  rmSync(home, { recursive: true, force: true });
});

/** What libvirt's clients of this home say to this host. */
function credentials(user: string, secret: string): void {
  const folder = join(home, '.config', 'libvirt');
  mkdirSync(folder, { recursive: true });
  const lines = ['[credentials-own]', `authname=${user}`, `password=${secret}`, '[auth-libvirt-default]'];
  writeFileSync(join(folder, 'auth.conf'), [...lines, 'credentials=own', ''].join('\n'), { mode: 0o600 });
}

const overTcp = (): string => `qemu+tcp://127.0.0.1:${tcp.port}/session`;
const overTls = (): string => `qemu+tls://localhost:${tls.port}/session?pkipath=${join(pki, 'client')}`;

const virsh = async (uri: string, ...words: readonly string[]) =>
  await run(['virsh', '-c', uri, ...words], {
    acceptCodes: [0, 1],
    timeoutMs: 60_000,
    env: { HOME: home, XDG_CONFIG_HOME: undefined, LIBVIRT_AUTH_FILE: undefined },
  });

describe.each([
  ['TCP', overTcp],
  ['TLS', overTls],
])('over %s', (_way, uri) => {
  it('virsh is let in with the password, and is the user in the history', async () => {
    credentials('fred', password);
    const name = `by-${_way.toLowerCase()}`;
    const file = join(home, 'machine.xml');
    writeFileSync(file, machineXml({ name }));
    const defined = await virsh(uri(), 'define', file);
    expect([defined.stderr.trim(), defined.stdout.trim()]).toEqual(['', `Domain '${name}' defined from ${file}`]);
    expect((await virsh(uri(), 'start', name)).stdout).toContain('started');
    const { uuid } = (await client.call('domains.list', { uri: 'qemu:///session' })).find(
      (domain) => domain.name === name,
    ) ?? { uuid: '' };
    const [newest] = await client.call('domains.history', { uri: 'qemu:///session', uuid });
    expect(newest?.author).toBe('fred');
    expect((await virsh(uri(), 'destroy', name)).stdout).toContain('destroyed');
  });

  it.each([
    ['a wrong password', 'fred', 'correct horse, Battery'],
    ['an unknown user', 'barney', password],
  ])('%s is refused, and told from nothing', async (_what, user, secret) => {
    credentials(user, secret);
    const refused = await virsh(uri(), 'list', '--all');
    expect([refused.exitCode, refused.stdout.trim()]).toEqual([1, '']);
    expect(refused.stderr).toContain('authentication failed');
    expect(door.problems.join()).toContain(`"user":"${user}"`);
  });

  it('a user who may look sees everything and changes nothing', async () => {
    credentials('guest', 'only to look');
    expect((await virsh(uri(), 'list', '--all')).stderr.trim()).toBe('');
    const file = join(home, 'machine.xml');
    writeFileSync(file, machineXml({ name: 'not-mine' }));
    const refused = await virsh(uri(), 'define', file);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('read only access prevents')]);
  });
});
