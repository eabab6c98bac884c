/** A SPICE display has one viewer: another one is asked before it ends the session of the first. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ConsoleSockets, createConsoleSockets } from '../../../src-main/ipc/console-sockets.ts';
import { machineXml, openQemu, type QemuEngine, until } from '../../support/qemu-engine.ts';
import { holdSpice } from '../../support/spice-link.ts';

let engine: QemuEngine;
let folder: string;
let consoles: ConsoleSockets;
let uuid: string;
let viewer: Socket | undefined;

beforeAll(async () => {
  engine = await openQemu();
  folder = mkdtempSync(join(tmpdir(), 'vvs-'));
  consoles = createConsoleSockets(folder);
  const devices = `<graphics type='spice' passwd='secret'><listen type='socket'/></graphics><video><model type='vga'/></video>`;
  uuid = (await engine.domains.createXml(machineXml({ name: 'spice', devices }), {})).uuid;
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  viewer?.destroy();
  await until('the viewer is gone', async () => !(await engine.domains.spiceInUse(uuid, '0')));
});

const open = async (force?: boolean): Promise<string> =>
  (await consoles.open(engine.domains, uuid, { kind: 'spice', ...(force === undefined ? {} : { force }) })).socketPath;

it('is open to the first viewer', async () => {
  viewer = await holdSpice(await open(), 'secret');
  expect(await engine.domains.spiceInUse(uuid, '0')).toBe(true);
});

it('is refused as busy while a viewer is connected, and given by force', async () => {
  viewer = await holdSpice(await open(), 'secret');
  await expect(open()).rejects.toMatchObject({ data: { code: 'resource-busy' } });
  expect(viewer.destroyed).toBe(false);
  const path = await open(true);
  const ended = new Promise((resolve) => viewer?.once('close', resolve));
  const second = await holdSpice(path, 'secret');
  await ended;
  viewer = second;
});

it('is free again as soon as the viewer has gone', async () => {
  const first = await holdSpice(await open(), 'secret');
  first.destroy();
  viewer = await holdSpice(await open(), 'secret');
});

it('is not had with a wrong password', async () => {
  await expect(holdSpice(await open(), 'wrong')).rejects.toThrow(/ticket/);
});
