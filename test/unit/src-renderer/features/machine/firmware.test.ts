import { describe, expect, it } from 'vitest';
import {
  bootEntries,
  firmwareOf,
  setBootOrder,
  setFirmware,
  setMachine,
} from '../../../../../src-renderer/features/machine/edit/firmware.ts';
import { formatDomain, parseDomain } from '../../../../../src-shared/model/domain/index.ts';
import { sample } from './sample.ts';

describe('editing the firmware', () => {
  it.each(['bios', 'efi-secure'] as const)('changes to %s and forgets the old files', (choice) => {
    const domain = setFirmware(sample(), choice);
    expect(firmwareOf(domain)).toBe(choice);
    expect(domain.os).not.toHaveProperty('loader');
    expect(domain.os).not.toHaveProperty('nvram');
    expect(firmwareOf(parseDomain(formatDomain(domain)))).toBe(choice);
  });

  it('keeps the files when the choice is what it was', () => {
    expect(setFirmware(sample(), 'efi')).toEqual(sample());
  });

  it('switches system management mode on for secure boot and keeps other features', () => {
    expect(setFirmware(sample(), 'efi-secure').features).toEqual({ acpi: true, smm: { state: true } });
  });
});

describe('another board', () => {
  it('frees the places of the old buses and moves what hung on the one that is gone', () => {
    const domain = setMachine(sample(), 'pc-i440fx-7.2');
    expect(domain.os?.type.machine).toBe('pc-i440fx-7.2');
    expect(domain.devices?.disk[0]).not.toHaveProperty('address');
    expect(domain.devices?.interface[0]).not.toHaveProperty('address');
    expect(domain.devices?.disk[1]?.target.bus).toBe('ide');
    expect(domain.devices?.controller.map(({ type }) => type)).toEqual(['scsi']);
  });

  it('of the same family keeps every place', () => {
    const domain = setMachine(sample(), 'pc-q35-6.2');
    expect(domain.devices).toEqual(sample().devices);
  });
});

describe('the boot order', () => {
  it('is read from the classes where devices have none of their own', () => {
    expect(bootEntries(sample()).map(({ kind, index, order }) => [kind, index, order])).toEqual([
      ['disk', 1, 1],
      ['disk', 0, 2],
      ['interface', 0, undefined],
    ]);
  });

  it('is written to the devices, and the classes go', () => {
    const domain = setBootOrder(sample(), [
      { kind: 'interface', index: 0 },
      { kind: 'disk', index: 0 },
    ]);
    expect(domain.os?.boot).toEqual([]);
    expect(domain.devices?.interface[0]?.boot).toEqual({ order: 1 });
    expect(domain.devices?.disk[0]?.boot).toEqual({ order: 2 });
    expect(domain.devices?.disk[1]).not.toHaveProperty('boot');
  });
});
