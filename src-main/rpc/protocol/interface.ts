/** Network interfaces of the host. */
import { list } from '../xdr/compounds.ts';
import { flag, int, string, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { hostInterface } from './objects.ts';
import { call, high } from './procedure.ts';

export const interfaceProcedures = {
  connectNumOfInterfaces: call(126, {}, { num: int }, high),
  connectListInterfaces: call(127, { maxnames: int }, { names: list(string, limits.interfaceList) }, high),
  interfaceLookupByName: call(128, { name: string }, { iface: hostInterface }, high),
  interfaceLookupByMacString: call(129, { mac: string }, { iface: hostInterface }, high),
  interfaceGetXmlDesc: call(130, { iface: hostInterface, flags: uint }, { xml: string }),
  interfaceDefineXml: call(131, { xml: string, flags: uint }, { iface: hostInterface }, high),
  interfaceUndefine: call(132, { iface: hostInterface }, {}, high),
  interfaceCreate: call(133, { iface: hostInterface, flags: uint }),
  interfaceDestroy: call(134, { iface: hostInterface, flags: uint }, {}, high),
  connectNumOfDefinedInterfaces: call(137, {}, { num: int }, high),
  connectListDefinedInterfaces: call(138, { maxnames: int }, { names: list(string, limits.interfaceList) }, high),
  interfaceIsActive: call(156, { iface: hostInterface }, { active: flag }, high),
  interfaceChangeBegin: call(220, { flags: uint }),
  interfaceChangeCommit: call(221, { flags: uint }),
  interfaceChangeRollback: call(222, { flags: uint }),
  connectListAllInterfaces: call(
    284,
    { needResults: flag, flags: uint },
    { ifaces: list(hostInterface, limits.interfaceList), ret: uint },
    high,
  ),
};
