// Slow links: measured from inside of a guest on the user-mode network; the kernel's emulator in a namespace of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clearCommand, conditionsCommand } from '../../../src-main/network/ports/conditions.ts';
import { linkPresets } from '../../../src-shared/model/link-conditions.ts';
import type { ConsoleStream } from '../../../src-main/engine/driver.ts';
import { smallGuest } from '../../support/guest.ts';
import { machineXml, openQemu, type QemuEngine, until } from '../../support/qemu-engine.ts';

const mac = '52:54:00:00:00:01';

describe('on the user-mode network', () => {
  let engine: QemuEngine;
  let uuid: string;
  let serial: ConsoleStream;
  let said = '';

  const boot = async (): Promise<void> => {
    said = '';
    await engine.domains.start(uuid, { paused: true });
    serial = await engine.domains.openConsole(uuid, undefined);
    serial.output.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
    await engine.domains.resume(uuid);
    await until(
      'the guest is ready',
      () => ['GUEST-READY', '~# ', 'LEASE '].every((word) => said.includes(word)),
      120_000,
    );
  };

  /** The average time of a round trip to QEMU's router; pings come at odd times, so that steps don't favour any. */
  const roundTripMs = async (): Promise<number> => {
    const from = said.length;
    serial.input.write(
      'for i in 37 91 53 17 71 29 83 11 67 43; do ping -c 1 10.0.2.2; usleep ${i}000; done; echo do""ne\n',
    );
    await until('the pings are done', () => said.slice(from).includes('\ndone'), 60_000);
    const times = [...said.slice(from).matchAll(/time=([\d.]+)/g)].map((match) => Number(match[1]));
    expect(times).toHaveLength(10);
    return times.reduce((sum, time) => sum + time, 0) / times.length;
  };

  beforeAll(async () => {
    engine = await openQemu();
    const { kernel, initrd } = smallGuest();
    ({ uuid } = await engine.domains.define(
      machineXml({
        name: 'far',
        memoryMiB: 192,
        os: `<kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>console=ttyS0 quiet</cmdline>`,
        devices: `<interface type='user'><mac address='${mac}'/><model type='virtio'/></interface>`,
      }),
    ));
    await boot();
  }, 150_000);
  afterAll(async () => {
    await engine.close();
  });

  test('a delay is felt at once, is there again at the next start, and goes when it is lifted', async () => {
    const both = { live: true, config: true };
    expect(await roundTripMs()).toBeLessThan(40);
    await engine.domains.setLinkConditions(uuid, mac, { delayMs: 100 }, both);
    const far = await roundTripMs();
    expect(far).toBeGreaterThan(50);
    expect(far).toBeLessThan(220);
    for (const inactive of [true, false]) {
      expect(await engine.domains.xml(uuid, { inactive })).toContain(`<link:card mac="${mac}" delay="100"/>`);
    }
    await engine.domains.destroy(uuid);
    await boot();
    expect(await roundTripMs()).toBeGreaterThan(50);
    expect(await engine.domains.linkConditions(uuid)).toMatchObject([
      { mac, alias: 'net0', conditions: { delayMs: 100 } },
    ]);
    await engine.domains.setLinkConditions(uuid, '0', undefined, both);
    expect(await roundTripMs()).toBeLessThan(40);
    expect(await engine.domains.xml(uuid)).not.toContain('link-conditions');
    expect(engine.problems).toEqual([]);
  });

  test('what QEMU has nothing for is refused, and nothing changes', async () => {
    const live = { live: true, config: true };
    await expect(engine.domains.setLinkConditions(uuid, mac, linkPresets.lossy, live)).rejects.toMatchObject({
      code: 'config-unsupported',
    });
    await expect(engine.domains.setLinkConditions(uuid, mac, { delayMs: 1, jitterMs: 2 }, live)).rejects.toThrow(
      'jitter',
    );
    await expect(engine.domains.setLinkConditions(uuid, '5', { delayMs: 1 }, live)).rejects.toThrow("'5'");
    expect(await engine.domains.xml(uuid)).not.toContain('link-conditions');
  });
});

describe.skipIf(process.getuid?.() !== 0)('the kernel’s emulator', () => {
  const namespace = `vvc${process.pid}`;
  const tc = (argv: readonly string[]): { status: number | null; stderr: string } => {
    const { status, stderr } = spawnSync('tc', ['-n', namespace, ...argv.slice(1)], { encoding: 'utf8' });
    return { status, stderr };
  };

  beforeAll(() => {
    execFileSync('ip', ['netns', 'add', namespace]);
    execFileSync('ip', ['-n', namespace, 'tuntap', 'add', 'dev', 'vnet0', 'mode', 'tap']);
  });
  afterAll(() => {
    execFileSync('ip', ['netns', 'delete', namespace]);
  });

  test.each(Object.entries(linkPresets))('takes the preset %s, or says that the kernel has none', (_, preset) => {
    const { status, stderr } = tc(conditionsCommand('vnet0', false, preset));
    if (status !== 0) {
      // As the engine recognises it.
      expect(stderr).toMatch(/qdisc kind is unknown/);
      return;
    }
    const shown = execFileSync('tc', ['-n', namespace, '-j', 'qdisc', 'show', 'dev', 'vnet0'], { encoding: 'utf8' });
    const [queue] = JSON.parse(shown) as { kind: string; options: { delay?: { delay: number } } }[];
    expect(queue?.kind).toBe('netem');
    expect(queue?.options.delay?.delay).toBeCloseTo(preset.delayMs / 1000);
    expect(tc(clearCommand('vnet0', false)).status).toBe(0);
  });
});
