import { describe, expect, it } from 'vitest';
import { type Domain, formatDomain, parseDomain } from '../../../../../src-shared/model/domain/index.ts';
import { wholeDomain } from '../../../../../src-shared/model/domain/domain.ts';
import { emptyDevices } from '../../../../../src-shared/model/domain/normalise.ts';
import { parseSnapshot } from '../../../../../src-shared/model/snapshot.ts';

const machine = (devices: string, more = ''): string =>
  `<domain type='kvm'><name>web</name>${more}<devices>${devices}</devices></domain>`;

const devicesOf = (xml: string): NonNullable<Domain['devices']> => parseDomain(machine(xml)).devices ?? emptyDevices();

describe('the domain model', () => {
  it('is named as the XML is', () => {
    const domain = parseDomain(`<domain type='kvm' id='3'>
      <name>web</name>
      <memory unit='GiB' dumpCore='off'>2</memory>
      <vcpu placement='static' cpuset='0-1,4' current='2'>4</vcpu>
      <os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type><boot dev='cdrom'/></os>
      <on_crash>preserve</on_crash>
      <pm><suspend-to-mem enabled='no'/></pm>
    </domain>`);
    expect(domain).toMatchObject({
      type: 'kvm',
      id: 3,
      memory: { KiB: 2 * 1024 ** 2, dumpCore: false },
      vcpu: { placement: 'static', cpuset: [0, 1, 4], current: 2, value: 4 },
      os: { firmware: 'efi', type: { arch: 'x86_64', machine: 'q35', value: 'hvm' }, boot: [{ dev: 'cdrom' }] },
      on_crash: 'preserve',
      pm: { suspendToMem: { enabled: false } },
    });
  });

  it('tells disks apart by their type, with sources of their own', () => {
    const [file, network] = devicesOf(`
      <disk type='file' device='cdrom'><source file='/a.iso'/><target dev='sda' bus='sata'/></disk>
      <disk type='network'>
        <source protocol='rbd' name='pool/image'><host name='mon' port='6789'/></source>
        <target dev='vda' bus='virtio'/>
      </disk>`).disk;
    expect(file?.type === 'file' && file.source?.file).toBe('/a.iso');
    expect(network?.type === 'network' && network.source?.host).toEqual([{ name: 'mon', port: 6789 }]);
  });

  it('holds a chain of backing images, and its end', () => {
    const [disk] = devicesOf(`<disk type='file'><source file='/top'/>
      <backingStore type='file' index='1'><format type='qcow2'/><source file='/mid'/>
        <backingStore type='file'><format type='raw'/><source file='/base'/><backingStore/></backingStore>
      </backingStore><target dev='vda'/></disk>`).disk;
    expect(disk?.backingStore?.backingStore?.source?.file).toBe('/base');
    expect(disk?.backingStore?.backingStore?.backingStore).toEqual({});
  });

  it('tells network cards apart by where they lead, port forwards included', () => {
    const [card] = devicesOf(`<interface type='user'><backend type='passt'/>
      <portForward proto='tcp' address='127.0.0.1'><range start='2022' to='22'/><range start='80' end='90' exclude='yes'/></portForward>
    </interface>`).interface;
    expect(card?.type === 'user' && card.portForward[0]).toMatchObject({
      proto: 'tcp',
      range: [
        { start: 2022, to: 22 },
        { start: 80, end: 90, exclude: true },
      ],
    });
  });

  it('tells the host ends of character devices apart', () => {
    const { serial, channel } = devicesOf(`
      <serial type='unix'><source mode='bind' path='/s'/></serial>
      <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>`);
    expect(serial[0]?.type === 'unix' && serial[0].source?.path).toBe('/s');
    expect(channel[0]?.target?.type === 'virtio' && channel[0].target.name).toBe('com.redhat.spice.0');
  });

  it('holds what only one hypervisor understands', () => {
    const domain = parseDomain(
      `<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name>
        <q:commandline><q:arg value='-S'/><q:env name='A' value='1'/></q:commandline></domain>`,
    );
    expect(domain.qemuCommandline).toEqual({ arg: [{ value: '-S' }], env: [{ name: 'A', value: '1' }] });
    expect(formatDomain(domain)).toContain(
      `<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>`,
    );
  });

  it('can be written without having been read', () => {
    const domain: Domain = {
      type: 'qemu',
      name: 'new & small',
      sysinfo: [],
      seclabel: [],
      memory: { KiB: 1024 },
      devices: { ...emptyDevices(), memballoon: { model: 'none' } },
    };
    expect(formatDomain(domain)).toBe(`<domain type='qemu'>
  <name>new &amp; small</name>
  <memory unit='KiB'>1024</memory>
  <devices>
    <memballoon model='none'/>
  </devices>
</domain>
`);
  });

  it.each([
    [`<disk type='file'><target dev='vda' bus='warp'/></disk>`, '/domain/devices/disk/target/@bus'],
    [`<interface type='bridge'/>`, '/domain/devices/interface: The element <source> is missing.'],
    [`<hostdev type='pci'><source><address bus='0x100'/></source></hostdev>`, '/hostdev/source/address/@bus'],
    [
      `<graphics type='vnc' listen='1.1.1.1'><listen type='address' address='2.2.2.2'/></graphics>`,
      "The attribute 'listen' says '1.1.1.1', the first <listen> says '2.2.2.2'.",
    ],
    [
      `<serial type='tcp'><source mode='bind' host='h' service='1'><reconnect enabled='yes' timeout='1'/></source></serial>`,
      'Only a source that connects can reconnect.',
    ],
    [`<redirdev type='unix'><source mode='bind'/></redirdev>`, "A 'unix' device needs the path of its source."],
  ])('refuses %s', (xml, issue) => {
    expect(() => parseDomain(machine(xml))).toThrow(issue);
  });
});

describe('the domain of a snapshot', () => {
  it('may be no more than an id', () => {
    const { domain } = parseSnapshot(
      `<domainsnapshot><domain><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid></domain></domainsnapshot>`,
    );
    expect(domain?.uuid).toBe('c7a5fdbd-edaf-9455-926a-d65c16db1809');
    expect(wholeDomain(domain)).toBeUndefined();
  });

  it('is a domain when it is whole', () => {
    const { domain } = parseSnapshot(`<domainsnapshot>${machine('')}</domainsnapshot>`);
    expect(wholeDomain(domain)?.name).toBe('web');
  });
});
