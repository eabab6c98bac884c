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

/** What the model says. */
export type DomainOutline = Omit<
  DomainSummary,
  Exclude<keyof SummaryFacts, 'state'> | 'state' | 'reason' | 'startedMs' | 'addresses'
>;

/** Small, and free of the text that the model was read from, which it outlives. */
export function outlineOf(domain: Domain): DomainOutline {
  const { os, devices, title } = domain;
  const maxMemoryKiB = totalMemoryKiB(domain);
  const maxVcpus = domain.vcpu?.value ?? 1;
  const { folder, tags } = readOrganisation(domain.metadata);
  const osId = readOsId(domain.metadata);
  return {
    name: ownText(domain.name),
    ...(title === undefined || title === '' ? {} : { title: ownText(title) }),
    osType: os?.type.value ?? 'hvm',
    type: domain.type,
    ...(os?.type.arch === undefined ? {} : { architecture: os.type.arch }),
    ...(os?.type.machine === undefined ? {} : { machine: ownText(os.type.machine) }),
    memoryKiB: domain.currentMemory?.KiB ?? maxMemoryKiB,
    maxMemoryKiB,
    vcpus: domain.vcpu?.current ?? maxVcpus,
    maxVcpus,
    ...(osId === undefined ? {} : { osId: ownText(osId) }),
    ...(folder === undefined ? {} : { folder: ownText(folder) }),
    tags: tags.map(ownText),
    hasGraphics: devices !== undefined && devices.graphics.length > 0,
  };
}

export const summarise = (domain: Domain, facts: SummaryFacts): DomainSummary => summaryFrom(outlineOf(domain), facts);

export function summaryFrom(outline: DomainOutline, facts: SummaryFacts): DomainSummary {
  return {
    ...outline,
    uuid: facts.uuid,
    ...(facts.id === undefined ? {} : { id: facts.id }),
    state: facts.state.state,
    reason: facts.state.reason,
    persistent: facts.persistent,
    autostart: facts.autostart,
    hasManagedSave: facts.hasManagedSave,
    pendingChanges: facts.pendingChanges,
    ...(facts.startedMs === undefined ? {} : { startedMs: facts.startedMs }),
    addresses: facts.addresses,
    ...(facts.note === undefined ? {} : { note: facts.note }),
  };
}

/** V8 lets a part of a text hold on to all of it; a copy does not. */
export const ownText = (text: string): string => Buffer.from(text).toString();

/** `<memory>`, or what the guest's NUMA nodes add up to where it was left out. */
function totalMemoryKiB(domain: Domain): number {
  if (domain.memory !== undefined) return domain.memory.KiB;
  return (domain.cpu?.numa?.cell ?? []).reduce((sum, cell) => sum + cell.memory, 0);
}
