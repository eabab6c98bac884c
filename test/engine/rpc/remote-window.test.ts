/** What the window asks of a host, asked of one elsewhere: each function of its screens on a real libvirtd over ssh. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallName, Answer, Argument } from '../../../src-shared/contract/index.ts';
import { clientFolder, openRemoteClient, type RemoteClient } from '../../support/remote-client.ts';
import { machineXml, until } from '../../support/qemu-engine.ts';
import { type RemoteHost, startRemoteHost } from '../../support/remote-host.ts';
import { writeScreenGuest } from '../../support/screen-guest.ts';

const place = clientFolder();
let host: RemoteHost;
let far: RemoteClient;
let uri: string;

type WithoutUri<T> = { readonly [K in keyof T as Exclude<K, 'uri'>]: T[K] };

/** A call about the host. */
async function ask<N extends CallName>(name: N, argument: WithoutUri<Argument<N>>): Promise<Answer<N>> {
  return await far.client.call(name, { uri, ...argument } as unknown as Argument<N>);
}

/** Waits for a job. */
async function finish(id: string): Promise<void> {
  await until(`the job ${id} has ended`, async () => {
    const job = (await far.client.call('jobs.list', {})).find((each) => each.id === id);
    if (job?.state === 'failed') throw new Error(`${job.kind}: ${job.error?.message ?? ''} ${job.error?.cause ?? ''}`);
    return job?.state === 'succeeded';
  });
}

const heardSummary = (uuid: string, state: string): boolean =>
  far.heard.some(
    (event) =>
      event.channel === 'engine' &&
      event.event.type === 'domain-summary' &&
      event.event.summary.uuid === uuid &&
      event.event.summary.state === state,
  );

beforeAll(async () => {
  host = await startRemoteHost();
  far = await openRemoteClient(host);
  uri = await far.client.call('connections.add', { uri: host.uri({ known_hosts: place.knownHosts }) });
  await far.client.call('connections.open', { uri });
}, 120_000);

afterAll(async () => {
  await far.close();
  await host.stop();
  place.remove();
});

describe('the host', () => {
  it('tells what it has, not what this computer has', async () => {
    const node = await ask('connections.node', {});
    const told = await host.daemon.run(['virsh', 'nodeinfo']);
    expect(node).toMatchObject({
      cpus: Number(/CPU\(s\):\s+(\d+)/.exec(told)?.[1]),
      memoryKiB: Number(/Memory size:\s+(\d+)/.exec(told)?.[1]),
      hypervisorVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    });
    expect(await ask('connections.capabilities', {})).toContain('<guest>');
    expect(await ask('connections.domain-capabilities', { virtType: 'qemu' })).toContain('<domainCapabilities>');
  });
});

