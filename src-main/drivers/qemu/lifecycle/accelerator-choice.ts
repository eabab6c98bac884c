import { VirError } from '../../../../src-shared/errors.ts';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { AcceleratorName } from '../capabilities/facts.ts';
import { hostArchitecture } from '../capabilities/emulators.ts';
import type { QemuCapabilities } from '../capabilities/types.ts';

export interface AcceleratorChoice<D extends Domain> {
  readonly accelerator: AcceleratorName;
  /** As it runs: where KVM is wanted but does not work, a QEMU-only copy. */
  readonly domain: D;
  /** Why hardware virtualisation is not used, when it could be expected. */
  readonly note?: string;
}

/**
 * KVM where the definition wants it and it works. Where it does not work the guest is emulated, which is slow but runs;
 * the note says why, and the definition stays as it is, so that KVM is used once it works.
 *
 * @throws VirError `config-unsupported` for other kinds of virtualisation.
 */
export function chooseAccelerator<D extends Domain>(domain: D, capabilities: QemuCapabilities): AcceleratorChoice<D> {
  const kvm = capabilities.accelerators.find(({ name }) => name === 'kvm');
  const why = kvm?.reason ?? 'KVM is not available.';
  switch (domain.type) {
    case 'kvm':
      if (kvm?.works === true) return { accelerator: 'kvm', domain };
      return { accelerator: 'tcg', domain: emulated(domain), note: why };
    case 'qemu': {
      const couldBeFast = kvm?.works !== true && capabilities.architecture === hostArchitecture();
      return { accelerator: 'tcg', domain, ...(couldBeFast ? { note: why } : {}) };
    }
    default:
      throw new VirError({
        code: 'config-unsupported',
        domain: 'qemu',
        message: say`The domain '${domain.name}' is of type '${domain.type}', which QEMU does not run here.`,
        fix: say`Use type='kvm', or type='qemu' for emulation.`,
      });
  }
}

/** The host's own processor exists under KVM only; the fullest one that QEMU can emulate takes its place. */
function emulated<D extends Domain>(domain: D): D {
  const { cpu } = domain;
  const needsKvm = cpu?.mode === 'host-passthrough' || cpu?.mode === 'host-model';
  return { ...domain, type: 'qemu', ...(needsKvm ? { cpu: { ...cpu, mode: 'maximum' as const } } : {}) };
}
