import type { QemuCapabilities } from '../../capabilities/types.ts';
import { invalidDefinition, unsupported } from '../errors.ts';
import { isX86 } from '../machine-kind.ts';
import type { Pass } from '../types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** The QEMU to run, when the definition leaves it open. */
export const chooseEmulator: Pass = (domain, { environment }) => {
  const architecture = domain.os.type.arch ?? environment.hostArchitecture;
  const emulator = domain.devices.emulator ?? environment.emulatorFor(architecture);
  if (emulator === undefined) {
    throw unsupported(say`No QEMU was found for the architecture '${architecture}' of domain '${domain.name}'.`);
  }
  domain.devices.emulator = emulator;
};

/**
 * The board with its version: `q35` becomes `pc-q35-7.2`, and stays that when QEMU is updated, since a guest's
 * hardware must not change under it.
 */
export const chooseMachine: Pass = (domain, { capabilities }) => {
  const { type } = domain.os;
  if (!isX86(domain)) {
    throw unsupported(say`The architecture '${type.arch}' of domain '${domain.name}' is not supported yet.`);
  }
  const wanted = type.machine ?? preferredMachine(capabilities);
  const machine = capabilities.machines.find((item) => item.alias === wanted);
  type.machine = machine?.name ?? wanted;
};

function preferredMachine(capabilities: QemuCapabilities): string {
  const machine =
    capabilities.machines.find((item) => item.alias === 'pc' || item.name === 'pc') ??
    capabilities.machines.find((item) => item.isDefault) ??
    capabilities.machines[0];
  if (machine === undefined) throw invalidDefinition(say`${capabilities.binary} offers no machine.`);
  return machine.name;
}

/** `<loader>` without a type is a ROM image; writable variables belong to read-only firmware in flash. */
export const completeLoader: Pass = (domain, { environment, isNew }) => {
  const { os } = domain;
  // Features of firmware that is not chosen were never heeded; new definitions with them are refused.
  if (!isNew && os.firmware === undefined) delete os.firmwareFeatures;
  const features = os.firmwareFeatures?.feature ?? [];
  const keys = features.find((feature) => feature.name === 'enrolled-keys');
  if (keys?.enabled === true) {
    const secureBoot = features.find((feature) => feature.name === 'secure-boot');
    if (secureBoot?.enabled === false) {
      throw invalidDefinition(say`Firmware can't have 'enrolled-keys' while 'secure-boot' is switched off.`);
    }
    if (secureBoot === undefined) features.push({ name: 'secure-boot', enabled: true });
  }
  const { loader } = os;
  if (loader === undefined) return;
  const hasPath = loader.value !== undefined && loader.value !== '';
  if (hasPath) loader.type ??= 'rom';
  if (
    os.firmware === undefined &&
    hasPath &&
    loader.type === 'pflash' &&
    loader.readonly === true &&
    loader.stateless !== true
  ) {
    os.nvram ??= { value: environment.nvramPath(domain.name) };
    if (os.nvram.value === undefined && os.nvram.source === undefined) {
      os.nvram.value = environment.nvramPath(domain.name);
    }
  }
};
