import { describe, expect, it } from 'vitest';
import type { Creation } from '../../../../src-shared/contract/create.ts';
import { readOrganisation, readOsId } from '../../../../src-shared/model/domain-metadata.ts';
import { parseDomain } from '../../../../src-shared/model/domain/index.ts';
import type { CreationFacts } from '../../../../src-main/creation/facts.ts';
import { findingSentence } from '../../../../src-main/creation/findings.ts';
import { planCreation } from '../../../../src-main/creation/plan.ts';
import { debian, facts, resources, spec } from './facts.ts';

const gib = 2 ** 30;
const plan = (change: Partial<Creation> = {}, know: Partial<CreationFacts> = {}) =>
  planCreation({ ...spec, ...change }, { ...facts, ...know });
const withoutDisk = ({ disk: _disk, ...rest }: Creation): Creation => rest;
const labels = (change: Partial<Creation> = {}, know: Partial<CreationFacts> = {}) =>
  plan(change, know).findings.map(({ severity, label }) => `${severity} ${label.replace('create.finding.', '')}`);
const image = {
  path: '/old/disk.vmdk',
  format: 'vmdk',
  virtualSizeBytes: 4 * gib,
  allocatedBytes: 3 * gib,
  usedBy: [],
};

describe('the definition', () => {
  it('is one the schema reads back as it is', () => {
    const { xml, domain } = plan({ folder: 'lab/web', title: 'The web server', tpm: true, firmware: 'efi-secure' });
    expect(parseDomain(xml)).toMatchObject({ name: 'web', uuid: facts.uuid, title: 'The web server' });
    expect(parseDomain(xml).devices).toEqual(domain.devices);
    expect(readOrganisation(domain.metadata)).toEqual({ folder: 'lab/web', tags: [] });
    expect(readOsId(domain.metadata)).toBe(debian.id);
  });

  it('gives the best devices, and starts from the disk before the CD', () => {
    const { devices, cpu, type } = plan().domain;
    expect(type).toBe('kvm');
    expect(cpu).toMatchObject({ mode: 'host-passthrough', topology: { sockets: 1, cores: 2, threads: 1 } });
    expect(devices?.disk).toMatchObject([
      {
        device: 'disk',
        target: { dev: 'vda', bus: 'virtio' },
        source: { file: '/images/web.qcow2' },
        boot: { order: 1 },
      },
      {
        device: 'cdrom',
        target: { dev: 'sda', bus: 'sata' },
        source: { file: '/iso/debian-11.iso' },
        boot: { order: 2 },
      },
    ]);
    expect(devices?.interface).toMatchObject([{ type: 'user', model: { type: 'virtio' } }]);
    expect(devices?.graphics).toMatchObject([{ type: 'spice', listens: [{ type: 'socket' }] }]);
    expect(devices?.channel.map((channel) => channel.type)).toEqual(['unix', 'spicevmc']);
    expect(devices?.controller.filter((item) => item.type === 'pci' && item.model === 'pcie-root-port')).toHaveLength(
      10,
    );
    expect(devices).toMatchObject({ memballoon: { model: 'virtio' }, rng: [{ model: 'virtio' }], tpm: [] });
  });

  it('uses what works without KVM, and says that it is slow', () => {
    const abilities = { ...facts.abilities, virtType: 'qemu', noKvmReason: 'No /dev/kvm.' } as const;
    expect(plan({}, { abilities }).domain).toMatchObject({ type: 'qemu', cpu: { mode: 'maximum' } });
    const [finding] = plan({}, { abilities }).findings;
    expect(finding === undefined ? '' : findingSentence(finding)).toContain('No /dev/kvm.');
  });

  it('has secure boot with enrolled keys, SMM and a TPM where that is asked', () => {
    const { os, features, devices } = plan({ firmware: 'efi-secure', tpm: true }).domain;
    expect(os).toMatchObject({ firmware: 'efi', type: { machine: 'q35' } });
    expect(os?.firmwareFeatures?.feature).toContainEqual({ name: 'secure-boot', enabled: true });
    expect(features?.smm).toEqual({ state: true });
    expect(devices?.tpm).toMatchObject([{ model: 'tpm-crb', backend: { type: 'emulator', version: '2.0' } }]);
  });

  it('keeps local time and enlightenments for Windows', () => {
    const os = { ...debian, family: 'winnt' };
    expect(plan({}, { os }).domain).toMatchObject({
      clock: { offset: 'localtime' },
      features: { hyperv: { relaxed: { state: true } } },
    });
    const abilities = { ...facts.abilities, virtType: 'qemu' } as const;
    expect(plan({}, { os, abilities }).domain.features?.hyperv).toBeUndefined();
  });

  it('forwards ports from this host only, unless told', () => {
    const forwards: Creation['forwards'] = [
      { protocol: 'tcp', hostPort: 2222, guestPort: 22 },
      { protocol: 'udp', hostAddress: '0.0.0.0', hostPort: 5353, guestPort: 53 },
    ];
    expect(plan({ forwards }).domain.devices?.interface).toMatchObject([
      {
        portForward: [
          { proto: 'tcp', address: '127.0.0.1', range: [{ start: 2222, to: 22 }] },
          { proto: 'udp', address: '0.0.0.0', range: [{ start: 5353, to: 53 }] },
        ],
      },
    ]);
  });

  it('uses the VNC agent with VNC, and neither display nor tablet without one', () => {
    expect(plan({ graphics: 'vnc' }).domain.devices?.channel.map(({ type }) => type)).toEqual(['unix']);
    const headless = plan({ graphics: 'none' }).domain.devices;
    expect(headless).toMatchObject({ graphics: [], video: [], input: [] });
    expect(headless?.serial).toHaveLength(1);
  });
});

