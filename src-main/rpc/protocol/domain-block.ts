/** Disks of domains: figures, sizes and jobs on them. */
import { list, optional, struct } from '../xdr/compounds.ts';
import { hyper, int, opaque, string, uhyper, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { domain, typedParam } from './objects.ts';
import { call } from './procedure.ts';

const domainDiskError = struct({ disk: string, error: int });

export const domainBlockProcedures = {
  domainBlockStats: call(
    64,
    { dom: domain, path: string },
    { rdReq: hyper, rdBytes: hyper, wrReq: hyper, wrBytes: hyper, errs: hyper },
  ),
  domainBlockPeek: call(
    103,
    { dom: domain, path: string, offset: uhyper, size: uint, flags: uint },
    { buffer: opaque(limits.domainBlockPeekBuffer) },
  ),
  domainGetBlockInfo: call(
    194,
    { dom: domain, path: string, flags: uint },
    { allocation: uhyper, capacity: uhyper, physical: uhyper },
  ),
  domainBlockJobAbort: call(237, { dom: domain, path: string, flags: uint }),
  domainGetBlockJobInfo: call(
    238,
    { dom: domain, path: string, flags: uint },
    { found: int, type: int, bandwidth: uhyper, cur: uhyper, end: uhyper },
  ),
  domainBlockJobSetSpeed: call(239, { dom: domain, path: string, bandwidth: uhyper, flags: uint }),
  domainBlockPull: call(240, { dom: domain, path: string, bandwidth: uhyper, flags: uint }),
  domainBlockStatsFlags: call(
    243,
    { dom: domain, path: string, nparams: int, flags: uint },
    { params: list(typedParam, limits.domainBlockStatsParameters), nparams: int },
  ),
  domainBlockResize: call(251, { dom: domain, disk: string, size: uhyper, flags: uint }),
  domainGetDiskErrors: call(
    263,
    { dom: domain, maxerrors: uint, flags: uint },
    { errors: list(domainDiskError, limits.domainDiskErrors), nerrors: int },
  ),
  domainBlockRebase: call(266, { dom: domain, path: string, base: optional(string), bandwidth: uhyper, flags: uint }),
  domainBlockCommit: call(290, {
    dom: domain,
    disk: string,
    base: optional(string),
    top: optional(string),
    bandwidth: uhyper,
    flags: uint,
  }),
  domainBlockCopy: call(345, {
    dom: domain,
    path: string,
    destxml: string,
    params: list(typedParam, limits.domainBlockCopyParameters),
    flags: uint,
  }),
  domainSetBlockThreshold: call(386, { dom: domain, dev: string, threshold: uhyper, flags: uint }),
};
