import { uuidFromBytes } from '../../../../../src-shared/uuid.ts';
import { emptyDevices } from '../../../../../src-shared/model/domain/normalise.ts';
import type { Domain } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { invalidDefinition, unsupported } from '../errors.ts';
import type { CompleteDomain, DefinitionEnvironment } from '../types.ts';

/** Gives a definition the sections and the values every domain has, whatever runs it. Edits and returns `domain`. */
export function completeSections(domain: Domain, environment: DefinitionEnvironment): CompleteDomain {
  if (domain.type !== 'kvm' && domain.type !== 'qemu') {
    throw unsupported(say`Domain '${domain.name}' is of type '${domain.type}', which QEMU does not run.`);
  }
  const { os } = domain;
  if (os === undefined) throw invalidDefinition(say`Domain '${domain.name}' has no <os>.`);
  if (os.type.value !== 'hvm') {
    throw unsupported(say`Domain '${domain.name}' has <os><type>${os.type.value}</type>, which QEMU does not run.`);
  }
  os.type.arch ??= environment.hostArchitecture;
  domain.clock ??= { offset: 'utc', timer: [] };
  const { clock } = domain;
  if ((clock.offset === 'utc' || clock.offset === 'localtime') && clock.adjustment !== undefined) {
    if (clock.adjustment !== 'reset') {
      const { offset, adjustment, timer, ...rest } = clock;
      const seconds = Number(adjustment);
      if (!Number.isSafeInteger(seconds)) {
        throw invalidDefinition(say`'${adjustment}' is neither 'reset' nor a number of seconds (<clock adjustment>).`);
      }
      domain.clock = { ...rest, offset: 'variable', adjustment: seconds, basis: offset, timer };
    }
  } else if (clock.offset === 'variable') {
    clock.adjustment ??= 0;
    clock.basis ??= 'utc';
  }
  domain.on_poweroff ??= 'destroy';
  domain.on_reboot ??= 'restart';
  domain.on_crash ??= 'destroy';
  const vcpu = (domain.vcpu ??= { value: 1 });
  if (domain.genid !== undefined) domain.genid.value ??= uuidFromBytes(environment.randomBytes(16));
  vcpu.placement ??= 'static';
  if (os.bootmenu?.enable === false) delete os.bootmenu.timeout;
  if (vcpu.current === vcpu.value && domain.vcpus === undefined) delete vcpu.current;
  return Object.assign(domain, {
    uuid: domain.uuid ?? uuidFromBytes(environment.randomBytes(16)),
    os,
    vcpu,
    devices: Object.assign(emptyDevices(), domain.devices),
    memory: domain.memory ?? { KiB: 0 },
    currentMemory: domain.currentMemory ?? { KiB: 0 },
  });
}
