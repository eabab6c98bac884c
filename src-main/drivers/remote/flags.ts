/** Bits of libvirt's calls. */
import type { Affects, ShutdownMode, StartOptions, UndefineOptions, XmlOptions } from '../../engine/driver.ts';

/** The sum of the bits whose condition holds. */
export function bits(...wanted: readonly (readonly [bit: number, isSet: boolean | undefined])[]): number {
  return wanted.reduce((sum, [bit, isSet]) => (isSet === true ? sum | bit : sum), 0);
}

/** `virDomainModificationImpact`; none set means the current configuration. */
export function affectsFlags({ live, config }: Affects): number {
  return bits([1, live], [2, config]);
}

/** `virDomainXMLFlags`. */
export function xmlFlags({ secure, inactive, updateCpu, migratable }: XmlOptions): number {
  return bits([1, secure], [2, inactive], [4, updateCpu], [8, migratable]);
}

/** `virDomainCreateFlags`. */
export function startFlags({ paused, autodestroy, bypassCache, forceBoot }: StartOptions): number {
  return bits([1, paused], [2, autodestroy], [4, bypassCache], [8, forceBoot]);
}

/** `virDomainUndefineFlagsValues`. */
export function undefineFlags(options: UndefineOptions): number {
  return bits(
    [1, options.managedSave],
    [2, options.snapshotsMetadata],
    [4, options.nvram === 'remove'],
    [8, options.nvram === 'keep'],
    [16, options.checkpointsMetadata],
    [32, options.tpm === 'remove'],
    [64, options.tpm === 'keep'],
  );
}

/** `virDomainShutdownFlagValues`, which rebooting shares. */
const shutdownBits: Readonly<Record<ShutdownMode, number>> = { acpi: 1, agent: 2, initctl: 4, signal: 8, paravirt: 16 };

export function shutdownFlags(modes: readonly ShutdownMode[] = []): number {
  return modes.reduce((sum, mode) => sum | shutdownBits[mode], 0);
}
