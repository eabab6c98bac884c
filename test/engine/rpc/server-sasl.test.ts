/** libvirt's own clients, and hostile ones, at the doors where a password has to be proven. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { RpcClient } from '../../../src-main/rpc/client/rpc-client.ts';
import { encodePacket, type Packet } from '../../../src-main/rpc/framing/packet.ts';
import { PacketReader } from '../../../src-main/rpc/framing/packet-reader.ts';
import { remoteProgram } from '../../../src-main/rpc/protocol/programs.ts';
import { DigestClient } from '../../../src-main/rpc/sasl/digest-client.ts';
import { defaultSettings } from '../../../src-shared/contract/default-settings.ts';
import { freePort } from '../../support/free-port.ts';
import type { NetworkDoor } from '../../../src-main/rpc/server/door.ts';
import { makeCertificates } from '../../../src-main/rpc/server/make-certificates.ts';
import { type SocketClient, connectSocket } from '../../../src-main/ipc/socket-client.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml, until } from '../../support/qemu-engine.ts';

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

describe('whoever is hostile', () => {
  const { procedures } = remoteProgram;

  /** Bytes of a call, as a client that keeps to nothing sends them. */
  function bytesOf(name: keyof typeof procedures, write: Parameters<typeof encodePacket>[1], serial = 0): Buffer {
    const { number: program, version } = remoteProgram;
    const { number: procedure } = procedures[name];
    return encodePacket({ program, version, procedure, type: 'call', serial, status: 'ok' }, write);
  }

  const saslStart = (mech: string, count: number, serial: number): Buffer =>
    bytesOf(
      'authSaslStart',
      (writer) => {
        writer.text(mech, 1000);
        writer.int32(0);
        writer.uint32(count);
        for (let index = 0; index < count; index += 1) writer.int32(0x61);
      },
      serial,
    );

  async function connected(localAddress: string): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: tcp.port, localAddress });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  it('sends a packet that is too long to be a proof, and is cut off', async () => {
    const socket = await connected('127.0.0.20');
    socket.write(bytesOf('authSaslInit', undefined));
    await once(socket, 'data');
    const header = Buffer.alloc(4);
    header.writeUInt32BE(1024 * 1024);
    socket.write(header);
    await once(socket, 'close');
  });

  it('sends a step that is too long, and is told so', async () => {
    const socket = await connected('127.0.0.21');
    const reader = new PacketReader();
    socket.write(Buffer.concat([bytesOf('authSaslInit', undefined), saslStart('DIGEST-MD5', 65_537, 1)]));
    const packets: Packet[] = [];
    socket.on('data', (piece) => {
      reader.push(piece);
      for (let next = reader.next(); next !== undefined; next = reader.next()) packets.push(next);
    });
    await until('both are answered', () => packets.length === 2);
    expect(packets.map(({ status }) => status)).toEqual(['ok', 'error']);
    socket.destroy();
  });

  it('fails three times, and has to connect again', async () => {
    const socket = await connected('127.0.0.22');
    socket.resume();
    for (let serial = 0; serial < 3; serial += 1) {
      socket.write(Buffer.concat([bytesOf('authSaslInit', undefined, serial), saslStart('NONSENSE', 1, serial)]));
    }
    await once(socket, 'close');
  });

  it('puts calls behind the proof of somebody else, which are not heard', async () => {
    const socket = await connected('127.0.0.23');
    const peer = new RpcClient(socket, 'it');
    const own = new DigestClient({
      credentials: { name: 'fred', password },
      host: 'localhost',
      encrypt: true,
    });
    await peer.call('authSaslInit', {});
    const { data } = await peer.call('authSaslStart', { mech: 'DIGEST-MD5', nil: 1, data: new Uint8Array() });
    const response = own.step(Buffer.from(data)) ?? Buffer.alloc(0);
    const proof = bytesOf('authSaslStep', (writer) => {
      writer.int32(0);
      writer.uint32(response.length);
      for (const byte of response) writer.int32((byte << 24) >> 24);
    });
    const open = bytesOf(
      'connectOpen',
      (writer) => {
        writer.int32(0);
        writer.uint32(0);
      },
      1,
    );
    const before = (await client.call('libvirt.clients', {})).length;
    expect(before).toBeGreaterThan(0);
    socket.write(Buffer.concat([proof, open, open.subarray(0, 20)]));
    await once(socket, 'close');
    expect(door.problems.join()).toContain('it went on before the connection was protected');
  });

  it('sends what no key made once the connection is protected, and is cut off', async () => {
    const socket = await connected('127.0.0.24');
    const peer = new RpcClient(socket, 'it');
    const own = new DigestClient({ credentials: { name: 'fred', password }, host: 'localhost', encrypt: true });
    await peer.call('authSaslInit', {});
    const { data } = await peer.call('authSaslStart', { mech: 'DIGEST-MD5', nil: 1, data: new Uint8Array() });
    const reply = await peer.call('authSaslStep', { nil: 0, data: own.step(Buffer.from(data)) ?? new Uint8Array() });
    expect(reply.complete).toBe(1);
    socket.write(Buffer.concat([bytesOf('connectGetType', undefined), bytesOf('connectGetType', undefined)]));
    await once(socket, 'close');
  });

  it('keeps many connections open that prove nothing: others are refused until they go', async () => {
    const sockets = await Promise.all(Array.from({ length: 25 }, async () => await connected('127.0.0.25')));
    const open = (): number => sockets.filter(({ readyState }) => readyState === 'open').length;
    for (const socket of sockets) socket.resume();
    await until('some are refused', () => open() === 20);
    credentials('fred', password);
    expect((await virsh(overTcp(), 'list')).exitCode).toBe(1);
    for (const socket of sockets) socket.destroy();
    await until('they are gone', async () => (await client.call('libvirt.clients', {})).length === 0);
    expect((await virsh(overTcp(), 'list')).stderr.trim()).toBe('');
  });

  it('has no mechanism at all, and the engine goes on', async () => {
    credentials('fred', password);
    const none = await run(['virsh', '-c', overTcp(), 'list'], {
      acceptCodes: [1],
      timeoutMs: 30_000,
      env: { HOME: home, XDG_CONFIG_HOME: undefined, SASL_PATH: home },
    });
    expect(none.stderr).toContain('SASL');
    expect((await virsh(overTcp(), 'list')).stderr.trim()).toBe('');
  });
});

