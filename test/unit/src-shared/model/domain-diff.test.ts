import { describe, expect, test } from 'vitest';
import { parseDomain } from '../../../../src-shared/model/domain/index.ts';
import { diffDomains } from '../../../../src-shared/model/domain-diff.ts';

const base = `<domain type='qemu'><name>web</name><memory unit='KiB'>1048576</memory><vcpu>2</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os>
<devices>
  <disk type='file' device='disk'><source file='/a.qcow2'/><target dev='vda' bus='virtio'/></disk>
  <disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>
  <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>
  <input type='tablet' bus='usb'/>
  <input type='keyboard' bus='usb'/>
</devices></domain>`;

const diff = (change: (xml: string) => string) => diffDomains(parseDomain(base), parseDomain(change(base)));

describe('the difference of two domains', () => {
  test('is nothing between equals, whatever their layout and aliases', () => {
    expect(diff((xml) => xml.replaceAll('\n', ' '))).toEqual([]);
    expect(
      diff((xml) =>
        xml.replace(
          "<input type='tablet' bus='usb'/>",
          "<input type='tablet' bus='usb'><alias name='input0'/></input>",
        ),
      ),
    ).toEqual([]);
    expect(
      diff((xml) =>
        xml
          .replace("<input type='tablet' bus='usb'/>", '')
          .replace('</devices>', "<input type='tablet' bus='usb'/></devices>"),
      ),
    ).toEqual([]);
  });

  test('names a changed section with both sides', () => {
    expect(diff((xml) => xml.replace('>1048576<', '>2097152<'))).toEqual([
      {
        type: 'section',
        section: 'memory',
        before: "<memory unit='KiB'>1048576</memory>",
        after: "<memory unit='KiB'>2097152</memory>",
      },
    ]);
    expect(diff((xml) => xml.replace('<vcpu>', '<title>Web</title><vcpu>'))).toEqual([
      { type: 'section', section: 'title', after: 'Web' },
    ]);
  });

  test('recognises a disk by its target and a card by its address', () => {
    expect(diff((xml) => xml.replace('/a.qcow2', '/b.qcow2'))).toMatchObject([
      {
        type: 'device-changed',
        before: { kind: 'disk', name: 'vda' },
        after: { name: 'vda', xml: expect.stringContaining('/b.qcow2') },
      },
    ]);
    expect(
      diff((xml) => xml.replace("00:01'/><model type='virtio'/>", "00:02'/><model type='virtio'/>")),
    ).toMatchObject([
      { type: 'device-removed', device: { kind: 'interface', name: '52:54:00:00:00:01' } },
      { type: 'device-added', device: { kind: 'interface', name: '52:54:00:00:00:02' } },
    ]);
  });

  test('takes a disk that moved to another bus for the same disk', () => {
    expect(
      diff((xml) => xml.replace("<target dev='vda' bus='virtio'/>", "<target dev='sdb' bus='sata'/>")),
    ).toMatchObject([{ type: 'device-changed', before: { name: 'vda' }, after: { name: 'sdb' } }]);
  });

  test('tells which of several alike devices went', () => {
    expect(diff((xml) => xml.replace("<input type='tablet' bus='usb'/>", ''))).toMatchObject([
      { type: 'device-removed', device: { kind: 'input', xml: expect.stringContaining('tablet') } },
    ]);
  });
});
