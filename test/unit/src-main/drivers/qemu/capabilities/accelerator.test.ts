import { describe, expect, it } from 'vitest';
import { hostArchitecture } from '../../../../../../src-main/drivers/qemu/capabilities/emulators.ts';
import {
  type AcceleratorHost,
  checkKvm,
  type KvmCheckOptions,
} from '../../../../../../src-main/drivers/qemu/capabilities/accelerator.ts';
import { testRom } from '../../../../../../src-main/drivers/qemu/capabilities/test-rom.ts';

const host: AcceleratorHost = {
  bootId: 'b',
  kernel: 'k',
  user: 1000,
  device: { mode: 0o20660, owner: 0, group: 107, number: 2792 },
  accessible: true,
};
const options: KvmCheckOptions = {
  binary: '/nonexistent/qemu',
  architecture: hostArchitecture(),
  builtIn: true,
  host,
  scratchFolder: '/nonexistent',
};

describe('checkKvm', () => {
  it('explains a QEMU without KVM', async () => {
    await expect(checkKvm({ ...options, builtIn: false })).resolves.toMatchObject({
      present: false,
      works: false,
      reason: expect.stringContaining('built without') as string,
    });
  });

  it('explains a guest of another kind', async () => {
    await expect(checkKvm({ ...options, architecture: 'sparc' })).resolves.toMatchObject({
      works: false,
      reason: expect.stringContaining('sparc') as string,
    });
  });

  it('explains a missing device, with the remedy', async () => {
    const { device: _device, ...without } = host;
    await expect(checkKvm({ ...options, host: { ...without, accessible: false } })).resolves.toMatchObject({
      present: false,
      works: false,
      reason: expect.stringMatching(/no \/dev\/kvm.*firmware/) as string,
    });
  });

  it('explains a device that may not be opened, with the command', async () => {
    await expect(checkKvm({ ...options, host: { ...host, accessible: false } })).resolves.toMatchObject({
      present: true,
      works: false,
      reason: expect.stringContaining('usermod -aG kvm') as string,
    });
  });
});

describe('testRom', () => {
  it('begins at the reset vector with a jump to its code', () => {
    const rom = testRom();
    expect(rom.length).toBe(65536);
    const jump = new DataView(rom.buffer).getInt16(0xfff1, true);
    expect(rom[0xfff0]).toBe(0xe9);
    expect(rom[0xfff3 + jump]).toBe(0xfa);
  });
});
