/** Edits against a driver that really keeps two configurations. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDriver } from '../../../../src-main/drivers/test/driver.ts';
import { type Connection, type DomainApi, need } from '../../../../src-main/engine/driver.ts';
import { JobRegistry } from '../../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../../src-main/engine/logger.ts';
import { applyEdit, planEdit } from '../../../../src-main/engine/plan-edit.ts';
import { parseConnectUri } from '../../../../src-shared/uri.ts';

const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0';
const disk = (target: string): string =>
  `<disk type='file' device='disk'><source file='/guest/${target}'/><target dev='${target}' bus='virtio'/></disk>`;
const definition = (devices: string, extra = ''): string =>
  `<domain type='test'><name>web</name><uuid>${uuid}</uuid>${extra}<memory>1048576</memory><vcpu current='1'>4</vcpu>` +
  `<os><type>hvm</type></os><devices>${devices}</devices></domain>`;

let connection: Connection;
let domains: DomainApi;

beforeEach(async () => {
  const uri = parseConnectUri('test:///many?n=0');
  if (uri === undefined) throw new Error('no URI');
  const directories = { config: '/x', state: '/x', data: '/x', runtime: '/x', cache: '/x' };
  connection = await testDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
  ({ domains } = connection);
});
afterEach(() => connection.close());

const begin = async (devices: string): Promise<void> => {
  await need(domains, 'define')(definition(devices));
  await need(domains, 'start')(uuid);
};
const live = (): Promise<string> => domains.xml(uuid, { secure: true });
const stored = (): Promise<string> => domains.xml(uuid, { inactive: true, secure: true });
const summary = async (xml: string): Promise<unknown> =>
  (await planEdit(domains, uuid, xml)).changes.map(({ path, kind, when }) => `${kind} ${path} ${when}`);

describe('an edit of a running machine', () => {
  it('changes both configurations where it can, and leaves nothing waiting then', async () => {
    await begin(disk('vda'));
    const xml = (await stored()).replace('</disk>', `</disk>${disk('vdb')}`).replace("current='1'", "current='2'");
    expect(await summary(xml)).toEqual(['changed /domain/vcpu now', 'added /domain/devices/disk[vdb] now']);
    await applyEdit(domains, uuid, xml, 'window');
    for (const text of [await live(), await stored()]) {
      expect(text).toContain("dev='vdb'");
      expect(text).toContain("current='2'");
    }
    expect(await domains.lookupByUuid(uuid)).toMatchObject({ vcpus: 2, pendingChanges: false });
  });

  it('lets what a guest can not take wait for its next start', async () => {
    await begin(disk('vda'));
    const xml = (await stored()).replace(/<memory unit='KiB'>\d+/, "<memory unit='KiB'>2097152");
    expect(await summary(xml)).toEqual(['changed /domain/memory next-boot']);
    await applyEdit(domains, uuid, xml, 'window');
    expect(await domains.lookupByUuid(uuid)).toMatchObject({ maxMemoryKiB: 1048576, pendingChanges: true });
  });

  it('that takes back what was waiting asks nothing of the guest', async () => {
    await begin(disk('vda'));
    const before = await stored();
    await need(domains, 'attachDevice')(uuid, disk('vdb'), { config: true });
    expect(await summary(before)).toEqual(['removed /domain/devices/disk[vdb] now']);
    await applyEdit(domains, uuid, before, 'window');
    expect(await domains.lookupByUuid(uuid)).toMatchObject({ pendingChanges: false });
  });

  it('that asks for what the guest has already asks nothing of it either', async () => {
    await begin(disk('vda'));
    await need(domains, 'attachDevice')(uuid, disk('vdb'), { live: true });
    const xml = (await stored()).replace('</disk>', `</disk>${disk('vdb')}`);
    await applyEdit(domains, uuid, xml, 'window');
    expect((await live()).match(/dev='vdb'/g)).toHaveLength(1);
    expect(await stored()).toContain("dev='vdb'");
  });

  it('needs no UUID, and is refused when it is not XML of a domain', async () => {
    await begin(disk('vda'));
    const bare = definition(disk('vda'), '<title>Shop</title>').replace(`<uuid>${uuid}</uuid>`, '');
    await applyEdit(domains, uuid, bare, 'window');
    expect(await domains.lookupByUuid(uuid)).toMatchObject({ title: 'Shop', uuid });
    await expect(planEdit(domains, uuid, '<domain>')).rejects.toMatchObject({ code: 'xml-detail' });
    await expect(planEdit(domains, uuid, '<pool/>')).rejects.toMatchObject({ code: 'xml-error' });
  });

  it('whose definition is refused says what the guest has taken', async () => {
    await begin(disk('vda'));
    const xml = (await stored()).replace('</disk>', `</disk>${disk('vdb')}`);
    const define = need(domains, 'define');
    domains.define = async (text, options) => await define(`${text}<`, options);
    await expect(applyEdit(domains, uuid, xml, 'window')).rejects.toMatchObject({
      data: {
        cause: 'Already changed in the running machine: /domain/devices/disk[vdb]. Its definition is as it was.',
      },
    });
  });
});

describe('passwords', () => {
  const display = (attributes: string): string => `<graphics type='vnc' port='-1' autoport='yes'${attributes}/>`;

  it('that an editor was not shown are kept', async () => {
    await begin(display(" passwd='sesame'"));
    const seen = await domains.xml(uuid, { inactive: true });
    expect(seen).not.toContain('sesame');
    expect(await summary(seen)).toEqual([]);
    await applyEdit(domains, uuid, seen.replace('</name>', '</name><title>Shop</title>'), 'window');
    expect(await stored()).toContain("passwd='sesame'");
  });

  it('are changed and taken away when that is what the edit says, and not told', async () => {
    await begin(display(" passwd='sesame'"));
    const seen = await domains.xml(uuid, { inactive: true });
    const changed = seen.replace("autoport='yes'", "autoport='yes' passwd='open'");
    const plan = await planEdit(domains, uuid, changed);
    expect(JSON.stringify(plan)).not.toMatch(/sesame|open/);
    await applyEdit(domains, uuid, changed, 'window');
    expect(await stored()).toContain("passwd='open'");
    await applyEdit(domains, uuid, seen.replace("autoport='yes'", "autoport='yes' passwd=''"), 'window');
    expect(await stored()).not.toContain('passwd');
  });
});