describe('images', () => {
  it('are made where nothing is yet', () => {
    const { images } = plan({}, { volumes: new Set(['web.qcow2', 'web-1.qcow2']) });
    expect(images).toEqual([
      { kind: 'new', pool: facts.pool?.uuid, name: 'web-2.qcow2', format: 'qcow2', capacityBytes: 20 * gib },
    ]);
  });

  it('are used where they are, or copied and converted to what runs well', () => {
    const path = image.path;
    const reference = planCreation(
      { ...withoutDisk(spec), source: { type: 'disk', path, format: 'vmdk', mode: 'reference' } },
      { ...facts, image },
    );
    expect(reference.images).toEqual([]);
    expect(reference.domain.devices?.disk).toMatchObject([{ driver: { type: 'vmdk' }, source: { file: path } }]);
    const copy = planCreation(
      { ...withoutDisk(spec), source: { type: 'disk', path, format: 'vmdk', mode: 'copy' } },
      { ...facts, image },
    );
    expect(copy.images).toMatchObject([{ kind: 'copy', name: 'web.qcow2', format: 'qcow2', from: { format: 'vmdk' } }]);
    expect(copy.domain.devices?.disk).toMatchObject([{ source: { file: '/images/web.qcow2' } }]);
  });

  it('of clouds grow to what the system wants', () => {
    const cloud = planCreation(
      { ...withoutDisk(spec), source: { type: 'cloud', path: '/c.qcow2', format: 'qcow2' } },
      { ...facts, image: { ...image, path: '/c.qcow2', format: 'qcow2' } },
    );
    expect(cloud.images).toMatchObject([{ kind: 'copy', growToBytes: 20 * gib }]);
  });

  it('and a second disk do not take the same name', () => {
    const both = plan(
      { source: { type: 'disk', path: '/a.qcow2', format: 'qcow2', mode: 'copy' } },
      { image: { ...image, format: 'qcow2' } },
    );
    expect(both.images.map(({ name }) => name)).toEqual(['web.qcow2', 'web-1.qcow2']);
    expect(both.domain.devices?.disk.map(({ target }) => target.dev)).toEqual(['vda', 'vdb']);
  });

  it('from the web are named by their address', () => {
    const name = (url: string) => plan({ source: { type: 'url', url } }).images[0]?.name;
    expect(name('https://example.org/iso/debian%2012.iso?x=1')).toBe('debian_12.iso');
    expect(name('https://example.org/')).toBe('download');
    expect(name('https://example.org/../..%2f..%2fetc%2fpasswd')).toBe('_.._etc_passwd');
  });
});

