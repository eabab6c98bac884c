/** Processors, memory and limits of domains. */
import { list, optional, struct } from '../xdr/compounds.ts';
import { int, opaque, string, uhyper, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { domain, typedParam } from './objects.ts';
import { call, high } from './procedure.ts';

const vcpuInfo = struct({ number: uint, state: int, cpuTime: uhyper, cpu: int });

const domainIothreadInfo = struct({ iothreadId: uint, cpumap: opaque(limits.cpumap) });

export const domainTuningProcedures = {
  domainGetMaxMemory: call(17, { dom: domain }, { memory: uhyper }, high),
  domainGetMaxVcpus: call(18, { dom: domain }, { num: int }, high),
  domainGetVcpus: call(
    20,
    { dom: domain, maxinfo: int, maplen: int },
    { info: list(vcpuInfo, limits.vcpuinfo), cpumaps: opaque(limits.cpumaps) },
    high,
  ),
  domainPinVcpu: call(26, { dom: domain, vcpu: uint, cpumap: opaque(limits.cpumap) }),
  domainSetMaxMemory: call(30, { dom: domain, memory: uhyper }, {}, high),
  domainSetMemory: call(31, { dom: domain, memory: uhyper }),
  domainSetVcpus: call(32, { dom: domain, nvcpus: uint }),
  domainGetSchedulerType: call(56, { dom: domain }, { type: string, nparams: int }),
  domainGetSchedulerParameters: call(
    57,
    { dom: domain, nparams: int },
    { params: list(typedParam, limits.domainSchedulerParameters) },
  ),
  domainSetSchedulerParameters: call(58, { dom: domain, params: list(typedParam, limits.domainSchedulerParameters) }),
  domainSetMemoryParameters: call(197, {
    dom: domain,
    params: list(typedParam, limits.domainMemoryParameters),
    flags: uint,
  }),
  domainGetMemoryParameters: call(
    198,
    { dom: domain, nparams: int, flags: uint },
    { params: list(typedParam, limits.domainMemoryParameters), nparams: int },
  ),
  domainSetVcpusFlags: call(199, { dom: domain, nvcpus: uint, flags: uint }),
  domainGetVcpusFlags: call(200, { dom: domain, flags: uint }, { num: int }),
  domainSetMemoryFlags: call(204, { dom: domain, memory: uhyper, flags: uint }),
  domainSetBlkioParameters: call(205, {
    dom: domain,
    params: list(typedParam, limits.domainBlkioParameters),
    flags: uint,
  }),
  domainGetBlkioParameters: call(
    206,
    { dom: domain, nparams: int, flags: uint },
    { params: list(typedParam, limits.domainBlkioParameters), nparams: int },
  ),
  domainSetSchedulerParametersFlags: call(219, {
    dom: domain,
    params: list(typedParam, limits.domainSchedulerParameters),
    flags: uint,
  }),
  domainGetSchedulerParametersFlags: call(
    223,
    { dom: domain, nparams: int, flags: uint },
    { params: list(typedParam, limits.domainSchedulerParameters) },
  ),
  domainPinVcpuFlags: call(225, { dom: domain, vcpu: uint, cpumap: opaque(limits.cpumap), flags: uint }),
  domainGetVcpuPinInfo: call(
    230,
    { dom: domain, ncpumaps: int, maplen: int, flags: uint },
    { cpumaps: opaque(limits.cpumaps), num: int },
  ),
  domainSetBlockIoTune: call(252, {
    dom: domain,
    disk: string,
    params: list(typedParam, limits.domainBlockIoTuneParameters),
    flags: uint,
  }),
  domainGetBlockIoTune: call(
    253,
    { dom: domain, disk: optional(string), nparams: int, flags: uint },
    { params: list(typedParam, limits.domainBlockIoTuneParameters), nparams: int },
  ),
  domainSetNumaParameters: call(254, {
    dom: domain,
    params: list(typedParam, limits.domainNumaParameters),
    flags: uint,
  }),
  domainGetNumaParameters: call(
    255,
    { dom: domain, nparams: int, flags: uint },
    { params: list(typedParam, limits.domainNumaParameters), nparams: int },
  ),
  domainSetInterfaceParameters: call(256, {
    dom: domain,
    device: string,
    params: list(typedParam, limits.domainInterfaceParameters),
    flags: uint,
  }),
  domainGetInterfaceParameters: call(
    257,
    { dom: domain, device: string, nparams: int, flags: uint },
    { params: list(typedParam, limits.domainInterfaceParameters), nparams: int },
  ),
  domainPinEmulator: call(279, { dom: domain, cpumap: opaque(limits.cpumap), flags: uint }),
  domainGetEmulatorPinInfo: call(
    280,
    { dom: domain, maplen: int, flags: uint },
    { cpumaps: opaque(limits.cpumaps), ret: int },
  ),
  domainSetMemoryStatsPeriod: call(308, { dom: domain, period: int, flags: uint }),
  domainGetIothreadInfo: call(
    351,
    { dom: domain, flags: uint },
    { info: list(domainIothreadInfo, limits.iothreadInfo), ret: uint },
  ),
  domainPinIothread: call(352, { dom: domain, iothreadsId: uint, cpumap: opaque(limits.cpumap), flags: uint }),
  domainAddIothread: call(355, { dom: domain, iothreadId: uint, flags: uint }),
  domainDelIothread: call(356, { dom: domain, iothreadId: uint, flags: uint }),
  domainGetPerfEvents: call(365, { dom: domain, flags: uint }, { params: list(typedParam, limits.domainPerfEvents) }),
  domainSetPerfEvents: call(366, { dom: domain, params: list(typedParam, limits.domainPerfEvents), flags: uint }),
  domainSetVcpu: call(384, { dom: domain, cpumap: string, state: int, flags: uint }),
  domainSetIothreadParams: call(402, {
    dom: domain,
    iothreadId: uint,
    params: list(typedParam, limits.domainIothreadParams),
    flags: uint,
  }),
};
