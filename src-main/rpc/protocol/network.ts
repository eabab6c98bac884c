/** Virtual networks and their ports. */
import { list, optional, struct } from '../xdr/compounds.ts';
import { flag, hyper, int, string, uint, uuid } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { network, networkPort, typedParam } from './objects.ts';
import { call, event, high } from './procedure.ts';

const networkDhcpLease = struct({
  iface: string,
  expirytime: hyper,
  type: int,
  mac: optional(string),
  iaid: optional(string),
  ipaddr: string,
  prefix: uint,
  hostname: optional(string),
  clientid: optional(string),
});

export const networkProcedures = {
  connectListDefinedNetworks: call(36, { maxnames: int }, { names: list(string, limits.networkList) }, high),
  connectListNetworks: call(38, { maxnames: int }, { names: list(string, limits.networkList) }, high),
  networkCreate: call(39, { net: network }),
  networkCreateXml: call(40, { xml: string }, { net: network }),
  networkDefineXml: call(41, { xml: string }, { net: network }, high),
  networkDestroy: call(42, { net: network }, {}, high),
  networkGetXmlDesc: call(43, { net: network, flags: uint }, { xml: string }, high),
  networkGetAutostart: call(44, { net: network }, { autostart: flag }, high),
  networkGetBridgeName: call(45, { net: network }, { name: string }, high),
  networkLookupByName: call(46, { name: string }, { net: network }, high),
  networkLookupByUuid: call(47, { uuid }, { net: network }, high),
  networkSetAutostart: call(48, { net: network, autostart: flag }, {}, high),
  networkUndefine: call(49, { net: network }, {}, high),
  connectNumOfDefinedNetworks: call(50, {}, { num: int }, high),
  connectNumOfNetworks: call(52, {}, { num: int }, high),
  networkIsActive: call(152, { net: network }, { active: flag }, high),
  networkIsPersistent: call(153, { net: network }, { persistent: flag }, high),
  connectListAllNetworks: call(
    283,
    { needResults: flag, flags: uint },
    { nets: list(network, limits.networkList), ret: uint },
    high,
  ),
  networkUpdate: call(
    291,
    { net: network, command: uint, section: uint, parentIndex: int, xml: string, flags: uint },
    {},
    high,
  ),
  connectNetworkEventRegisterAny: call(313, { eventID: int, net: optional(network) }, { callbackID: int }, high),
  connectNetworkEventDeregisterAny: call(314, { callbackID: int }, {}, high),
  networkEventLifecycle: event(315, { callbackID: int, net: network, event: int, detail: int }),
  networkGetDhcpLeases: call(
    341,
    { net: network, mac: optional(string), needResults: flag, flags: uint },
    { leases: list(networkDhcpLease, limits.networkDhcpLeases), ret: uint },
  ),
  networkListAllPorts: call(
    404,
    { network, needResults: flag, flags: uint },
    { ports: list(networkPort, limits.networkPortList), ret: uint },
    high,
  ),
  networkPortLookupByUuid: call(405, { network, uuid }, { port: networkPort }, high),
  networkPortCreateXml: call(406, { network, xml: string, flags: uint }, { port: networkPort }),
  networkPortGetParameters: call(
    407,
    { port: networkPort, nparams: int, flags: uint },
    { params: list(typedParam, limits.networkPortParameters), nparams: int },
  ),
  networkPortSetParameters: call(408, {
    port: networkPort,
    params: list(typedParam, limits.networkPortParameters),
    flags: uint,
  }),
  networkPortGetXmlDesc: call(409, { port: networkPort, flags: uint }, { xml: string }),
  networkPortDelete: call(410, { port: networkPort, flags: uint }),
  networkDefineXmlFlags: call(432, { xml: string, flags: uint }, { net: network }, high),
  networkCreateXmlFlags: call(437, { xml: string, flags: uint }, { net: network }, high),
};
