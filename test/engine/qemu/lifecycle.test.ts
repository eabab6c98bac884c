/** The same guest goes through the same steps as it did under a real libvirtd, and the same is told in the same order. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallGuest } from '../../support/guest.ts';
import { openQemu, processOf, type QemuEngine, until } from '../../support/qemu-engine.ts';

interface Step {
  readonly step: string;
  readonly verb: string;
  readonly mode?: 'acpi' | 'agent';
  readonly until?: string;
}

const folder = join(import.meta.dirname, '../../data/lifecycle');
const steps = JSON.parse(readFileSync(join(folder, 'steps.json'), 'utf8')) as readonly Step[];
const recorded = JSON.parse(readFileSync(join(folder, 'libvirt-9.0.0.json'), 'utf8')) as {
  readonly steps: readonly { readonly step: string; readonly events: readonly string[] }[];
};

/** virsh's words as ours. */
const ours = (word: string): string =>
  word
    .replace('shutdown finished after guest request', 'shutdown guest')
    .replace('shutdown finished after host request', 'shutdown host')
    .replace('resumed snapshot', 'resumed from-snapshot')
    .replace('channel event', 'channel')
    .replace('domain started', 'domain-started');

/**
 * How often a guest resets itself while it reboots, and how many rounds a migration takes, is up to the guest; whether
 * its agent goes before or after, too. All else is an order.
 */
function comparable(words: readonly string[]): object {
  const isAgent = (word: string): boolean => word.startsWith('agent ');
  const plain = words.map((word) => word.replace(/^(migration-iteration) \d+$/, '$1')).filter((word) => !isAgent(word));
  return {
    told: plain.filter((word, index) => word !== plain[index - 1]),
    agent: words.filter(isAgent),
  };
}

describe('the events of a guest’s life', () => {
  let engine: QemuEngine;
  let xml: string;
  let uuid: string;
  let saved: string;

  beforeAll(async () => {
    engine = await openQemu();
    const { kernel, initrd } = smallGuest();
    xml = readFileSync(join(folder, 'domain.xml'), 'utf8').replace('@KERNEL@', kernel).replace('@INITRD@', initrd);
    uuid = /<uuid>(.*)<\/uuid>/.exec(xml)?.[1] ?? '';
    saved = join(engine.directories.state, 'saved');
  });
  afterAll(async () => engine.close());

  async function perform({ verb, mode }: Step): Promise<void> {
    const { domains } = engine;
    const modes = mode === undefined ? [] : [mode];
    switch (verb) {
      case 'define':
        await domains.define(xml);
        return;
      case 'start':
        await domains.start(uuid);
        return;
      case 'startPaused':
        await domains.start(uuid, { paused: true });
        return;
      case 'create':
        await domains.createXml(xml);
        return;
      case 'suspend':
        await domains.suspend(uuid);
        return;
      case 'resume':
        await domains.resume(uuid);
        return;
      case 'save':
        await domains.save(uuid, saved).result;
        return;
      case 'restore':
        await domains.restore(saved).result;
        return;
      case 'managedSave':
        await domains.managedSave(uuid).result;
        return;
      case 'shutdown':
        await domains.shutdown(uuid, modes);
        return;
      case 'reboot':
        await domains.reboot(uuid, modes);
        return;
      case 'reset':
        await domains.reset(uuid);
        return;
      case 'destroy':
        await domains.destroy(uuid);
        return;
      case 'undefine':
        await domains.undefine(uuid);
        return;
      case 'kill':
        process.kill(processOf(engine, 'recorded'), 'SIGKILL');
        return;
      default:
        throw new Error(`there is no verb '${verb}'`);
    }
  }

  it.each(steps)('$step', { timeout: 120_000 }, async (step) => {
    // QEMU tells of a channel once a second at most; what came of the last step must not hide what this one brings.
    if (['shutdown', 'reboot', 'reset'].includes(step.verb)) await delay(1100);
    const from = engine.told(uuid).length;
    const expected = recorded.steps.find((item) => item.step === step.step)?.events.map(ours) ?? [];
    const told = (): string[] => engine.told(uuid).slice(from);
    await perform(step);
    // Everything comes, and then nothing more.
    await until(
      `as much was told as libvirt told: ${expected.join(', ')}`,
      () => sameSoFar(told(), expected),
      90_000,
    ).catch((error: unknown) => {
      console.log(`${step.step}: ${told().join(', ')}; ${String(error)}`);
    });
    await delay(100);
    expect(comparable(told())).toEqual(comparable(expected));
  });

  const sameSoFar = (told: readonly string[], expected: readonly string[]): boolean =>
    JSON.stringify(comparable(told)) === JSON.stringify(comparable(expected));
});
