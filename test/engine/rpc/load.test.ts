/** Two hundred clients at once, of which some are killed: the others lose nothing, and nothing of the dead stays. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml, until } from '../../support/qemu-engine.ts';

const calls = 4_000;
const script = fileURLToPath(new URL('../../bench/peer/rpc_load.py', import.meta.url));

interface Told {
  readonly calls: number;
  readonly killed: number;
  readonly changes: number;
  readonly told: number;
}

let door: LibvirtDoor;

beforeAll(async () => {
  door = await openLibvirtDoor();
  const { domains } = await door.hosted.engine.open('qemu:///session');
  await domains.define?.(machineXml({ name: 'busy' }));
});
afterAll(async () => {
  await door.close();
});

it('answers every call of the survivors and tells them every event', { timeout: 150_000 }, async () => {
  const { events } = await door.hosted.engine.open('qemu:///session');
  const listening = (events as unknown as { readonly listenerCount: number }).listenerCount;
  const { stdout } = await run(['/usr/bin/python3', script, door.uri(), String(calls)], { timeoutMs: 140_000 });
  const load = JSON.parse(stdout) as Told;
  expect(load.calls).toBeGreaterThanOrEqual(calls);
  expect(load.changes).toBeGreaterThan(0);
  expect(load.told).toBe(load.changes);
  // What the engine kept for clients ends with them, however they ended.
  await until('nobody listens any more', () => {
    return (events as unknown as { readonly listenerCount: number }).listenerCount === listening;
  });
  expect(door.problems).toEqual([]);
});