describe('its storage', () => {
  let pool: string;

  it('has a default pool, and others are made, started, refreshed and removed', async () => {
    pool = (await ask('storage.default-pool', {})).uuid;
    const xml = "<pool type='dir'><name>more</name><target><path>/var/lib/libvirt/more</path></target></pool>";
    const more = await ask('storage.pool-define', { xml });
    await ask('storage.pool-build', { pool: more.uuid });
    await ask('storage.pool-start', { pool: more.uuid });
    await ask('storage.pool-set-autostart', { pool: more.uuid, autostart: true });
    await ask('storage.pool-refresh', { pool: more.uuid });
    expect((await ask('storage.pools', {})).find(({ name }) => name === 'more')).toMatchObject({
      active: true,
      autostart: true,
    });
    expect(await ask('storage.pool-xml', { pool: more.uuid })).toContain('/var/lib/libvirt/more');
    await ask('storage.pool-destroy', { pool: more.uuid });
    await ask('storage.pool-undefine', { pool: more.uuid });
  });

  it('takes volumes up and gives them back, byte for byte, and tells how far it is', async () => {
    const from = join(place.folder, 'up.img');
    const to = join(place.folder, 'down.img');
    const bytes = Buffer.alloc(8 << 20, 'vivarium');
    writeFileSync(from, bytes);
    await finish(
      await ask('storage.volume-create', { pool, name: 'v.img', format: 'raw', capacityBytes: bytes.length }),
    );
    const upload = await ask('storage.volume-upload', { pool, name: 'v.img', from });
    await finish(upload);
    const progress = far.heard.filter((event) => event.channel === 'job' && event.job.id === upload);
    expect(progress.at(-1)).toMatchObject({ job: { done: bytes.length } });
    await finish(await ask('storage.volume-download', { pool, name: 'v.img', to }));
    expect(readFileSync(to).equals(bytes)).toBe(true);
    await ask('storage.volume-resize', { pool, name: 'v.img', capacityBytes: 16 << 20 });
    expect((await ask('storage.volumes', { pool })).find(({ name }) => name === 'v.img')?.capacityBytes).toBe(16 << 20);
    expect(await ask('storage.volume-xml', { pool, name: 'v.img' })).toContain('<volume');
    await ask('storage.volume-delete', { pool, name: 'v.img' });
  });

  it('takes an image in, converted on the way', async () => {
    const path = join(place.folder, 'import.img');
    writeScreenGuest(path);
    await finish(await ask('storage.import', { pool, path, name: 'i.qcow2', format: 'raw', convertTo: 'qcow2' }));
    expect((await ask('storage.volumes', { pool })).find(({ name }) => name === 'i.qcow2')?.format).toBe('qcow2');
    await ask('storage.volume-delete', { pool, name: 'i.qcow2' });
  });
});

describe('its networks', () => {
  it('are defined, started, changed and removed', async () => {
    const xml = `<network><name>lab</name><bridge name='virbr77'/><ip address='192.168.177.1' netmask='255.255.255.0'>
      <dhcp><range start='192.168.177.10' end='192.168.177.20'/></dhcp></ip></network>`;
    const { uuid } = await ask('networks.define', { xml });
    await ask('networks.start', { uuid });
    await until('it was told', () =>
      far.heard.some((event) => event.channel === 'engine' && event.event.type === 'network'),
    );
    expect((await ask('networks.list', {})).find(({ name }) => name === 'lab')).toMatchObject({ active: true });
    expect(await ask('networks.leases', { uuid })).toEqual([]);
    const update = "<host mac='52:54:00:00:00:09' ip='192.168.177.15'/>";
    await ask('networks.update', {
      uuid,
      live: true,
      config: true,
      command: 'add-last',
      section: 'ip-dhcp-host',
      xml: update,
    });
    expect(await ask('networks.xml', { uuid })).toContain('192.168.177.15');
    await ask('networks.set-autostart', { uuid, autostart: true });
    await ask('networks.destroy', { uuid });
    await ask('networks.undefine', { uuid });
  });
});