describe('findings', () => {
  it('are none for a sensible machine', () => {
    expect(labels()).toEqual([]);
  });

  it('keep impossible machines from being made', () => {
    expect(labels({ name: 'db' })).toEqual(['error name-taken']);
    expect(labels({ memoryKiB: 64 * 2 ** 20 })).toEqual(['error memory-over-host']);
    expect(labels({}, { medium: { path: '/x', kind: 'disk', format: 'qcow2', sizeBytes: 1 } })).toEqual([
      'error medium-not-iso',
    ]);
    const { medium: _medium, ...unread } = facts;
    expect(
      planCreation(spec, { ...unread, mediumProblem: 'There is no such file.' }).findings.map(findingSentence),
    ).toEqual(["'/iso/debian-11.iso' can't be read. There is no such file."]);
    expect(labels({ tpm: true }, { abilities: { ...facts.abilities, tpm: false } })).toEqual(['error tpm-missing']);
    expect(labels({ firmware: 'efi' }, { abilities: { ...facts.abilities, efi: false } })).toEqual([
      'error efi-missing',
    ]);
    expect(labels({ graphics: 'spice' }, { abilities: { ...facts.abilities, graphics: ['vnc'] } })).toEqual([
      'error graphics-missing',
    ]);
    const forward = { protocol: 'tcp', hostPort: 80, guestPort: 80 } as const;
    expect(labels({ forwards: [forward] })).toEqual(['error port-privileged']);
    const high = { ...forward, hostPort: 8080 };
    expect(labels({ forwards: [high, high] })).toEqual(['error port-twice']);
  });

  it('say when a copy does not fit, and when a disk may outgrow its pool', () => {
    const pool = facts.pool === undefined ? {} : { pool: { ...facts.pool, availableBytes: 2 * gib } };
    const copy = { source: { type: 'disk', path: '/a', format: 'vmdk', mode: 'copy' } } as const;
    expect(labels(copy, { ...pool, image })).toEqual(['error no-space']);
    expect(labels({}, pool)).toEqual(['warning disk-over-free']);
  });

  it('warn of what is slow, unsupported or will not install', () => {
    expect(labels({ netModel: 'e1000e' })).toEqual(['warning emulated-nic']);
    expect(labels({ disk: { sizeBytes: gib, format: 'qcow2', bus: 'sata' } })).toEqual(['warning emulated-disk']);
    expect(labels({ memoryKiB: 2 ** 19 })).toEqual(['warning memory-below-minimum']);
    expect(labels({ vcpus: 16 })).toEqual(['warning cpus-over-host']);
    expect(labels({}, { os: { ...debian, endOfLife: '2020-01-01' } })).toEqual(['info os-end-of-life']);
    expect(labels({}, { resources: { ...resources, firmware: 'efi-secure', tpm: true } })).toEqual([
      'warning needs-secure-boot',
      'warning needs-tpm',
    ]);
    const iso = { path: '/iso', kind: 'iso', format: 'iso', sizeBytes: 1, bootable: false } as const;
    expect(labels({}, { medium: iso })).toEqual(['warning medium-not-bootable']);
    const used = { source: { type: 'disk', path: '/a', format: 'qcow2', mode: 'reference' } } as const;
    expect(labels(used, { image: { ...image, format: 'qcow2', usedBy: ['db'] } })).toEqual(['warning image-in-use']);
  });

  it('all have a sentence, with their values in it', () => {
    for (const { label, values } of plan({ name: 'db', memoryKiB: 64 * 2 ** 20, netModel: 'e1000e' }).findings) {
      const sentence = findingSentence({ label, values, severity: 'info' });
      expect(sentence).not.toBe(label);
      expect(sentence).not.toContain('undefined');
    }
  });
});
