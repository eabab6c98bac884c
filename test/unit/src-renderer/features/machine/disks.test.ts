import { describe, expect, it } from 'vitest';
import {
  busesFor,
  freeTarget,
  newCdrom,
  newDisk,
  setDiskBus,
  setDriver,
  setMedium,
} from '../../../../../src-renderer/features/machine/edit/disks.ts';
import { addDevice, removeDevice } from '../../../../../src-renderer/features/machine/edit/domain-edit.ts';
import { formatDomain, parseDomain } from '../../../../../src-shared/model/domain/index.ts';
import { sample } from './sample.ts';

describe('editing disks', () => {
  it('finds the first free name on a bus', () => {
    expect(freeTarget(sample(), 'virtio')).toBe('vdb');
    expect(freeTarget(sample(), 'sata')).toBe('sdb');
    expect(freeTarget(sample(), 'ide')).toBe('hda');
  });

  it('goes on with two letters after the twenty-sixth', () => {
    let domain = sample();
    for (let count = 0; count < 26; count += 1) {
      domain = addDevice(domain, 'disk', newDisk(domain, { path: `/images/${count}`, format: 'raw', bus: 'virtio' }));
    }
    expect(freeTarget(domain, 'virtio')).toBe('vdab');
  });

  it('moves a disk to another bus, without its old place but with all else', () => {
    const disk = setDiskBus(sample(), 0, 'sata').devices?.disk[0];
    expect(disk).toMatchObject({ target: { dev: 'sdb', bus: 'sata' }, driver: { cache: 'none', queues: 2 } });
    expect(disk).not.toHaveProperty('address');
  });

  it('keeps what the form does not know', () => {
    const text = formatDomain(setDriver(sample(), 0, { cache: 'writeback' }));
    expect(text).toContain("<vendor-extension keep='me'/>");
    expect(text).toContain("cache='writeback'");
    expect(text).toContain("queues='2'");
  });

  it('says nothing of what is left to the default', () => {
    expect(setDriver(sample(), 0, { cache: 'default' }).devices?.disk[0]?.driver).not.toHaveProperty('cache');
  });

  it('ejects and inserts a medium', () => {
    const empty = setMedium(sample(), 1, undefined);
    expect(empty.devices?.disk[1]).not.toHaveProperty('source');
    const full = parseDomain(formatDomain(setMedium(empty, 1, '/isos/b.iso'))).devices?.disk[1];
    expect(full).toMatchObject({ type: 'file', source: { file: '/isos/b.iso' }, readonly: true });
  });

  it('offers the buses the board has', () => {
    expect(busesFor('disk', sample())).not.toContain('ide');
    expect(busesFor('cdrom', sample())).not.toContain('virtio');
  });

  it('adds and removes drives', () => {
    const more = addDevice(sample(), 'disk', newCdrom(sample(), undefined));
    expect(more.devices?.disk[2]).toMatchObject({ device: 'cdrom', target: { dev: 'sdb', bus: 'sata' } });
    expect(removeDevice(more, 'disk', 2)).toEqual(sample());
  });
});
