import type { DomainSummary } from '../../src-shared/model/summary.ts';

/** A machine that is off, with what a test says of it. */
export function summary(rest: Partial<DomainSummary> & Pick<DomainSummary, 'uuid'>): DomainSummary {
  return {
    name: rest.uuid,
    state: 'shutoff',
    reason: 'shutdown',
    persistent: true,
    autostart: false,
    hasManagedSave: false,
    pendingChanges: false,
    osType: 'hvm',
    type: 'test',
    memoryKiB: 1024,
    maxMemoryKiB: 1024,
    vcpus: 1,
    maxVcpus: 1,
    addresses: [],
    tags: [],
    hasGraphics: true,
    ...rest,
  };
}
