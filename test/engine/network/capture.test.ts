// Listening on a real guest's cable, without any privilege; what is written is read by tcpdump where it is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CaptureApi } from '../../../src-main/engine/capture-api.ts';
import type { PacketRow } from '../../../src-shared/model/capture.ts';
import { smallGuest } from '../../support/guest.ts';
import { machineXml, openQemu, type QemuEngine, until } from '../../support/qemu-engine.ts';

const mac = '52:54:00:12:34:56';
const hasTcpdump = spawnSync('tcpdump', ['--version']).status === 0;

let engine: QemuEngine;

beforeEach(async () => {
  engine = await openQemu();
});
afterEach(async () => {
  await engine.close();
});

const captures = (): CaptureApi => {
  const api = engine.connection.captures;
  if (api === undefined) throw new Error('this connection can not listen');
  return api;
};

/** A paused Linux with a card on QEMU's own network. */
async function pausedGuest(): Promise<string> {
  const { kernel, initrd } = smallGuest();
  const { uuid } = await engine.domains.define(
    machineXml({
      name: 'talker',
      memoryMiB: 192,
      os: `<kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>console=ttyS0 quiet</cmdline>`,
      devices: `<interface type='user'><mac address='${mac}'/><model type='virtio'/></interface>`,
    }),
  );
  await engine.domains.start(uuid, { paused: true });
  return uuid;
}

async function rowsOf(id: string): Promise<readonly PacketRow[]> {
  return (await captures().packets(id, 0, 1000)).rows;
}

test('a guest that asks for an address is seen doing so, and its packets are a file that tcpdump reads', async () => {
  const uuid = await pausedGuest();
  const { id, alias } = await captures().start(uuid, mac);
  expect(alias).toBe('net0');
  await engine.domains.resume(uuid);
  await until(
    'the guest got its address',
    async () => (await rowsOf(id)).some(({ info }) => info.startsWith('ack')),
    90_000,
  );

  const rows = await rowsOf(id);
  const dhcp = rows.filter(({ protocol }) => protocol === 'DHCP');
  expect(dhcp.slice(0, 4).map(({ info }) => info.split(',')[0])).toEqual(['discover', 'offer', 'request', 'ack']);
  expect(dhcp[0]).toMatchObject({ source: '0.0.0.0', destination: '255.255.255.255' });
  expect(dhcp[3]?.info).toContain(`${mac}, 10.0.2.15`);
  expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));

  const details = await captures().packet(id, dhcp[0]?.number ?? 0);
  expect(details.layers.map(({ name }) => name)).toEqual(['Ethernet', 'IPv4', 'UDP', 'DHCP']);
  expect(Buffer.from(details.bytes, 'base64')).toHaveLength(details.length);

  const ended = await captures().stop(id);
  expect(ended.ended).toBe('asked');
  const file = join(engine.directories.state, 'talk.pcap');
  await captures().save(id, file);
  await expect(captures().save(id, file)).rejects.toThrow('already');
  expect(statSync(file).size).toBe(ended.bytes);
  if (hasTcpdump) {
    const read = execFileSync('tcpdump', ['-nr', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(read.trimEnd().split('\n')).toHaveLength(ended.packets);
    expect(read).toContain('BOOTP/DHCP, Request from 52:54:00:12:34:56');
  }
  expect(engine.problems).toEqual([]);
});

test('a capture ends by its size, to the byte, and with its card; the guest goes on', async () => {
  const uuid = await pausedGuest();
  const { id } = await captures().start(uuid, '0', { maxBytes: 1500 });
  const timed = await captures().start(uuid, 'net0', { maxSeconds: 1 });
  const lasting = await captures().start(uuid, undefined);
  await engine.domains.resume(uuid);
  const endOf = async (which: string): Promise<unknown> =>
    (await captures().list(uuid)).find((each) => each.id === which)?.ended;
  await until('one was full', async () => (await endOf(id)) === 'size', 90_000);
  const full = (await captures().list(uuid)).find((each) => each.id === id);
  expect(full?.bytes).toBeLessThanOrEqual(1500);
  expect(full?.packets).toBeGreaterThan(0);
  expect(await endOf(timed.id)).toBe('time');
  expect(await endOf(lasting.id)).toBeUndefined();

  await engine.domains.destroy(uuid);
  await until('the last ended with the machine', async () => (await endOf(lasting.id)) === 'stopped');
  expect(await captures().list()).toHaveLength(3);
  await captures().keepOnly(new Set());
  expect(await captures().list()).toEqual([]);
  expect(existsSync(join(engine.directories.state, 'captures', uuid, `${id}.pcap`))).toBe(false);
});

test('an engine that closes ends what goes on: nobody would keep the file small', async () => {
  const uuid = await pausedGuest();
  const { id } = await captures().start(uuid, undefined);
  await engine.leave();
  engine = await openQemu(engine.directories);
  expect(await captures().list(uuid)).toMatchObject([{ id, ended: 'engine' }]);
  expect(await engine.domains.monitorCommand(uuid, 'info qom-tree /objects', true)).not.toContain('capture');
  expect((await engine.domains.state(uuid)).state).toBe('paused');
});

test('what can not be listened to is refused by name', async () => {
  const uuid = await pausedGuest();
  await expect(captures().start(uuid, '52:54:00:00:00:00')).rejects.toMatchObject({ code: 'invalid-arg' });
  await expect(captures().start(uuid, '7')).rejects.toThrow("no network card '7'");
  await engine.domains.destroy(uuid);
  await expect(captures().start(uuid, undefined)).rejects.toMatchObject({ code: 'operation-invalid' });
});
