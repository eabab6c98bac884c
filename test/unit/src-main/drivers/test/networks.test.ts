import { beforeEach, describe, expect, it } from 'vitest';
import { TestNetworks } from '../../../../../src-main/drivers/test/networks.ts';
import { defaultNode } from '../../../../../src-main/drivers/test/node.ts';
import { Emitter, type EngineEvent } from '../../../../../src-main/engine/events.ts';

const uuid = 'dd8fe884-6c02-601e-7551-cca97df1c5df';
let networks: TestNetworks;
let told: string[];

beforeEach(() => {
  told = [];
  const events = new Emitter<EngineEvent>();
  events.subscribe((event) => {
    if (event.type === 'network') told.push(`${event.name} ${event.event}`);
  });
  const { domains, networks: initial } = defaultNode();
  const guests = () => domains.map(({ domain }, index) => ({ id: index + 1, uuid: domain.uuid, domain }));
  networks = new TestNetworks({ uri: 'test:///default', events, guests }, initial);
});

const xmlOf = (name: string, subnet: string): string =>
  `<network><name>${name}</name><forward/><ip address='${subnet}.1' netmask='255.255.255.0'/></network>`;

describe('networks of a pretended host', () => {
  it('begin with libvirt’s default network', async () => {
    expect(await networks.list()).toEqual([
      {
        ...{ uuid, name: 'default', active: true, persistent: true, autostart: false, mode: 'nat', bridge: 'virbr0' },
        addresses: ['192.168.122.1/24'],
      },
    ]);
  });

  it('are defined, started, stopped and forgotten, and tell of it', async () => {
    const made = await networks.define(xmlOf('lab', '192.168.50'));
    expect(made).toMatchObject({ active: false, bridge: 'virbr1' });
    await networks.start(made.uuid);
    await expect(networks.start(made.uuid)).rejects.toMatchObject({ code: 'operation-invalid' });
    await networks.destroy(made.uuid);
    await networks.undefine(made.uuid);
    await expect(networks.lookupByUuid(made.uuid)).rejects.toMatchObject({ code: 'no-network' });
    expect(told).toEqual(['lab defined', 'lab started', 'lab stopped', 'lab undefined']);
  });

  it('do not start on a subnet that an active one has, and say why beforehand', async () => {
    const xml = xmlOf('twin', '192.168.122');
    expect((await networks.planXml(xml)).findings).toMatchObject([{ id: 'subnet-in-use', severity: 'error' }]);
    const { uuid: twin } = await networks.define(xml);
    await expect(networks.start(twin)).rejects.toMatchObject({ code: 'operation-failed' });
  });

  it('list what they changed until they stop', async () => {
    expect(await networks.hostChanges()).toMatchObject([{ owner: `network-${uuid}`, user: 'test' }]);
    expect((await networks.hostDevices()).map(({ name }) => name)).toContain('virbr0');
    await networks.destroy(uuid);
    expect(await networks.hostChanges()).toEqual([]);
    expect((await networks.hostDevices()).map(({ name }) => name)).not.toContain('virbr0');
  });

  it('give running guests the addresses reserved for them', async () => {
    const [lease] = await networks.leases(uuid);
    expect(lease).toMatchObject({ mac: 'aa:bb:cc:dd:ee:ff', address: '192.168.122.3', hostname: 'test' });
    const xml = "<host mac='aa:bb:cc:dd:ee:ff' name='test' ip='192.168.122.77'/>";
    await networks.update(uuid, { command: 'add-last', section: 'ip-dhcp-host', xml }, { live: true, config: true });
    expect(await networks.leases(uuid)).toMatchObject([{ address: '192.168.122.77' }]);
    expect(await networks.xml(uuid, { inactive: true })).toContain("ip='192.168.122.77'");
  });
});
