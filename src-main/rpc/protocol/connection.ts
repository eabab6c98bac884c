/** Opening a connection and asking about it; authentication. */
import { list, optional } from '../xdr/compounds.ts';
import { chars, flag, int, string, uhyper, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { authType, typedParam } from './objects.ts';
import { call, event, high } from './procedure.ts';

export const connectionProcedures = {
  connectOpen: call(1, { name: optional(string), flags: uint }, {}, high),
  connectClose: call(2, {}, {}, high),
  connectGetType: call(3, {}, { type: string }, high),
  connectGetVersion: call(4, {}, { hvVer: uhyper }, high),
  connectGetCapabilities: call(7, {}, { capabilities: string }),
  connectGetHostname: call(59, {}, { hostname: string }, high),
  connectSupportsFeature: call(60, { feature: int }, { supported: flag }, high),
  authList: call(66, {}, { types: list(authType, limits.authTypeList) }, high),
  authSaslInit: call(67, {}, { mechlist: string }, high),
  authSaslStart: call(
    68,
    { mech: string, nil: int, data: chars(limits.authSaslData) },
    { complete: int, nil: int, data: chars(limits.authSaslData) },
    high,
  ),
  authSaslStep: call(
    69,
    { nil: int, data: chars(limits.authSaslData) },
    { complete: int, nil: int, data: chars(limits.authSaslData) },
    high,
  ),
  authPolkit: call(70, {}, { complete: int }, high),
  connectGetUri: call(110, {}, { uri: string }, high),
  connectIsSecure: call(149, {}, { secure: flag }, high),
  connectGetLibVersion: call(157, {}, { libVer: uhyper }, high),
  connectGetSysinfo: call(203, { flags: uint }, { sysinfo: string }, high),
  connectRegisterCloseCallback: call(360, {}, {}, high),
  connectUnregisterCloseCallback: call(361, {}, {}, high),
  connectEventConnectionClosed: event(362, { reason: int }),
  connectSetIdentity: call(419, { params: list(typedParam, limits.connectIdentityParams), flags: uint }),
};
