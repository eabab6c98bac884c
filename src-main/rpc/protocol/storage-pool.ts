/** Storage pools. */
import { list, optional } from '../xdr/compounds.ts';
import { flag, int, string, uhyper, uint, uuid } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { storagePool, storageVol } from './objects.ts';
import { call, event, high } from './procedure.ts';

export const storagePoolProcedures = {
  connectNumOfStoragePools: call(71, {}, { num: int }, high),
  connectListStoragePools: call(72, { maxnames: int }, { names: list(string, limits.storagePoolList) }, high),
  connectNumOfDefinedStoragePools: call(73, {}, { num: int }, high),
  connectListDefinedStoragePools: call(74, { maxnames: int }, { names: list(string, limits.storagePoolList) }, high),
  connectFindStoragePoolSources: call(75, { type: string, srcSpec: optional(string), flags: uint }, { xml: string }),
  storagePoolCreateXml: call(76, { xml: string, flags: uint }, { pool: storagePool }),
  storagePoolDefineXml: call(77, { xml: string, flags: uint }, { pool: storagePool }, high),
  storagePoolCreate: call(78, { pool: storagePool, flags: uint }),
  storagePoolBuild: call(79, { pool: storagePool, flags: uint }),
  storagePoolDestroy: call(80, { pool: storagePool }, {}, high),
  storagePoolDelete: call(81, { pool: storagePool, flags: uint }),
  storagePoolUndefine: call(82, { pool: storagePool }, {}, high),
  storagePoolRefresh: call(83, { pool: storagePool, flags: uint }),
  storagePoolLookupByName: call(84, { name: string }, { pool: storagePool }, high),
  storagePoolLookupByUuid: call(85, { uuid }, { pool: storagePool }, high),
  storagePoolLookupByVolume: call(86, { vol: storageVol }, { pool: storagePool }, high),
  storagePoolGetInfo: call(
    87,
    { pool: storagePool },
    { state: uint, capacity: uhyper, allocation: uhyper, available: uhyper },
    high,
  ),
  storagePoolGetXmlDesc: call(88, { pool: storagePool, flags: uint }, { xml: string }, high),
  storagePoolGetAutostart: call(89, { pool: storagePool }, { autostart: flag }, high),
  storagePoolSetAutostart: call(90, { pool: storagePool, autostart: flag }, {}, high),
  storagePoolNumOfVolumes: call(91, { pool: storagePool }, { num: int }, high),
  storagePoolListVolumes: call(
    92,
    { pool: storagePool, maxnames: int },
    { names: list(string, limits.storageVolList) },
    high,
  ),
  storagePoolIsActive: call(154, { pool: storagePool }, { active: flag }, high),
  storagePoolIsPersistent: call(155, { pool: storagePool }, { persistent: flag }, high),
  connectListAllStoragePools: call(
    281,
    { needResults: flag, flags: uint },
    { pools: list(storagePool, limits.storagePoolList), ret: uint },
    high,
  ),
  storagePoolListAllVolumes: call(
    282,
    { pool: storagePool, needResults: flag, flags: uint },
    { vols: list(storageVol, limits.storageVolList), ret: uint },
    high,
  ),
  connectStoragePoolEventRegisterAny: call(
    368,
    { eventID: int, pool: optional(storagePool) },
    { callbackID: int },
    high,
  ),
  connectStoragePoolEventDeregisterAny: call(369, { callbackID: int }, {}, high),
  storagePoolEventLifecycle: event(370, { callbackID: int, pool: storagePool, event: int, detail: int }),
  storagePoolEventRefresh: event(373, { callbackID: int, pool: storagePool }),
  storagePoolLookupByTargetPath: call(391, { path: string }, { pool: storagePool }, high),
  connectGetStoragePoolCapabilities: call(403, { flags: uint }, { capabilities: string }),
};
