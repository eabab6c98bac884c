/** Devices of the host. */
import { list, optional } from '../xdr/compounds.ts';
import { flag, int, string, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { nodeDevice } from './objects.ts';
import { call, event, high } from './procedure.ts';

export const nodeDeviceProcedures = {
  nodeNumOfDevices: call(111, { cap: optional(string), flags: uint }, { num: int }, high),
  nodeListDevices: call(
    112,
    { cap: optional(string), maxnames: int, flags: uint },
    { names: list(string, limits.nodeDeviceList) },
    high,
  ),
  nodeDeviceLookupByName: call(113, { name: string }, { dev: nodeDevice }, high),
  nodeDeviceGetXmlDesc: call(114, { name: string, flags: uint }, { xml: string }),
  nodeDeviceGetParent: call(115, { name: string }, { parentName: optional(string) }, high),
  nodeDeviceNumOfCaps: call(116, { name: string }, { num: int }, high),
  nodeDeviceListCaps: call(
    117,
    { name: string, maxnames: int },
    { names: list(string, limits.nodeDeviceCapsList) },
    high,
  ),
  nodeDeviceDettach: call(118, { name: string }),
  nodeDeviceReAttach: call(119, { name: string }),
  nodeDeviceReset: call(120, { name: string }),
  nodeDeviceCreateXml: call(123, { xmlDesc: string, flags: uint }, { dev: nodeDevice }),
  nodeDeviceDestroy: call(124, { name: string }, {}, high),
  connectListAllNodeDevices: call(
    285,
    { needResults: flag, flags: uint },
    { devices: list(nodeDevice, limits.nodeDeviceList), ret: uint },
    high,
  ),
  nodeDeviceLookupScsiHostByWwn: call(297, { wwnn: string, wwpn: string, flags: uint }, { dev: nodeDevice }, high),
  nodeDeviceDetachFlags: call(301, { name: string, driverName: optional(string), flags: uint }),
  connectNodeDeviceEventRegisterAny: call(374, { eventID: int, dev: optional(nodeDevice) }, { callbackID: int }, high),
  connectNodeDeviceEventDeregisterAny: call(375, { callbackID: int }, {}, high),
  nodeDeviceEventLifecycle: event(376, { callbackID: int, dev: nodeDevice, event: int, detail: int }),
  nodeDeviceEventUpdate: event(377, { callbackID: int, dev: nodeDevice }),
  nodeDeviceDefineXml: call(428, { xmlDesc: string, flags: uint }, { dev: nodeDevice }),
  nodeDeviceUndefine: call(429, { name: string, flags: uint }, {}, high),
  nodeDeviceCreate: call(430, { name: string, flags: uint }, {}, high),
  nodeDeviceGetAutostart: call(433, { name: string }, { autostart: flag }, high),
  nodeDeviceSetAutostart: call(434, { name: string, autostart: flag }, {}, high),
  nodeDeviceIsPersistent: call(435, { name: string }, { persistent: flag }, high),
  nodeDeviceIsActive: call(436, { name: string }, { active: flag }, high),
};
