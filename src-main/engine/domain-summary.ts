/** What lists show of a domain, taken from its model. */
import type { Domain } from '../../src-shared/model/domain/index.ts';
import { readOrganisation, readOsId } from '../../src-shared/model/domain-metadata.ts';
import type { DomainSummary, StateAndReason } from '../../src-shared/model/summary.ts';

/** What the model does not say. */
export interface SummaryFacts {
  readonly uuid: string;
  readonly id: number | undefined;
  readonly state: StateAndReason;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly hasManagedSave: boolean;
  readonly pendingChanges: boolean;
  readonly startedMs: number | undefined;
  readonly addresses: readonly string[];
  readonly note: string | undefined;
}

export function summarise(domain: Domain, facts: SummaryFacts): DomainSummary {
  const { os, devices } = domain;
  const maxMemoryKiB = totalMemoryKiB(domain);
  const maxVcpus = domain.vcpu?.value ?? 1;
  const { folder, tags } = readOrganisation(domain.metadata);
  const osId = readOsId(domain.metadata);
  const title = domain.title;
  return {
    uuid: facts.uuid,
    name: domain.name,
    ...(facts.id === undefined ? {} : { id: facts.id }),
    state: facts.state.state,
    reason: facts.state.reason,
    persistent: facts.persistent,
    autostart: facts.autostart,
    hasManagedSave: facts.hasManagedSave,
    pendingChanges: facts.pendingChanges,
    ...(title === undefined || title === '' ? {} : { title }),
    osType: os?.type.value ?? 'hvm',
    type: domain.type,
    ...(os?.type.arch === undefined ? {} : { architecture: os.type.arch }),
    ...(os?.type.machine === undefined ? {} : { machine: os.type.machine }),
    memoryKiB: domain.currentMemory?.KiB ?? maxMemoryKiB,
    maxMemoryKiB,
    vcpus: domain.vcpu?.current ?? maxVcpus,
    maxVcpus,
    ...(facts.startedMs === undefined ? {} : { startedMs: facts.startedMs }),
    addresses: facts.addresses,
    ...(osId === undefined ? {} : { osId }),
    ...(folder === undefined ? {} : { folder }),
    tags,
    hasGraphics: devices !== undefined && devices.graphics.length > 0,
    ...(facts.note === undefined ? {} : { note: facts.note }),
  };
}

/** `<memory>`, or what the guest's NUMA nodes add up to where it was left out. */
function totalMemoryKiB(domain: Domain): number {
  if (domain.memory !== undefined) return domain.memory.KiB;
  return (domain.cpu?.numa?.cell ?? []).reduce((sum, cell) => sum + cell.memory, 0);
}
