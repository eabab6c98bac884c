import { describe, expect, test } from 'vitest';
import { complete, domainXml, runContext, start } from '../../../../../support/completing.ts';

describe('a machine is not started with less than its definition asks for:', () => {
  test('an unknown element of a device is refused by name', () => {
    const stored = complete(domainXml("<rng model='virtio'><backend model='random'/><teleporter/></rng>"));
    expect(() => start(stored)).toThrow(/\/domain\/devices\/rng\/teleporter/);
  });

  test('an unknown device is refused by name', () => {
    expect(() => start(complete(domainXml("<teleporter type='fast'/>")))).toThrow(/teleporter/);
  });

  test('metadata of other programs is not its business', () => {
    const metadata = "<metadata><app:x xmlns:app='urn:app'>y</app:x></metadata>";
    expect(() => start(complete(domainXml('', metadata)))).not.toThrow();
  });

  test.each([
    ['<memtune>', "<memtune><hard_limit unit='MiB'>600</hard_limit></memtune>"],
    ['<blkiotune>', '<blkiotune><weight>500</weight></blkiotune>'],
    ['pinning', "<cputune><vcpupin vcpu='0' cpuset='0'/></cputune>"],
    ['<resource>', '<resource><partition>/machine</partition></resource>'],
  ])('%s is refused where nobody puts it into effect', (name, xml) => {
    const stored = complete(domainXml('', xml));
    expect(() => start(stored)).toThrow(name);
    const provides = new Set(['limits', 'affinity'] as const);
    expect(() => start(stored, { ...runContext, provides })).not.toThrow();
  });
});

describe('a running machine', () => {
  test('has names for its devices, sockets for its channels and ports for its displays', () => {
    const { devices } = start(
      complete(
        domainXml(
          "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel><graphics type='vnc' autoport='yes'/>",
        ),
      ),
    );
    expect(devices.channel[0]).toMatchObject({
      alias: { name: 'channel0' },
      source: { mode: 'bind', path: '/run/guest/org.qemu.guest_agent.0' },
    });
    expect(devices.graphics[0]).toMatchObject({ port: 5901 });
  });

  test('leaves its definition as it is', () => {
    const stored = complete(domainXml("<graphics type='vnc' autoport='yes'/>"));
    const before = structuredClone(stored);
    start(stored);
    expect(stored).toEqual(before);
  });
});
