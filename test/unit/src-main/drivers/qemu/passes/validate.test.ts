import { describe, expect, test } from 'vitest';
import { VirError } from '../../../../../../src-shared/errors.ts';
import { complete, domainXml } from '../../../../../support/completing.ts';

const disk = (target: string, rest = "<source file='/a'/>", attributes = ''): string =>
  `<disk type='file' ${attributes}>${rest}<target ${target}/></disk>`;

/** A definition, and the element its refusal names. */
const refused: readonly (readonly [what: string, xml: string, names: RegExp])[] = [
  ['an unknown machine', domainXml('').replace('q35', 'pc-q35-99.0'), /pc-q35-99\.0/],
  [
    'a topology that does not add up',
    domainXml('', "<vcpu>3</vcpu><cpu><topology sockets='1' cores='2' threads='1'/></cpu>"),
    /<topology>/,
  ],
  [
    'hugepages of a node that is not there',
    domainXml('', "<memoryBacking><hugepages><page size='2048' nodeset='3'/></hugepages></memoryBacking>"),
    /node 3/,
  ],
  ['two disks of one name', domainXml(disk("dev='vda' bus='virtio'") + disk("dev='vda' bus='virtio'")), /'vda'/],
  [
    'two drives in one place',
    domainXml(
      disk("dev='sda' bus='sata'") +
        disk("dev='sdb' bus='sata'").replace(
          '</disk>',
          "<address type='drive' controller='0' bus='0' unit='0'/></disk>",
        ),
    ),
    /'sda' and 'sdb'/,
  ],
  [
    'io=native with a cache',
    domainXml(disk("dev='vda' bus='virtio'", "<driver name='qemu' io='native'/><source file='/a'/>")),
    /io='native'/,
  ],
  [
    'an I/O thread that is not there',
    domainXml(disk("dev='vda' bus='virtio'", "<driver name='qemu' iothread='2'/><source file='/a'/>")),
    /I\/O thread 2/,
  ],
  [
    'limits in total and apart',
    domainXml(
      disk(
        "dev='vda' bus='virtio'",
        "<source file='/a'/><iotune><total_bytes_sec>1</total_bytes_sec><read_bytes_sec>1</read_bytes_sec></iotune>",
      ),
    ),
    /<iotune>/,
  ],
  ['a long VNC password', domainXml("<graphics type='vnc' passwd='123456789'/>"), /8 characters/],
  [
    'virtiofs without shared memory',
    domainXml("<filesystem type='mount'><driver type='virtiofs'/><source dir='/a'/><target dir='a'/></filesystem>"),
    /shared memory/,
  ],
  ['a TPM 1.2 with CRB', domainXml("<tpm model='tpm-crb'><backend type='emulator' version='1.2'/></tpm>"), /tpm-crb/],
  [
    'passt on a bridge',
    domainXml("<interface type='bridge'><source bridge='br0'/><backend type='passt'/></interface>"),
    /passt/,
  ],
  [
    'one device name twice',
    domainXml(
      "<rng model='virtio'><backend model='random'/><alias name='ua-a'/></rng><rng model='virtio'><backend model='random'/><alias name='ua-a'/></rng>",
    ),
    /ua-a/,
  ],
  [
    'features of firmware without choice',
    domainXml('').replace('</os>', "<firmware><feature enabled='yes' name='secure-boot'/></firmware></os>"),
    /<firmware>/,
  ],
  ['<on_reboot>preserve', domainXml('', '<on_reboot>preserve</on_reboot>'), /preserve/],
];

describe('a definition is refused that asks for', () => {
  test.each(refused)('%s', (_, xml, names) => {
    let thrown: unknown;
    try {
      complete(xml);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(VirError);
    expect((thrown as VirError).message).toMatch(names);
  });
});
