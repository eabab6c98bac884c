/** The host itself: its processors, memory and what it can run. */
import { list, optional, struct } from '../xdr/compounds.ts';
import { charText, chars, flag, int, opaque, string, uhyper, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { typedParam } from './objects.ts';
import { call, high } from './procedure.ts';

const nodeGetCpuStats = struct({ field: string, value: uhyper });

const nodeGetMemoryStats = struct({ field: string, value: uhyper });

export const hostProcedures = {
  connectGetMaxVcpus: call(5, { type: optional(string) }, { maxVcpus: int }, high),
  nodeGetInfo: call(
    6,
    {},
    { model: charText(32), memory: uhyper, cpus: int, mhz: int, nodes: int, sockets: int, cores: int, threads: int },
    high,
  ),
  nodeGetCellsFreeMemory: call(101, { startCell: int, maxcells: int }, { cells: list(uhyper, limits.nodeCells) }, high),
  nodeGetFreeMemory: call(102, {}, { freeMem: uhyper }, high),
  nodeGetSecurityModel: call(122, {}, { model: chars(limits.securityModel), doi: chars(limits.securityDoi) }, high),
  connectCompareCpu: call(158, { xml: string, flags: uint }, { result: int }, high),
  connectBaselineCpu: call(162, { xmlCPUs: list(string, limits.cpuBaseline), flags: uint }, { cpu: string }),
  nodeGetCpuStats: call(
    227,
    { cpuNum: int, nparams: int, flags: uint },
    { params: list(nodeGetCpuStats, limits.nodeCpuStats), nparams: int },
    high,
  ),
  nodeGetMemoryStats: call(
    228,
    { nparams: int, cellNum: int, flags: uint },
    { params: list(nodeGetMemoryStats, limits.nodeMemoryStats), nparams: int },
    high,
  ),
  nodeSuspendForDuration: call(250, { target: uint, duration: uhyper, flags: uint }),
  nodeSetMemoryParameters: call(288, { params: list(typedParam, limits.nodeMemoryParameters), flags: uint }),
  nodeGetMemoryParameters: call(
    289,
    { nparams: int, flags: uint },
    { params: list(typedParam, limits.nodeMemoryParameters), nparams: int },
  ),
  nodeGetCpuMap: call(
    293,
    { needMap: int, needOnline: int, flags: uint },
    { cpumap: opaque(limits.cpumap), online: uint, ret: int },
  ),
  connectGetCpuModelNames: call(
    312,
    { arch: string, needResults: flag, flags: uint },
    { models: list(string, limits.connectCpuModels), ret: int },
  ),
  nodeGetFreePages: call(
    340,
    { pages: list(uint, limits.nodeCells), startCell: int, cellCount: uint, flags: uint },
    { counts: list(uhyper, limits.nodeCells) },
    high,
  ),
  connectGetDomainCapabilities: call(
    342,
    {
      emulatorbin: optional(string),
      arch: optional(string),
      machine: optional(string),
      virttype: optional(string),
      flags: uint,
    },
    { capabilities: string },
  ),
  nodeAllocPages: call(
    347,
    {
      pageSizes: list(uint, limits.nodeCells),
      pageCounts: list(uhyper, limits.nodeCells),
      startCell: int,
      cellCount: uint,
      flags: uint,
    },
    { ret: int },
  ),
  connectCompareHypervisorCpu: call(
    393,
    {
      emulator: optional(string),
      arch: optional(string),
      machine: optional(string),
      virttype: optional(string),
      xmlCPU: string,
      flags: uint,
    },
    { result: int },
  ),
  connectBaselineHypervisorCpu: call(
    394,
    {
      emulator: optional(string),
      arch: optional(string),
      machine: optional(string),
      virttype: optional(string),
      xmlCPUs: list(string, limits.cpuBaseline),
      flags: uint,
    },
    { cpu: string },
  ),
  nodeGetSevInfo: call(
    395,
    { nparams: int, flags: uint },
    { params: list(typedParam, limits.nodeSevInfo), nparams: int },
  ),
};
