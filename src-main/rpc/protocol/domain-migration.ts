/** Moving domains between hosts. */
import { list, optional } from '../xdr/compounds.ts';
import { int, opaque, string, uhyper, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { domain, typedParam } from './objects.ts';
import { call } from './procedure.ts';

export const domainMigrationProcedures = {
  domainMigratePrepare: call(
    61,
    { uriIn: optional(string), flags: uhyper, dname: optional(string), resource: uhyper },
    { cookie: opaque(limits.migrateCookie), uriOut: optional(string) },
  ),
  domainMigratePerform: call(62, {
    dom: domain,
    cookie: opaque(limits.migrateCookie),
    uri: string,
    flags: uhyper,
    dname: optional(string),
    resource: uhyper,
  }),
  domainMigrateFinish: call(
    63,
    { dname: string, cookie: opaque(limits.migrateCookie), uri: string, flags: uhyper },
    { ddom: domain },
  ),
  domainMigratePrepare2: call(
    108,
    { uriIn: optional(string), flags: uhyper, dname: optional(string), resource: uhyper, domXml: string },
    { cookie: opaque(limits.migrateCookie), uriOut: optional(string) },
  ),
  domainMigrateFinish2: call(
    109,
    { dname: string, cookie: opaque(limits.migrateCookie), uri: string, flags: uhyper, retcode: int },
    { ddom: domain },
  ),
  domainMigratePrepareTunnel: call(
    148,
    { flags: uhyper, dname: optional(string), resource: uhyper, domXml: string },
    {},
    { stream: 'upload' },
  ),
  domainMigrateSetMaxDowntime: call(166, { dom: domain, downtime: uhyper, flags: uint }),
  domainMigrateSetMaxSpeed: call(207, { dom: domain, bandwidth: uhyper, flags: uint }),
  domainMigrateBegin3: call(
    213,
    { dom: domain, xmlin: optional(string), flags: uhyper, dname: optional(string), resource: uhyper },
    { cookieOut: opaque(limits.migrateCookie), xml: string },
  ),
  domainMigratePrepare3: call(
    214,
    {
      cookieIn: opaque(limits.migrateCookie),
      uriIn: optional(string),
      flags: uhyper,
      dname: optional(string),
      resource: uhyper,
      domXml: string,
    },
    { cookieOut: opaque(limits.migrateCookie), uriOut: optional(string) },
  ),
  domainMigratePrepareTunnel3: call(
    215,
    {
      cookieIn: opaque(limits.migrateCookie),
      flags: uhyper,
      dname: optional(string),
      resource: uhyper,
      domXml: string,
    },
    { cookieOut: opaque(limits.migrateCookie) },
    { stream: 'upload' },
  ),
  domainMigratePerform3: call(
    216,
    {
      dom: domain,
      xmlin: optional(string),
      cookieIn: opaque(limits.migrateCookie),
      dconnuri: optional(string),
      uri: optional(string),
      flags: uhyper,
      dname: optional(string),
      resource: uhyper,
    },
    { cookieOut: opaque(limits.migrateCookie) },
  ),
  domainMigrateFinish3: call(
    217,
    {
      dname: string,
      cookieIn: opaque(limits.migrateCookie),
      dconnuri: optional(string),
      uri: optional(string),
      flags: uhyper,
      cancelled: int,
    },
    { dom: domain, cookieOut: opaque(limits.migrateCookie) },
  ),
  domainMigrateConfirm3: call(218, {
    dom: domain,
    cookieIn: opaque(limits.migrateCookie),
    flags: uhyper,
    cancelled: int,
  }),
  domainMigrateGetMaxSpeed: call(242, { dom: domain, flags: uint }, { bandwidth: uhyper }),
  domainMigrateGetCompressionCache: call(299, { dom: domain, flags: uint }, { cacheSize: uhyper }),
  domainMigrateSetCompressionCache: call(300, { dom: domain, cacheSize: uhyper, flags: uint }),
  domainMigrateBegin3Params: call(
    302,
    { dom: domain, params: list(typedParam, limits.domainMigrateParamList), flags: uint },
    { cookieOut: opaque(limits.migrateCookie), xml: string },
  ),
  domainMigratePrepare3Params: call(
    303,
    { params: list(typedParam, limits.domainMigrateParamList), cookieIn: opaque(limits.migrateCookie), flags: uint },
    { cookieOut: opaque(limits.migrateCookie), uriOut: optional(string) },
  ),
  domainMigratePrepareTunnel3Params: call(
    304,
    { params: list(typedParam, limits.domainMigrateParamList), cookieIn: opaque(limits.migrateCookie), flags: uint },
    { cookieOut: opaque(limits.migrateCookie) },
  ),
  domainMigratePerform3Params: call(
    305,
    {
      dom: domain,
      dconnuri: optional(string),
      params: list(typedParam, limits.domainMigrateParamList),
      cookieIn: opaque(limits.migrateCookie),
      flags: uint,
    },
    { cookieOut: opaque(limits.migrateCookie) },
  ),
  domainMigrateFinish3Params: call(
    306,
    {
      params: list(typedParam, limits.domainMigrateParamList),
      cookieIn: opaque(limits.migrateCookie),
      flags: uint,
      cancelled: int,
    },
    { dom: domain, cookieOut: opaque(limits.migrateCookie) },
  ),
  domainMigrateConfirm3Params: call(307, {
    dom: domain,
    params: list(typedParam, limits.domainMigrateParamList),
    cookieIn: opaque(limits.migrateCookie),
    flags: uint,
    cancelled: int,
  }),
  domainMigrateStartPostCopy: call(364, { dom: domain, flags: uint }),
  domainMigrateGetMaxDowntime: call(387, { dom: domain, flags: uint }, { downtime: uhyper }),
};
