import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEmulators, hostArchitecture } from '../../../src-main/drivers/qemu/capabilities/emulators.ts';
import { acceleratorHost, checkKvm } from '../../../src-main/drivers/qemu/capabilities/accelerator.ts';
import { CapabilitiesRegistry } from '../../../src-main/drivers/qemu/capabilities/registry.ts';
import { testRom, testRomDevice, testRomExitCode } from '../../../src-main/drivers/qemu/capabilities/test-rom.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { run } from '../../../src-main/host/process.ts';

let folder: string;
let binary: string;

const registry = (): CapabilitiesRegistry =>
  new CapabilitiesRegistry({ cacheFolder: folder, runtimeFolder: join(folder, 'run'), logger: silentLogger });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viv-caps-'));
  const emulators = await findEmulators();
  binary = emulators[0]?.path ?? '';
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe('the capabilities of this host’s QEMU', () => {
  it('finds an emulator for the host’s own kind first', async () => {
    expect((await findEmulators())[0]?.architecture).toBe(hostArchitecture());
  });

  it('are probed once and then come from the cache', async () => {
    const cold = performance.now();
    const first = await registry().get(binary);
    const warm = performance.now();
    const second = await registry().get(binary);
    const done = performance.now();
    console.log(`capabilities: cold ${Math.round(warm - cold)} ms, from the cache ${Math.round(done - warm)} ms`);
    expect(second.version).toEqual(first.version);
    expect(second.accelerators).toEqual(first.accelerators);
    expect(second.cpuModels('tcg')).toEqual(first.cpuModels('tcg'));
    expect(done - warm).toBeLessThan((warm - cold) / 2);
    // Nothing that was started for the probe is left behind.
    expect(await readdir(join(folder, 'run'))).toEqual([]);
  });

  it('know what a QEMU of these days can do', async () => {
    const found = await registry().get(binary);
    expect(found.architecture).toBe(hostArchitecture());
    expect(found.hasType('virtio-blk-pci')).toBe(true);
    expect(found.hasType('no-such-device')).toBe(false);
    expect(found.hasProperty('virtio-blk-pci', 'serial')).toBe(true);
    expect(found.hasProperty('memory-backend-memfd', 'share')).toBe(true);
    expect(found.hasCommand('blockdev-add')).toBe(true);
    expect(found.hasEvent('SHUTDOWN')).toBe(true);
    expect(found.hasOption('sandbox', 'spawn')).toBe(true);
    expect(found.schemaHas('blockdev-add/arg-type/+qcow2/backing')).toBe(true);
    expect(found.cpuModels('tcg').some(({ name, usable }) => name === 'max' && usable)).toBe(true);
    expect(found.machines.some(({ isDefault }) => isDefault)).toBe(true);
    expect(found.largestCpu('tcg')?.model).toBeDefined();
  });

  it('are probed again when the cache is torn', async () => {
    const cache = join(folder, 'capabilities');
    for (const name of await readdir(cache)) await writeFile(join(cache, name), '{"key":');
    const found = await registry().get(binary);
    expect(found.hasType('virtio-blk-pci')).toBe(true);
    for (const name of await readdir(cache)) expect((await stat(join(cache, name))).size).toBeGreaterThan(100);
  });

  it('say why a QEMU could not be asked', async () => {
    await expect(registry().get('/bin/true')).rejects.toMatchObject({
      data: { code: 'internal-error', domain: 'qemu', message: expect.stringContaining('/bin/true') as string },
    });
    await expect(registry().get('/usr/bin/qemu-system-none')).rejects.toMatchObject({
      data: { code: 'system-error', domain: 'qemu', cause: 'There is no such file.' },
    });
  });
});

describe('the accelerator check', () => {
  it('has a test image that ends QEMU with its own status', async () => {
    const rom = join(folder, 'rom');
    await writeFile(rom, testRom());
    const argv = [binary, '-no-user-config', '-nodefaults', '-display', 'none', '-machine', 'pc', '-accel', 'tcg'];
    const result = await run([...argv, '-m', '8', '-bios', rom, '-device', testRomDevice], {
      acceptCodes: [testRomExitCode],
    });
    expect(result.exitCode).toBe(testRomExitCode);
  });

  it('comes to a verdict in time, with a reason when it is no', async () => {
    const started = performance.now();
    const host = await acceleratorHost();
    const verdict = await checkKvm({
      binary,
      architecture: hostArchitecture(),
      builtIn: true,
      host,
      scratchFolder: folder,
    });
    console.log(`KVM: ${verdict.works ? 'works' : verdict.reason} (${Math.round(performance.now() - started)} ms)`);
    expect(performance.now() - started).toBeLessThan(8000);
    expect(verdict.works || (verdict.reason ?? '') !== '').toBe(true);
    if (host.device === undefined) expect(verdict.present).toBe(false);
  });
});
