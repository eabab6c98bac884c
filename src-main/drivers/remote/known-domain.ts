/** One domain of the server as far as it is known here. */
import {
  type DomainSummary,
  domainStateNumbers,
  domainStateReasons,
  type StateAndReason,
} from '../../../src-shared/model/summary.ts';
import { type Domain, formatDomain, parseDomain } from '../../../src-shared/model/domain/index.ts';
import { summarise } from '../../engine/domain-summary.ts';
import { dropLiveParts } from '../../engine/live-parts.ts';
import type { DomainReference } from '../../rpc/protocol/objects.ts';

const statesByNumber = new Map(Object.entries(domainStateNumbers).map(([name, number]) => [number, name]));

/** The state and its reason by their numbers; a reason that is not known here is `unknown`. */
export function stateOf(state: number, reason: number): StateAndReason {
  const name = (statesByNumber.get(state) ?? 'nostate') as StateAndReason['state'];
  const reasons: readonly string[] = domainStateReasons[name];
  return { state: name, reason: reasons[reason] ?? 'unknown' } as StateAndReason;
}

/** What calls other than for its XML tell of a domain. */
export interface DomainFacts {
  readonly reference: DomainReference;
  readonly state: StateAndReason;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly hasManagedSave: boolean;
}

/** Its documents: what runs, and what the next boot uses where that is another one. */
export interface DomainDocuments {
  readonly xml: string;
  readonly inactiveXml: string | undefined;
}

/** @param remembered what was known of it at another time, where its documents have not come yet. */
export function summaryOf(
  facts: DomainFacts,
  documents: DomainDocuments | undefined,
  type: string,
  remembered?: DomainSummary,
): DomainSummary {
  const { reference, state, persistent, autostart, hasManagedSave } = facts;
  const id = reference.id < 0 ? undefined : reference.id;
  const common = {
    uuid: reference.uuid,
    id,
    state,
    persistent,
    autostart,
    hasManagedSave,
    startedMs: undefined,
    addresses: [],
    note: undefined,
  };
  if (documents === undefined) {
    const { id: _, ...lasting } = remembered ?? {};
    return {
      pendingChanges: false,
      osType: 'hvm',
      type,
      memoryKiB: 0,
      maxMemoryKiB: 0,
      vcpus: 0,
      maxVcpus: 0,
      addresses: [],
      tags: [],
      hasGraphics: false,
      ...lasting,
      uuid: reference.uuid,
      name: reference.name,
      ...(id === undefined ? {} : { id }),
      ...state,
      persistent,
      autostart,
      hasManagedSave,
    };
  }
  const model = parseDomain(documents.xml);
  return summarise(model, { ...common, pendingChanges: id !== undefined && differs(documents) });
}

/** Whether what runs, without what it only has while it runs, is other than what the next boot will be. */
function differs({ xml, inactiveXml }: DomainDocuments): boolean {
  if (inactiveXml === undefined) return false;
  return comparable(parseDomain(xml)) !== comparable(parseDomain(inactiveXml));
}

/** The text of a definition without what libvirt adds or works out at each start. */
function comparable(domain: Domain): string {
  const bare = dropLiveParts(domain);
  // A running guest's balloon moves by itself.
  delete bare.currentMemory;
  delete bare.resource;
  bare.seclabel = [];
  // The model that was asked for becomes the one that the host could give.
  if (bare.cpu !== undefined) {
    const { topology, numa } = bare.cpu;
    bare.cpu = {
      feature: [],
      ...(topology === undefined ? {} : { topology }),
      ...(numa === undefined ? {} : { numa }),
    };
  }
  for (const graphics of bare.devices?.graphics ?? []) {
    if (!('listens' in graphics)) continue;
    delete graphics.listen;
    graphics.listens = [];
  }
  return formatDomain(bare);
}
