/** Finding domains, and what lists and summaries show of them. */

import { parseDomain } from '../../../../src-shared/model/domain/index.ts';
import { type DomainSummary, domainStateNumbers, domainStateReasons } from '../../../../src-shared/model/summary.ts';
import type { RemoteHandlers } from '../handler.ts';
import { everyListFlag, wantedDomains } from './domain-list-filter.ts';
import { domainReference } from './references.ts';
import { atMost, counted, has, notRunning, notSupported, onlyFlags, summaryOf } from './shared.ts';

const xmlFlags = { secure: 1, inactive: 2, updateCpu: 4, migratable: 8 } as const;
const everyXmlFlag = 15;

const isActive = ({ id }: DomainSummary): boolean => id !== undefined;

export const domainHandlers = {
  connectListAllDomains: async (context, { needResults, flags }) => {
    onlyFlags(flags, everyListFlag, 'virConnectListAllDomains');
    const wanted = await wantedDomains(context, await context.domains.list(), flags);
    const { items, count } = counted(needResults, wanted.map(domainReference));
    return { domains: items, ret: count };
  },

  connectNumOfDomains: async ({ domains }) => ({ num: (await domains.list()).filter(isActive).length }),
  connectListDomains: async ({ domains }, { maxids }) => ({
    ids: atMost(
      (await domains.list()).flatMap(({ id }) => (id === undefined ? [] : [id])),
      maxids,
    ),
  }),
  connectNumOfDefinedDomains: async ({ domains }) => ({
    num: (await domains.list()).filter((domain) => !isActive(domain)).length,
  }),
  connectListDefinedDomains: async ({ domains }, { maxnames }) => ({
    names: atMost(
      (await domains.list()).filter((domain) => !isActive(domain)).map(({ name }) => name),
      maxnames,
    ),
  }),

  domainLookupByName: async ({ domains }, { name }) => ({
    dom: domainReference(await domains.lookupByName(name)),
  }),
  domainLookupByUuid: async ({ domains }, { uuid }) => ({
    dom: domainReference(await domains.lookupByUuid(uuid)),
  }),
  domainLookupById: async ({ domains }, { id }) => ({ dom: domainReference(await domains.lookupById(id)) }),

  domainIsActive: async (context, { dom }) => ({ active: isActive(await summaryOf(context, dom)) }),
  domainIsPersistent: async (context, { dom }) => ({ persistent: (await summaryOf(context, dom)).persistent }),
  domainIsUpdated: async (context, { dom }) => ({ updated: (await summaryOf(context, dom)).pendingChanges }),
  domainGetOsType: async (context, { dom }) => ({ type: (await summaryOf(context, dom)).osType }),
  domainGetAutostart: async (context, { dom }) => ({ autostart: (await summaryOf(context, dom)).autostart }),
  domainGetMaxMemory: async (context, { dom }) => ({ memory: BigInt((await summaryOf(context, dom)).maxMemoryKiB) }),
  domainHasManagedSaveImage: async (context, { dom }) => ({
    result: (await summaryOf(context, dom)).hasManagedSave ? 1 : 0,
  }),

  domainGetState: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainGetState');
    await summaryOf(context, dom);
    const { state, reason } = await context.domains.state(dom.uuid);
    const reasons: readonly string[] = domainStateReasons[state];
    return { state: domainStateNumbers[state], reason: Math.max(0, reasons.indexOf(reason)) };
  },

  domainGetInfo: async (context, { dom }) => {
    const { uuid, id, state, maxMemoryKiB, memoryKiB, vcpus } = await summaryOf(context, dom);
    const { domains } = context;
    const figures = id === undefined ? undefined : (await domains.stats?.([uuid], ['cpu']))?.[0];
    return {
      state: domainStateNumbers[state],
      maxMem: BigInt(maxMemoryKiB),
      memory: BigInt(figures?.balloon?.currentKiB ?? memoryKiB),
      nrVirtCpu: vcpus,
      cpuTime: BigInt(figures?.cpu?.timeNs ?? 0),
    };
  },

  domainGetControlInfo: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainGetControlInfo');
    const summary = await summaryOf(context, dom);
    if (!isActive(summary)) throw notRunning();
    return { state: 0, details: 0, stateTime: 0n };
  },

  domainGetXmlDesc: async (context, { dom, flags }) => {
    onlyFlags(flags, everyXmlFlag, 'virDomainGetXMLDesc');
    if (has(flags, xmlFlags.secure)) context.requireWrite('virDomainGetXMLDesc with secure flag');
    await summaryOf(context, dom);
    const xml = await context.domains.xml(dom.uuid, {
      secure: has(flags, xmlFlags.secure),
      inactive: has(flags, xmlFlags.inactive),
      updateCpu: has(flags, xmlFlags.updateCpu),
      migratable: has(flags, xmlFlags.migratable),
    });
    return { xml };
  },

  // No driver confines guests: what libvirt answers for the security model "none".
  domainGetSecurityLabel: () => ({ label: new Uint8Array([0]), enforcing: 0 }),
  domainGetSecurityLabelList: () => ({ labels: [], ret: 0 }),
  domainGetMessages: () => ({ msgs: [] }),

  domainGetMaxVcpus: async (context, { dom }) => ({ num: (await summaryOf(context, dom)).maxVcpus }),

  domainGetIothreadInfo: async (context, { dom, flags }) => {
    onlyFlags(flags, 3, 'virDomainGetIOThreadInfo');
    await summaryOf(context, dom);
    const domain = parseDomain(await context.domains.xml(dom.uuid, { inactive: has(flags, 2) }));
    if ((domain.iothreads ?? 0) === 0) return { info: [], ret: 0 };
    throw notSupported('virDomainGetIOThreadInfo');
  },
} satisfies RemoteHandlers;
