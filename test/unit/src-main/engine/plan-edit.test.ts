import { describe, expect, test } from 'vitest';
import type { DomainApi } from '../../../../src-main/engine/driver.ts';
import { applyEdit, planEdit } from '../../../../src-main/engine/plan-edit.ts';
import { VirError } from '../../../../src-shared/errors.ts';
import type { DomainSummary } from '../../../../src-shared/model/summary.ts';

const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0';
const stored = `<domain type='qemu'><name>web</name><uuid>${uuid}</uuid><memory unit='KiB'>1048576</memory><currentMemory unit='KiB'>1048576</currentMemory><vcpu current='1'>4</vcpu>
<os><type>hvm</type></os><devices>
<disk type='file' device='cdrom'><source file='/old.iso'/><target dev='sda' bus='sata'/><readonly/></disk>
</devices></domain>`;
const disk = "<disk type='file' device='disk'><source file='/a.raw'/><target dev='vdb' bus='virtio'/></disk>";

/** A driver that records what it is asked, with the verbs given. */
function driver(options: { running: boolean; fail?: string }) {
  const asked: string[] = [];
  const verb =
    (name: string) =>
    async (_uuid: string, ...rest: unknown[]) => {
      if (options.fail === name)
        throw new VirError({ code: 'operation-failed', domain: 'qemu', message: `${name} failed.` });
      asked.push(`${name} ${JSON.stringify(rest)}`);
      await Promise.resolve();
    };
  const summary = { uuid, name: 'web', ...(options.running ? { id: 3 } : {}) } as DomainSummary;
  const domains = {
    lookupByUuid: () => Promise.resolve(summary),
    xml: () => Promise.resolve(stored),
    define: (xml: string) => {
      asked.push(`define ${xml.includes('vdb') ? 'with vdb' : 'without vdb'}`);
      return Promise.resolve(summary);
    },
    attachDevice: verb('attach'),
    detachDevice: verb('detach'),
    updateDevice: verb('update'),
    setMemory: verb('memory'),
    setVcpus: verb('vcpus'),
  } as unknown as DomainApi;
  return { domains, asked };
}

const edited = stored
  .replace('</devices>', `${disk}</devices>`)
  .replace('/old.iso', '/new.iso')
  .replace("current='1'", "current='2'")
  .replace("<memory unit='KiB'>1048576", "<memory unit='KiB'>2097152");

describe('planning an edit', () => {
  test('tells what a running machine takes now and what waits', async () => {
    const { domains, asked } = driver({ running: true });
    const plan = await planEdit(domains, uuid, edited);
    expect(plan.changes.map(({ path, kind, when }) => [path, kind, when])).toEqual([
      ['/domain/memory', 'changed', 'next-boot'],
      ['/domain/vcpu', 'changed', 'now'],
      ['/domain/devices/disk[sda]', 'changed', 'now'],
      ['/domain/devices/disk[vdb]', 'added', 'now'],
    ]);
    expect(asked).toEqual([]);
  });

  test('has everything now when the machine is off', async () => {
    const { domains } = driver({ running: false });
    const plan = await planEdit(domains, uuid, edited);
    expect(new Set(plan.changes.map((change) => change.when))).toEqual(new Set(['now']));
  });

  test('lets a change that the driver has no verb for wait', async () => {
    const { domains } = driver({ running: true });
    const { attachDevice: _attach, ...less } = domains;
    const plan = await planEdit(less, uuid, stored.replace('</devices>', `${disk}</devices>`));
    expect(plan.changes.map((change) => change.when)).toEqual(['next-boot']);
  });

  test('refuses to rename or to change the UUID', async () => {
    const { domains } = driver({ running: false });
    await expect(planEdit(domains, uuid, stored.replace('>web<', '>mail<'))).rejects.toThrow(
      "The name of 'web' can't be changed",
    );
    await expect(planEdit(domains, uuid, stored.replace('4dea', '5dea'))).rejects.toThrow(
      "The UUID of 'web' can't be changed",
    );
  });
});

describe('applying an edit', () => {
  test('changes the guest first, then stores the definition', async () => {
    const { domains, asked } = driver({ running: true });
    await applyEdit(domains, uuid, edited, 'window');
    expect(asked.map((entry) => entry.split(' ')[0])).toEqual(['vcpus', 'update', 'attach', 'define']);
    expect(asked[3]).toBe('define with vdb');
  });

  test('stores nothing when the guest refuses, and says what it had taken', async () => {
    const { domains, asked } = driver({ running: true, fail: 'attach' });
    await expect(applyEdit(domains, uuid, edited, 'window')).rejects.toMatchObject({
      data: { message: 'attach failed.', cause: expect.stringContaining('/domain/vcpu, /domain/devices/disk[sda]') },
    });
    expect(asked.some((entry) => entry.startsWith('define'))).toBe(false);
  });

  test('only stores when the machine is off', async () => {
    const { domains, asked } = driver({ running: false });
    await applyEdit(domains, uuid, edited, 'window');
    expect(asked).toEqual(['define with vdb']);
  });
});
