/** Which board a domain has, told from its machine's name as libvirt does. */
import type { Domain } from '../../../../src-shared/model/domain/index.ts';

const machineOf = (domain: Domain): string => domain.os?.type.machine ?? '';
const architectureOf = (domain: Domain): string => domain.os?.type.arch ?? '';

export const isX86 = (domain: Domain): boolean => ['x86_64', 'i686'].includes(architectureOf(domain));

export function isQ35(domain: Domain): boolean {
  const machine = machineOf(domain);
  return isX86(domain) && (machine === 'q35' || machine.startsWith('pc-q35'));
}

/** The classic PC with the 440FX chip set. */
export function isI440fx(domain: Domain): boolean {
  const machine = machineOf(domain);
  return (
    isX86(domain) &&
    (machine === 'pc' || ['pc-0.', 'pc-1.', 'pc-i440', 'rhel'].some((start) => machine.startsWith(start)))
  );
}

/** The board brings its first IDE controller along. */
export const hasBuiltinIde = (domain: Domain): boolean => isI440fx(domain);

/** Floppy drives need a controller of their own: newer q35 machines have none. */
export function needsFloppyController(domain: Domain): boolean {
  const machine = machineOf(domain);
  return isQ35(domain) && !/^pc-q35-(1\.|2\.[0-3]$)/.test(machine);
}

export const supportsPci = (domain: Domain): boolean => isX86(domain) && machineOf(domain) !== 'isapc';

/** The model of the PCI controller with index 0. */
function pciRootModel(domain: Domain): string | undefined {
  for (const controller of domain.devices?.controller ?? []) {
    if (controller.type === 'pci' && controller.index === 0) return controller.model;
  }
  return undefined;
}

export const hasPciRoot = (domain: Domain): boolean => pciRootModel(domain) === 'pci-root';
export const hasPcieRoot = (domain: Domain): boolean => pciRootModel(domain) === 'pcie-root';
