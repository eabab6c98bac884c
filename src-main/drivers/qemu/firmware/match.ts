import type { CompleteDomain } from '../passes/types.ts';
import type { FirmwareDescriptor } from './descriptor.ts';

/** The first firmware, in the order of their files' names, that fits what the definition asks for. */
export function findFirmware(
  domain: CompleteDomain,
  firmwares: readonly FirmwareDescriptor[],
): FirmwareDescriptor | undefined {
  return firmwares.find((firmware) => fits(domain, firmware));
}

function fits(domain: CompleteDomain, firmware: FirmwareDescriptor): boolean {
  const { os } = domain;
  const { mapping, features } = firmware;
  const loader = os.loader?.value;
  if (os.firmware === undefined) {
    if (mapping.device !== 'flash' || mapping.executable.filename !== loader) return false;
    if (!firmware.interfaces.includes(os.loader?.type === 'rom' ? 'bios' : 'uefi')) return false;
  } else if (!firmware.interfaces.includes(os.firmware === 'efi' ? 'uefi' : 'bios')) return false;
  if (!fitsMachine(domain, firmware)) return false;
  if (domain.pm?.suspendToMem?.enabled === true && !features.has('acpi-s3')) return false;
  if (domain.pm?.suspendToDisk?.enabled === true && !features.has('acpi-s4')) return false;
  for (const wanted of os.firmwareFeatures?.feature ?? []) {
    if (wanted.enabled !== features.has(wanted.name)) return false;
  }
  if (os.loader?.secure === true && !features.has('requires-smm')) return false;
  if (mapping.device === 'flash' && mapping.mode !== (os.loader?.stateless === true ? 'stateless' : 'split'))
    return false;
  const security = domain.launchSecurity;
  if (security?.type === 'sev') {
    if (!features.has('amd-sev')) return false;
    if ((security.policy & sevEncryptedState) !== 0 && !features.has('amd-sev-es')) return false;
  }
  return true;
}

/** The bit of a SEV policy that asks for encrypted registers too. */
const sevEncryptedState = 1 << 2;

function fitsMachine({ os }: CompleteDomain, firmware: FirmwareDescriptor): boolean {
  return firmware.targets.some(
    (target) =>
      target.architecture === os.type.arch &&
      target.machines.some((pattern) => matches(pattern, os.type.machine ?? '')),
  );
}

/** `pc-q35-*`: `*` and `?` as a shell has them. */
function matches(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}
