import { describe, expect, it } from 'vitest';
import { OsDatabase } from '../../../../src-main/catalogue/osinfo/database.ts';
import { osEntries } from '../../../../src-main/catalogue/osinfo/entry.ts';
import { identifyMedia, identifyTree } from '../../../../src-main/catalogue/osinfo/identify.ts';
import { osResources } from '../../../../src-main/catalogue/os-resources.ts';
import { parseTreeinfo } from '../../../../src-main/catalogue/treeinfo.ts';
import { readXml } from '../../../../src-shared/xml/read.ts';

const virtio = ['1000', '1001', '1003', '1005', '1041', '1042', '1045']
  .map((id) => `<device id='http://pcisig.com/pci/1af4/${id}'/>`)
  .join('');

const database = new OsDatabase(
  osEntries(
    readXml(`<libosinfo>
  <os id='x/parent/1'>
    <short-id>parent1</short-id><name xml:lang='de'>Elter 1</name><name>Parent 1</name>
    <family>linux</family><distro>parent</distro><version>1</version><release-date>2018-01-01</release-date>
    <devices>${virtio}<device id='http://qemu.org/chipset/x86/q35'/><device id='http://pcisig.com/pci/1af4/1050'/></devices>
    <resources arch='all'><minimum><ram>1073741824</ram></minimum>
      <recommended><n-cpus>4</n-cpus><ram>3221225472</ram><storage>32212254720</storage></recommended></resources>
    <media arch='x86_64'><iso><volume-id>^PARENT 1</volume-id><system-id>LINUX</system-id></iso></media>
    <media arch='x86_64'><iso><volume-id>^PARENT [12]</volume-id></iso></media>
  </os>
  <os id='x/child/2'>
    <short-id>child2</short-id><name>Child 2</name><family>linux</family><distro>child</distro>
    <derives-from id='x/parent/1'/><release-date>2020-01-01</release-date>
    <devices><device id='http://pcisig.com/pci/1af4/1050' supported='false'/></devices>
    <resources arch='all' inherit='true'/>
    <media arch='x86_64'><iso><volume-id>^PARENT [12]</volume-id></iso></media>
    <media arch='x86_64'><iso><volume-id>^CHILD</volume-id><volume-size>4096</volume-size></iso></media>
    <tree arch='x86_64'><treeinfo><family>^Child$</family><version>^2</version></treeinfo></tree>
  </os>
  <os id='x/rolling'>
    <short-id>rolling</short-id><name>Rolling</name><family>linux</family><release-status>rolling</release-status>
    <release-date>2024-01-01</release-date>
    <media arch='x86_64'><iso><volume-id>^PARENT</volume-id><system-id>LINUX</system-id></iso></media>
    <media arch='all'><iso/></media>
  </os>
  <os id='x/win/11'>
    <short-id>win11</short-id><name>Windows</name><family>winnt</family><distro>win</distro>
    <firmware arch='x86_64' type='efi'/><firmware arch='x86_64' type='bios' supported='false'/>
    <devices><device id='http://pcisig.com/pci/8086/10d3'/><device id='http://qemu.org/chipset/x86/q35'/></devices>
    <resources arch='x86_64'><minimum><n-cpus>2</n-cpus><ram>4294967296</ram><storage>68719476736</storage></minimum></resources>
  </os>
  <os id='x/dos'>
    <short-id>dos</short-id><name>DOS</name><family>msdos</family>
    <devices><device id='http://pcisig.com/pci/10ec/8029'/></devices>
    <resources arch='all'><minimum><ram>1048576</ram></minimum></resources>
  </os>
</libosinfo>`),
  ),
);

const medium = (volumeId: string, rest: object = {}) => ({ volumeId, volumeSizeBytes: 2048, ...rest });
const ids = (facts: Parameters<typeof identifyMedia>[1]): string[] =>
  identifyMedia(database, facts).map(({ os }) => os.shortIds[0] ?? '');
