/** Finding domains, and what is known of them. */
import { list, optional, struct } from '../xdr/compounds.ts';
import { chars, flag, hyper, int, opaque, string, uhyper, uint, uuid } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { domain, typedParam } from './objects.ts';
import { call, high } from './procedure.ts';

const domainMemoryStat = struct({ tag: int, val: uhyper });

const domainGetSecurityLabelRet = struct({ label: chars(limits.securityLabel), enforcing: int });

const domainStatsRecord = struct({ dom: domain, params: list(typedParam, limits.connectGetAllDomainStats) });

export const domainProcedures = {
  domainAttachDevice: call(8, { dom: domain, xml: string }),
  domainDetachDevice: call(13, { dom: domain, xml: string }),
  domainGetXmlDesc: call(14, { dom: domain, flags: uint }, { xml: string }),
  domainGetInfo: call(
    16,
    { dom: domain },
    { state: uint, maxMem: uhyper, memory: uhyper, nrVirtCpu: uint, cpuTime: uhyper },
  ),
  domainGetOsType: call(19, { dom: domain }, { type: string }, high),
  connectListDefinedDomains: call(21, { maxnames: int }, { names: list(string, limits.domainList) }, high),
  domainLookupById: call(22, { id: int }, { dom: domain }, high),
  domainLookupByName: call(23, { name: string }, { dom: domain }, high),
  domainLookupByUuid: call(24, { uuid }, { dom: domain }, high),
  connectNumOfDefinedDomains: call(25, {}, { num: int }, high),
  connectListDomains: call(37, { maxids: int }, { ids: list(int, limits.domainList) }, high),
  connectNumOfDomains: call(51, {}, { num: int }, high),
  domainInterfaceStats: call(
    65,
    { dom: domain, device: string },
    {
      rxBytes: hyper,
      rxPackets: hyper,
      rxErrs: hyper,
      rxDrop: hyper,
      txBytes: hyper,
      txPackets: hyper,
      txErrs: hyper,
      txDrop: hyper,
    },
    high,
  ),
  domainMemoryPeek: call(
    104,
    { dom: domain, offset: uhyper, size: uint, flags: uint },
    { buffer: opaque(limits.domainMemoryPeekBuffer) },
  ),
  domainGetSecurityLabel: call(121, { dom: domain }, { label: chars(limits.securityLabel), enforcing: int }, high),
  connectDomainXmlFromNative: call(
    135,
    { nativeFormat: string, nativeConfig: string, flags: uint },
    { domainXml: string },
  ),
  connectDomainXmlToNative: call(
    136,
    { nativeFormat: string, domainXml: string, flags: uint },
    { nativeConfig: string },
  ),
  domainIsActive: call(150, { dom: domain }, { active: flag }, high),
  domainIsPersistent: call(151, { dom: domain }, { persistent: flag }, high),
  domainMemoryStats: call(
    159,
    { dom: domain, maxStats: uint, flags: uint },
    { stats: list(domainMemoryStat, limits.domainMemoryStats) },
  ),
  domainAttachDeviceFlags: call(160, { dom: domain, xml: string, flags: uint }),
  domainDetachDeviceFlags: call(161, { dom: domain, xml: string, flags: uint }),
  domainUpdateDeviceFlags: call(174, { dom: domain, xml: string, flags: uint }),
  domainIsUpdated: call(202, { dom: domain }, { updated: flag }, high),
  domainGetState: call(212, { dom: domain, flags: uint }, { state: int, reason: int }, high),
  domainGetControlInfo: call(
    229,
    { dom: domain, flags: uint },
    { state: uint, details: uint, stateTime: uhyper },
    high,
  ),
  domainGetCpuStats: call(
    262,
    { dom: domain, nparams: uint, startCpu: int, ncpus: uint, flags: uint },
    { params: list(typedParam, limits.domainGetCpuStats), nparams: int },
  ),
  domainSetMetadata: call(264, {
    dom: domain,
    type: int,
    metadata: optional(string),
    key: optional(string),
    uri: optional(string),
    flags: uint,
  }),
  domainGetMetadata: call(265, { dom: domain, type: int, uri: optional(string), flags: uint }, { metadata: string }),
  connectListAllDomains: call(
    273,
    { needResults: flag, flags: uint },
    { domains: list(domain, limits.domainList), ret: uint },
    high,
  ),
  domainGetSecurityLabelList: call(
    278,
    { dom: domain },
    { labels: list(domainGetSecurityLabelRet, limits.securityLabelList), ret: int },
    high,
  ),
  connectGetAllDomainStats: call(
    344,
    { doms: list(domain, limits.domainList), stats: uint, flags: uint },
    { retStats: list(domainStatsRecord, limits.domainList) },
  ),
  domainDetachDeviceAlias: call(392, { dom: domain, alias: string, flags: uint }),
  domainGetMessages: call(426, { dom: domain, flags: uint }, { msgs: list(string, limits.domainMessages) }),
  domainFdAssociate: call(443, { dom: domain, name: string, flags: uint }),
};
