import { describe, expect, it } from 'vitest';
import { formatCapabilities, parseCapabilities } from '../../../../src-shared/model/capabilities.ts';
import { formatCheckpoint, parseCheckpoint } from '../../../../src-shared/model/checkpoint.ts';
import { formatDomainCapabilities, parseDomainCapabilities } from '../../../../src-shared/model/domain-capabilities.ts';
import { formatHostInterface, parseHostInterface } from '../../../../src-shared/model/host-interface.ts';
import { formatNodeDevice, parseNodeDevice } from '../../../../src-shared/model/node-device.ts';
import { formatNwfilter, parseNwfilter } from '../../../../src-shared/model/nwfilter.ts';
import { formatSecret, parseSecret } from '../../../../src-shared/model/secret.ts';
import { formatSnapshot, parseSnapshot } from '../../../../src-shared/model/snapshot.ts';
import { formatStoragePool, parseStoragePool } from '../../../../src-shared/model/storage-pool.ts';
import { formatStorageVolume, parseStorageVolume } from '../../../../src-shared/model/storage-volume.ts';

describe('the other objects', () => {
  it('host capabilities know guests, machines and NUMA nodes', () => {
    const xml = `<capabilities>
  <host>
    <topology>
      <cells num='1'>
        <cell id='0'>
          <memory unit='KiB'>2048</memory>
          <cpus num='1'>
            <cpu id='0' socket_id='0' core_id='0' siblings='0-1'/>
          </cpus>
        </cell>
      </cells>
    </topology>
  </host>
  <guest>
    <os_type>hvm</os_type>
    <arch name='x86_64'>
      <wordsize>64</wordsize>
      <machine canonical='pc-i440fx-7.2' maxCpus='255'>pc</machine>
      <domain type='kvm'/>
    </arch>
    <features>
      <acpi default='on' toggle='yes'/>
    </features>
  </guest>
</capabilities>
`;
    const { host, guest } = parseCapabilities(xml);
    expect(host?.topology?.cells?.cell[0]?.cpus?.cpu[0]?.siblings).toEqual([0, 1]);
    expect(guest[0]?.arch.machine[0]).toEqual({ canonical: 'pc-i440fx-7.2', maxCpus: 255, value: 'pc' });
    expect(formatCapabilities(parseCapabilities(xml))).toBe(xml);
  });

  it('domain capabilities list the words this host accepts', () => {
    const xml = `<domainCapabilities>
  <domain>kvm</domain>
  <arch>x86_64</arch>
  <cpu>
    <mode name='custom' supported='yes'>
      <model usable='no' vendor='AMD'>EPYC</model>
    </mode>
  </cpu>
  <devices>
    <disk supported='yes'>
      <enum name='bus'>
        <value>sata</value>
        <value>virtio</value>
      </enum>
    </disk>
  </devices>
</domainCapabilities>
`;
    const { cpu, devices } = parseDomainCapabilities(xml);
    expect(cpu?.mode[0]?.model[0]).toEqual({ usable: 'no', vendor: 'AMD', value: 'EPYC' });
    expect(devices?.disk?.enum[0]).toEqual({ name: 'bus', value: ['sata', 'virtio'] });
    expect(formatDomainCapabilities(parseDomainCapabilities(xml))).toBe(xml);
  });

  it('checkpoints track disks with bitmaps', () => {
    const xml = `<domaincheckpoint>
  <name>one</name>
  <creationTime>1525889631</creationTime>
  <disks>
    <disk name='vda' checkpoint='bitmap' bitmap='one'/>
  </disks>
</domaincheckpoint>
`;
    expect(parseCheckpoint(xml).disks?.disk[0]).toEqual({ name: 'vda', checkpoint: 'bitmap', bitmap: 'one' });
    expect(formatCheckpoint(parseCheckpoint(xml))).toBe(xml);
  });

  it('snapshots hold where each disk went', () => {
    const xml = `<domainsnapshot>
  <name>before</name>
  <state>disk-snapshot</state>
  <disks>
    <disk name='vda' snapshot='external' type='file'>
      <driver type='qcow2'/>
      <source file='/a.before'/>
    </disk>
  </disks>
</domainsnapshot>
`;
    expect(parseSnapshot(xml).disks?.disk[0]?.source?.file).toBe('/a.before');
    expect(formatSnapshot(parseSnapshot(xml))).toBe(xml);
  });

  it('network filters keep rules and references in order', () => {
    const xml = `<filter name='web' chain='root'>
  <rule action='accept' direction='in' priority='100'>
    <tcp dstportstart='80' comment='http'/>
  </rule>
  <filterref filter='no-spoofing'/>
  <rule action='drop' direction='inout' priority='500' statematch='false'>
    <all/>
  </rule>
</filter>
`;
    const [accept, reference] = parseNwfilter(xml).entries;
    expect(accept?.element === 'rule' && accept.value.tcp[0]?.dstportstart).toBe('80');
    expect(reference).toEqual({ element: 'filterref', value: { filter: 'no-spoofing', parameter: [] } });
    expect(formatNwfilter(parseNwfilter(xml))).toBe(xml);
  });

  it('node devices know what they can do', () => {
    const xml = `<device>
  <name>pci_0000_00_1f_6</name>
  <parent>computer</parent>
  <capability type='pci'>
    <class>0x020000</class>
    <domain>0</domain>
    <bus>0</bus>
    <slot>31</slot>
    <function>6</function>
    <product id='0x15b7'>I219-LM</product>
    <vendor id='0x8086'/>
    <iommuGroup number='8'>
      <address domain='0x0000' bus='0x00' slot='0x1f' function='0x6'/>
    </iommuGroup>
  </capability>
</device>
`;
    const [capability] = parseNodeDevice(xml).capability;
    expect(capability?.type === 'pci' && capability.iommuGroup?.address[0]?.slot).toBe(31);
    expect(formatNodeDevice(parseNodeDevice(xml))).toBe(xml);
  });

  it('host interfaces join others', () => {
    const xml = `<interface type='bridge' name='br0'>
  <start mode='onboot'/>
  <bridge stp='off'>
    <interface type='ethernet' name='eth0'>
    </interface>
    <interface type='vlan' name='eth1.4'>
      <vlan tag='4'/>
    </interface>
  </bridge>
</interface>
`;
    const bridge = parseHostInterface(xml);
    expect(bridge.type === 'bridge' && bridge.bridge.interface.map(({ type }) => type)).toEqual(['ethernet', 'vlan']);
    expect(formatHostInterface(parseHostInterface(xml))).toBe(xml);
  });

  it('secrets say what they are for', () => {
    const xml = `<secret ephemeral='no' private='yes'>\n  <usage type='vtpm'>\n    <name>machine</name>\n  </usage>\n</secret>\n`;
    expect(parseSecret(xml).usage).toEqual({ type: 'vtpm', name: 'machine' });
    expect(formatSecret(parseSecret(xml))).toBe(xml);
  });

  it('pools and volumes hold sizes in bytes', () => {
    const pool = `<pool type='netfs' xmlns:fs='http://libvirt.org/schemas/storagepool/fs/1.0'>
  <name>nfs</name>
  <source>
    <host name='server'/>
    <dir path='/srv'/>
  </source>
  <fs:mount_opts>
    <fs:option name='sync'/>
  </fs:mount_opts>
</pool>
`;
    expect(parseStoragePool(pool).fsMountOpts?.option).toEqual([{ name: 'sync' }]);
    expect(formatStoragePool(parseStoragePool(pool))).toBe(pool);
    const volume = parseStorageVolume(`<volume><name>a</name><capacity unit='TiB'>2</capacity></volume>`);
    expect(volume.capacity).toEqual({ bytes: 2 * 1024 ** 4 });
    expect(formatStorageVolume(volume)).toContain(`<capacity unit='bytes'>2199023255552</capacity>`);
  });
});