describe('who is connected', () => {
  /** A client that stays. */
  function stay(uri: string): { readonly ended: Promise<void>; end(): void } {
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: '' };
    const child = spawn('virsh', ['-c', uri, 'event', '--loop', '--all'], { env, stdio: 'ignore' });
    return { ended: new Promise((resolve) => child.once('exit', () => resolve())), end: () => void child.kill() };
  }

  it('is told, with where from and who, and can be sent away', async () => {
    credentials('guest', 'only to look');
    const staying = [stay(overTcp()), stay(overTls()), stay(door.uri())];
    try {
      const three = async () => (await client.call('libvirt.clients', {})).filter((each) => each.isAuthenticated);
      await until('all are there', async () => (await three()).filter(({ user }) => user === 'guest').length === 2);
      await until('and the third', async () => (await three()).length === 3);
      const found = (await three()).sort((one, other) => one.way.localeCompare(other.way));
      expect(found).toMatchObject([
        { way: 'tcp', user: 'guest', readOnly: true, address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
        { way: 'tls', user: 'guest', readOnly: true, certificate: 'O=Vivarium,CN=client of localhost' },
        { way: 'unix', readOnly: false },
      ]);
      expect(found[2]?.address).toBeUndefined();
      await client.call('libvirt.disconnect', { id: found[2]?.id ?? '' });
      await staying[2]?.ended;
      // Whoever has no name any more is not there any more.
      await client.call('libvirt.remove-user', { name: 'guest' });
      await Promise.all(staying.map(async ({ ended }) => await ended));
      await expect(client.call('libvirt.disconnect', { id: found[0]?.id ?? '' })).rejects.toThrow('There is no client');
    } finally {
      for (const each of staying) each.end();
    }
  });
});

describe('doors of the settings', () => {
  const doors = async () => await client.call('libvirt.doors', {});
  const settled = async (way: 'tcp' | 'tls', state: string): Promise<void> =>
    await until(`${way} is ${state}`, async () => (await doors())[way].state === state);

  it('open and close while the engine runs', async () => {
    credentials('fred', password);
    const { listenTcp } = defaultSettings;
    const port = await freePort();
    await client.call('settings.set', { listenTcp: { ...listenTcp, on: true, port } });
    await settled('tcp', 'open');
    expect((await virsh(`qemu+tcp://127.0.0.1:${port}/session`, 'list')).stderr.trim()).toBe('');
    await client.call('settings.set', { listenTcp });
    await settled('tcp', 'closed');
    expect((await virsh(`qemu+tcp://127.0.0.1:${port}/session`, 'list')).stderr).toContain('refused');
  });

  it('are never open to others without TLS, and say so by name', async () => {
    const { listenTcp } = defaultSettings;
    for (const address of ['0.0.0.0', '::', '192.0.2.1', 'example.org', '127.0.0.1.example.org']) {
      await client.call('settings.set', { listenTcp: { ...listenTcp, on: true, address } });
      await settled('tcp', 'failed');
      expect((await doors()).tcp.error?.message).toBe(`'${address}' is not an address of this host alone.`);
      await client.call('settings.set', { listenTcp });
      await settled('tcp', 'closed');
    }
  });

  it('over TLS have certificates that are made here, and others once they are made again', async () => {
    const { listenTls } = defaultSettings;
    const port = await freePort();
    const on = { ...listenTls, on: true, address: '127.0.0.1', port, pki: '/nonexistent' };
    await client.call('settings.set', { listenTls: on });
    await settled('tls', 'failed');
    expect((await client.call('libvirt.certificates', {})).files.map(({ exists }) => exists)).toEqual(
      Array.from({ length: 3 }, () => false),
    );
    const made = await client.call('libvirt.make-certificates', { names: ['localhost'] });
    await settled('tls', 'open');
    expect(made).toMatchObject({ isUsable: true, clientFolder: join(door.directories.config, 'pki', 'client') });
    expect(made.files.map(({ subject, issuer }) => [subject, issuer?.startsWith('Vivarium on ')])).toEqual([
      [expect.stringContaining('Vivarium on '), true],
      ['localhost', true],
      [undefined, undefined],
    ]);
    const uri = `qemu+tls://localhost:${port}/session?pkipath=${made.clientFolder ?? ''}`;
    expect((await virsh(uri, 'list')).stderr.trim()).toBe('');
    await client.call('libvirt.make-certificates', { names: ['localhost', 'other.example'] });
    expect((await virsh(uri, 'list')).stderr.trim()).toBe('');
    await expect(client.call('libvirt.make-certificates', { names: ['no name'] })).rejects.toThrow('is not the name');
    await client.call('settings.set', { listenTls });
    await settled('tls', 'closed');
  });
});
