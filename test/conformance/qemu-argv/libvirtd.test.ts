/**
 * The same definitions through a real libvirtd's `domxml-to-native` and through our passes and command line, on the
 * QEMU of this host. What only names another folder or descriptor is masked.
 */
import { access } from 'node:fs/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CapabilitiesRegistry } from '../../../src-main/drivers/qemu/capabilities/registry.ts';
import type { QemuCapabilities } from '../../../src-main/drivers/qemu/capabilities/types.ts';
import { buildCommandLine } from '../../../src-main/drivers/qemu/command-line/build.ts';
import { firmwareFolders, loadFirmwares } from '../../../src-main/drivers/qemu/firmware/load.ts';
import type { FirmwareDescriptor } from '../../../src-main/drivers/qemu/firmware/descriptor.ts';
import { completeDefinition, type CompleteDomain } from '../../../src-main/drivers/qemu/passes/index.ts';
import { prepareStart } from '../../../src-main/drivers/qemu/passes/start/index.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { type Domain, parseDomain } from '../../../src-shared/model/domain/index.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from '../../support/private-libvirtd.ts';
import { compare, parseInvocation } from './compare.ts';
import { type Definition, definitions } from './definitions.ts';
import { definitionEnvironment, launchFor, runContext } from './surroundings.ts';

/** Raised as the passes learn; a score below is a regression. */
const reached = { options: 0.995, exact: 36 };

const emulator = '/usr/bin/qemu-system-x86_64';
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
const canRun = process.getuid?.() === 0 && (await exists('/usr/sbin/libvirtd')) && (await exists(emulator));

/** `domxml-to-native` makes every card one whose host's end somebody else sets up. */
function withPlainCards(domain: Domain): Domain {
  if (domain.devices === undefined) return domain;
  const plain = domain.devices.interface.map((card) => ({
    ...card,
    type: 'ethernet' as const,
    source: undefined,
  })) as unknown as typeof domain.devices.interface;
  return { ...domain, devices: { ...domain.devices, interface: plain } };
}

function argumentsFor(
  { xml }: Definition,
  capabilities: QemuCapabilities,
  firmwares: readonly FirmwareDescriptor[],
): readonly string[] {
  const context = { capabilities, environment: definitionEnvironment, isNew: true };
  const stored: CompleteDomain = completeDefinition(withPlainCards(parseDomain(xml)), context);
  const { spiceTlsDirectory: _, ...host } = runContext(stored.name);
  const directory = host.directory.replace('/tmp/lib/', '/var/lib/libvirt/qemu/');
  const channelDirectory = host.channelDirectory.replace('/tmp/channel/', '/var/lib/libvirt/qemu/channel/target/');
  const run = { ...host, directory, channelDirectory, firmwares };
  const live = prepareStart(stored, { ...context, run });
  const network = { tap: () => ({ tap: ['3'], vhost: [] }) };
  return buildCommandLine(live, capabilities, { ...launchFor(run, stored.name), network }).arguments;
}

describe.skipIf(!canRun)('a real libvirtd', () => {
  let libvirtd: PrivateLibvirtd;
  let folder: string;
  let capabilities: QemuCapabilities;
  let firmwares: readonly FirmwareDescriptor[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'argv-'));
    libvirtd = await startPrivateLibvirtd();
    const registry = new CapabilitiesRegistry({
      cacheFolder: folder,
      runtimeFolder: join(folder, 'run'),
      logger: silentLogger,
    });
    capabilities = await registry.get(emulator);
    ({ firmwares } = await loadFirmwares(firmwareFolders(undefined)));
  });
  afterAll(async () => {
    await libvirtd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('gives QEMU the same options for the definitions of a page for making machines', async () => {
    let equal = 0;
    let total = 0;
    let exact = 0;
    const report: string[] = [];
    for (const item of definitions) {
      const path = join(folder, `${item.name}.xml`);
      writeFileSync(path, item.xml);
      const argv = ['virsh', '-c', 'qemu:///system', 'domxml-to-native', 'qemu-argv', path];
      const text = await libvirtd.run(argv).catch((thrown: unknown) => {
        throw new Error(`libvirtd refuses '${item.name}'`, { cause: thrown });
      });
      const result = compare(parseInvocation(text).words, argumentsFor(item, capabilities, firmwares));
      equal += result.equal;
      total += result.total;
      if (result.isExactMasked) exact += 1;
      else
        report.push(
          item.name,
          ...result.missing.map((option) => `  - ${option}`),
          ...result.surplus.map((option) => `  + ${option}`),
        );
    }
    const file = process.env['VIVARIUM_ARGV_REPORT'];
    if (file !== undefined) writeFileSync(`${file}.libvirtd`, `${report.join('\n')}\n`);
    const share = ((100 * equal) / total).toFixed(1);
    console.log(
      `libvirtd 9.0 on this QEMU: ${share} % of ${total} options equal, ${exact} of ${definitions.length} command lines equal`,
    );
    expect(equal / total).toBeGreaterThanOrEqual(reached.options);
    expect(exact).toBeGreaterThanOrEqual(reached.exact);
  });
});