const host = { memoryKiB: 16 * 2 ** 20, cpus: 8 };
const resources = (id: string | undefined, on = host) =>
  osResources(database, id === undefined ? undefined : database.find(id), on);

describe('the database', () => {
  it('is looked up by id and short id, and named without translation', () => {
    expect(database.find('x/parent/1')?.name).toBe('Parent 1');
    expect(database.find('child2')?.id).toBe('x/child/2');
    expect(database.find('nothing')).toBeUndefined();
  });

  it('inherits devices, unless the system itself says otherwise', () => {
    const child = database.find('child2');
    const devices = child === undefined ? new Set() : database.devices(child);
    expect(devices.has('http://pcisig.com/pci/1af4/1001')).toBe(true);
    expect(devices.has('http://pcisig.com/pci/1af4/1050')).toBe(false);
  });
});

describe('recognising a medium', () => {
  it('prefers the rule that says more, then the newer system, and rolling releases last', () => {
    expect(ids(medium('PARENT 1', { systemId: 'LINUX' }))).toEqual(['parent1', 'child2', 'rolling']);
    expect(ids(medium('PARENT 2'))).toEqual(['child2', 'parent1']);
  });

  it('needs every field a rule mentions', () => {
    expect(ids(medium('CHILD'))).toEqual([]);
    expect(ids({ volumeId: 'CHILD', volumeSizeBytes: 4096 })).toEqual(['child2']);
    expect(ids({ volumeSizeBytes: 4096 })).toEqual([]);
  });

  it('reads install trees', () => {
    const facts = parseTreeinfo(
      '; comment\n[general]\nfamily = Child\nversion: 2.1\narch=x86_64\n[stage2]\nfamily=no\n',
    );
    expect(facts).toEqual({ family: 'Child', version: '2.1', arch: 'x86_64' });
    expect(facts === undefined ? undefined : identifyTree(database, facts)?.id).toBe('x/child/2');
    expect(parseTreeinfo('no sections here')).toBeUndefined();
  });
});

describe('what a system wants', () => {
  it('is its recommendation and its best devices', () => {
    expect(resources('parent1')).toMatchObject({
      memoryKiB: 3 * 2 ** 20,
      minimumMemoryKiB: 2 ** 20,
      vcpus: 4,
      diskBytes: 30 * 2 ** 30,
      diskBus: 'virtio',
      netModel: 'virtio',
      video: 'virtio',
      machine: 'q35',
      firmware: 'bios',
      tpm: false,
      agentChannel: true,
      rng: true,
      balloon: true,
    });
  });

  it('is inherited where the system says so', () => {
    expect(resources('child2')).toMatchObject({ memoryKiB: 3 * 2 ** 20, video: 'vga' });
  });

  it('does not take more than half of the host, nor less than the minimum', () => {
    expect(resources('parent1', { memoryKiB: 4 * 2 ** 20, cpus: 1 })).toMatchObject({
      memoryKiB: 2 * 2 ** 20,
      vcpus: 1,
    });
    expect(resources('win11', { memoryKiB: 4 * 2 ** 20, cpus: 8 }).memoryKiB).toBe(4 * 2 ** 20);
  });

  it('is secure boot and a TPM for Windows 11', () => {
    expect(resources('win11')).toMatchObject({
      firmware: 'efi-secure',
      tpm: true,
      machine: 'q35',
      diskBus: 'sata',
      netModel: 'e1000e',
      agentChannel: false,
      diskBytes: 64 * 2 ** 30,
    });
  });

  it('is old hardware for an old system, and that of today for an unknown one', () => {
    expect(resources('dos')).toMatchObject({
      machine: 'pc',
      diskBus: 'ide',
      netModel: 'ne2k_pci',
      memoryKiB: 16 * 1024,
    });
    expect(resources(undefined)).toMatchObject({ machine: 'q35', diskBus: 'virtio', os: { shortId: 'unknown' } });
  });
});