describe('its machines', () => {
  let uuid: string;

  it('are made by the page that makes machines here, with what is copied there', async () => {
    const path = join(place.folder, 'screen.img');
    writeScreenGuest(path);
    const resources = await ask('create.resources', {});
    const spec = {
      name: await ask('create.suggest-name', { base: 'made' }),
      source: { type: 'disk', path, format: 'raw', mode: 'reference' },
      memoryKiB: 65536,
      vcpus: 1,
      firmware: 'bios',
      tpm: false,
      machine: resources.machine,
      network: 'user',
      netModel: resources.netModel,
      forwards: [],
      graphics: 'vnc',
      video: 'vga',
      startNow: true,
    } satisfies WithoutUri<Argument<'create.plan'>>;
    const plan = await ask('create.plan', spec);
    expect(plan.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const made = await ask('create.run', spec);
    await finish(made.jobId);
    ({ uuid } = made);
    expect(await ask('domains.state', { uuid })).toMatchObject({ state: 'running' });
  });

  it('show their screens, take keys, have figures', async () => {
    await until('there is a picture', async () => (await ask('domains.screenshot', { uuid })).length > 100);
    await ask('domains.send-key', { uuid, codeset: 'linux', codes: [30] });
    await ask('stats.watch', { pace: 'fine' });
    const sample = await new Promise<unknown>((resolve) => {
      const stop = far.client.subscribe((event) => {
        if (
          event.channel !== 'engine' ||
          event.event.type !== 'stats' ||
          event.event.sample.domains[0]?.cpu === undefined
        )
          return;
        stop();
        resolve(event.event.sample);
      });
    });
    await ask('stats.watch', { pace: 'off' });
    const told = await host.daemon.run(['virsh', 'nodememstats']);
    expect(sample).toMatchObject({ host: { memoryTotalKiB: Number(/total\s*:\s+(\d+)/.exec(told)?.[1]) } });
  });

  it('are paused, resumed, reset, saved and started again, and it is told each time', async () => {
    await ask('domains.suspend', { uuid });
    await until('it was told', () => heardSummary(uuid, 'paused'));
    await ask('domains.resume', { uuid });
    await ask('domains.reset', { uuid });
    await ask('domains.reboot', { uuid });
    await ask('domains.set-autostart', { uuid, autostart: true });
    await finish(await ask('domains.managed-save', { uuid }));
    expect(await ask('domains.lookup', { text: uuid })).toMatchObject({ hasManagedSave: true, autostart: true });
    await ask('domains.start', { uuid });
    expect(await ask('domains.lookup', { text: uuid })).toMatchObject({ hasManagedSave: false, state: 'running' });
  });

  it('change while they run, and at their next start', async () => {
    const edit = async (change: (xml: string) => string): Promise<void> => {
      const xml = change(await ask('domains.xml', { uuid, inactive: true, secure: true }));
      const plan = await ask('domains.plan-edit', { uuid, xml });
      expect(plan.changes).not.toEqual([]);
      await ask('domains.apply-edit', { uuid, xml });
    };
    const card = "<interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>";
    await edit((xml) => xml.replace('</devices>', `${card}</devices>`));
    await until('the card is in', async () => (await ask('domains.xml', { uuid })).includes('52:54:00:11:22:33'));
    await edit((xml) => xml.replace(/<vcpu([^>]*)>1</, '<vcpu$1>2<'));
    expect(await ask('domains.lookup', { text: uuid })).toMatchObject({ pendingChanges: true });
    await ask('domains.set-title', { uuid, title: 'Far away', description: 'On another host' });
    await ask('domains.organise', { uuids: [uuid], folder: 'lab', addTags: ['far'] });
    await until('it is known', async () => (await ask('domains.lookup', { text: uuid })).tags.includes('far'));
    expect(await ask('domains.lookup', { text: uuid })).toMatchObject({ title: 'Far away', folder: 'lab' });
  });

  it('are ended, renamed, deleted to the bin and taken out again', async () => {
    await ask('domains.destroy', { uuid });
    await ask('domains.rename', { uuid, name: 'renamed' });
    const entry = await ask('domains.delete', { uuid, disks: [] });
    expect(await ask('domains.list', {})).toEqual([]);
    await far.client.call('bin.restore', { id: entry.id });
    expect(await ask('domains.list', {})).toMatchObject([{ name: 'renamed' }]);
    await ask('domains.undefine', { uuid });
  });

  it('run once from XML, are saved to a file there and come back from it', async () => {
    const { uuid: once } = await ask('domains.create-xml', { xml: machineXml({ name: 'once' }) });
    const path = '/var/lib/libvirt/qemu/once.save';
    await finish(await ask('domains.save', { uuid: once, path }));
    expect(await ask('domains.list', {})).toEqual([]);
    await finish(await ask('domains.restore', { path }));
    expect(await ask('domains.list', {})).toMatchObject([{ name: 'once', state: 'running' }]);
    await ask('domains.destroy', { uuid: once });
  });

  it('lack what the host can’t do, by name', async () => {
    const { domainVerbs } = far.hosted.engine.connections().find((each) => each.uri === uri) ?? { domainVerbs: [] };
    expect(domainVerbs).not.toContain('log');
    expect(domainVerbs).not.toContain('history');
    await expect(ask('domains.log', { uuid })).rejects.toMatchObject({ data: { code: 'no-support' } });
  });
});
