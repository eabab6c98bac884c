/** Finding domains, and what is known of them. */
import { domainStateNumbers, domainStateReasons } from '../../../../src-shared/model/summary.ts';
import type { XmlOptions } from '../../../engine/driver.ts';
import type { RemoteHandlers } from '../handler.ts';
import { filterDomains } from './domain-list-filter.ts';
import { domainReference } from './references.ts';

/** `virDomainXMLFlags`. */
const xmlFlags = { secure: 1, inactive: 2, updateCpu: 4, migratable: 8 } as const;

export const domainHandlers = {
  async connectListAllDomains({ domains }, { needResults, flags }) {
    const found = filterDomains(await domains.list(), flags);
    return { domains: needResults ? found.map(domainReference) : [], ret: found.length };
  },

  async domainLookupByName({ domains }, { name }) {
    return { dom: domainReference(await domains.lookupByName(name)) };
  },

  async domainLookupByUuid({ domains }, { uuid }) {
    return { dom: domainReference(await domains.lookupByUuid(uuid)) };
  },

  async domainLookupById({ domains }, { id }) {
    return { dom: domainReference(await domains.lookupById(id)) };
  },

  async domainGetState({ domains }, { dom }) {
    const { state, reason } = await domains.state(dom.uuid);
    const reasons: readonly string[] = domainStateReasons[state];
    return { state: domainStateNumbers[state], reason: Math.max(0, reasons.indexOf(reason)) };
  },

  async domainGetInfo({ domains }, { dom }) {
    const domain = await domains.lookupByUuid(dom.uuid);
    const figures = domain.id === undefined ? undefined : (await domains.stats?.([dom.uuid]))?.[0];
    return {
      state: domainStateNumbers[domain.state],
      maxMem: BigInt(domain.maxMemoryKiB),
      memory: BigInt(domain.memoryKiB),
      nrVirtCpu: domain.vcpus,
      cpuTime: BigInt(figures?.cpu?.timeNs ?? 0),
    };
  },

  async domainGetXmlDesc({ domains, requireWrite }, { dom, flags }) {
    const has = (flag: keyof typeof xmlFlags): boolean => (flags & xmlFlags[flag]) !== 0;
    if (has('secure') || has('migratable')) requireWrite('the XML with secrets');
    const options: XmlOptions = {
      secure: has('secure'),
      inactive: has('inactive'),
      updateCpu: has('updateCpu'),
      migratable: has('migratable'),
    };
    return { xml: await domains.xml(dom.uuid, options) };
  },

  async domainGetOsType({ domains }, { dom }) {
    return { type: (await domains.lookupByUuid(dom.uuid)).osType };
  },

  async domainIsActive({ domains }, { dom }) {
    return { active: (await domains.lookupByUuid(dom.uuid)).id !== undefined };
  },

  async domainIsPersistent({ domains }, { dom }) {
    return { persistent: (await domains.lookupByUuid(dom.uuid)).persistent };
  },

  async domainIsUpdated({ domains }, { dom }) {
    await domains.lookupByUuid(dom.uuid);
    return { updated: false };
  },
} satisfies RemoteHandlers;
