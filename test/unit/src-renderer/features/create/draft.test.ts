import { describe, expect, it } from 'vitest';
import type { MediumInfo, OsResources } from '../../../../../src-shared/contract/create.ts';
import {
  completed,
  creationOf,
  type Defaults,
  type Draft,
  emptyDraft,
  hasNewDisk,
  missing,
  nameBase,
  osOf,
  sourceFor,
} from '../../../../../src-renderer/features/create/draft.ts';
import { nextForward } from '../../../../../src-renderer/features/create/forwards.tsx';
import { memorySteps } from '../../../../../src-renderer/features/create/memory-slider.tsx';

const GiB = 1024 ** 3;
const debian = { id: 'http://debian.org/debian/12', shortId: 'debian12', name: 'Debian 12' };
const resources: OsResources = {
  os: debian,
  memoryKiB: 2 * 1024 * 1024,
  vcpus: 2,
  diskBytes: 20 * GiB,
  diskBus: 'virtio',
  netModel: 'virtio',
  video: 'virtio',
  sound: 'ich9',
  firmware: 'efi',
  tpm: false,
  machine: 'q35',
  agentChannel: true,
  rng: true,
  balloon: true,
  usbTablet: true,
};
const defaults: Defaults = { uri: 'qemu:///session', resources, suggestedName: 'debian12', graphics: 'spice' };
const iso: MediumInfo = { path: '/a/debian.iso', kind: 'iso', format: 'iso', sizeBytes: 1, os: debian };
const disk: MediumInfo = { path: '/a/b.qcow2', kind: 'disk', format: 'qcow2', sizeBytes: 1 };
const withIso: Draft = { ...emptyDraft, path: iso.path, medium: iso };

describe('a machine that is being thought up', () => {
  it('needs nothing but a medium: the rest is what the system recommends', () => {
    expect(creationOf(withIso, defaults)).toEqual({
      uri: 'qemu:///session',
      name: 'debian12',
      source: { type: 'iso', path: iso.path },
      osId: debian.id,
      memoryKiB: 2 * 1024 * 1024,
      vcpus: 2,
      firmware: 'efi',
      tpm: false,
      machine: 'q35',
      disk: { sizeBytes: 20 * GiB, format: 'qcow2', bus: 'virtio' },
      network: 'user',
      netModel: 'virtio',
      forwards: [],
      graphics: 'spice',
      video: 'virtio',
      sound: 'ich9',
      startNow: true,
    });
  });

  it('keeps what was said when the system changes', () => {
    const chosen = { ...withIso, memoryKiB: 512 * 1024, firmware: 'bios' } as const;
    const other = { ...defaults, resources: { ...resources, memoryKiB: 8 * 1024 * 1024, vcpus: 4 } };
    expect(completed(chosen, other)).toMatchObject({ memoryKiB: 512 * 1024, firmware: 'bios', vcpus: 4 });
  });

  it('says what is missing, and is nothing until then', () => {
    expect(missing(emptyDraft, 'a')).toEqual(['path']);
    expect(missing({ ...emptyDraft, path: '/x' }, '')).toEqual(['medium', 'name']);
    expect(missing({ ...emptyDraft, source: 'url', url: 'no address' }, 'a')).toEqual(['url']);
    expect(missing({ ...emptyDraft, source: 'empty' }, 'a')).toEqual([]);
    expect(creationOf({ ...emptyDraft, path: '/x' }, defaults)).toBeUndefined();
    expect(creationOf({ ...withIso, medium: { ...iso, kind: 'unknown' } }, defaults)).toBeUndefined();
  });

  it('takes a disk image’s format from what was found in it', () => {
    const imported: Draft = { ...emptyDraft, source: 'disk', path: disk.path, medium: disk, mode: 'copy' };
    const creation = creationOf(imported, defaults);
    expect(creation?.source).toEqual({ type: 'disk', path: disk.path, format: 'qcow2', mode: 'copy' });
    expect(creation?.disk).toBeUndefined();
  });

  it('has no sound and no ports where nobody could use them', () => {
    const headless: Draft = {
      ...withIso,
      graphics: 'none',
      network: 'none',
      forwards: [{ protocol: 'tcp', hostPort: 2222, guestPort: 22 }],
    };
    expect(completed(headless, defaults)).toMatchObject({ video: 'none', forwards: [] });
    expect(completed(headless, defaults).sound).toBeUndefined();
  });
});

describe('what is put in', () => {
  it('decides what it is, unless that was said', () => {
    expect(sourceFor(iso, 'disk')).toBe('iso');
    expect(sourceFor(disk, 'iso')).toBe('disk');
    expect(sourceFor(disk, 'cloud')).toBe('cloud');
  });

  it('decides the system, until another is chosen by hand', () => {
    expect(osOf(withIso)).toBe(debian.id);
    expect(osOf({ ...withIso, osId: 'other' })).toBe('other');
    expect(osOf({ ...withIso, source: 'empty' })).toBeUndefined();
  });

  it('an install gets a disk, an image brings its own', () => {
    expect(hasNewDisk(withIso)).toBe(true);
    expect(hasNewDisk({ ...withIso, source: 'cloud' })).toBe(false);
    expect(hasNewDisk({ ...withIso, newDisk: false })).toBe(false);
  });
});

describe('names', () => {
  it('come from the system, or from the file, and never hold what a name may not', () => {
    expect(nameBase(withIso, resources)).toBe('debian12');
    const unknown = { ...emptyDraft, path: '/x/My Disk (1).qcow2' };
    expect(nameBase(unknown, resources)).toBe('my-disk-1');
    expect(nameBase({ ...emptyDraft, path: '/x/???.iso' }, resources)).toBe('machine');
  });
});

describe('small helps', () => {
  it('the next port is one that is not taken', () => {
    const first = nextForward([]);
    expect(first).toEqual({ protocol: 'tcp', hostPort: 2222, guestPort: 22 });
    expect(nextForward([first]).hostPort).toBe(2223);
  });

  it('memory steps end with the host', () => {
    const steps = memorySteps(1024 * 1024);
    expect(steps.at(-1)).toBe(1024 * 1024);
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
  });
});
