/** Secrets. */
import { list, optional } from '../xdr/compounds.ts';
import { flag, int, opaque, string, uint, uuid } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { secret } from './objects.ts';
import { call, event, high } from './procedure.ts';

export const secretProcedures = {
  connectNumOfSecrets: call(139, {}, { num: int }, high),
  connectListSecrets: call(140, { maxuuids: int }, { uuids: list(string, limits.secretList) }, high),
  secretLookupByUuid: call(141, { uuid }, { secret }, high),
  secretDefineXml: call(142, { xml: string, flags: uint }, { secret }, high),
  secretGetXmlDesc: call(143, { secret, flags: uint }, { xml: string }, high),
  secretSetValue: call(144, { secret, value: opaque(limits.secretValue), flags: uint }, {}, high),
  secretGetValue: call(145, { secret, flags: uint }, { value: opaque(limits.secretValue) }, high),
  secretUndefine: call(146, { secret }, {}, high),
  secretLookupByUsage: call(147, { usageType: int, usageID: string }, { secret }, high),
  connectListAllSecrets: call(
    287,
    { needResults: flag, flags: uint },
    { secrets: list(secret, limits.secretList), ret: uint },
    high,
  ),
  connectSecretEventRegisterAny: call(380, { eventID: int, secret: optional(secret) }, { callbackID: int }, high),
  connectSecretEventDeregisterAny: call(381, { callbackID: int }, {}, high),
  secretEventLifecycle: event(382, { callbackID: int, secret, event: int, detail: int }),
  secretEventValueChanged: event(383, { callbackID: int, secret }),
};
