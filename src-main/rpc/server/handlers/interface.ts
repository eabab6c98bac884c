/** Network interfaces of the host. A driver without them has none: lists are empty, and looking one up says so. */
import { VirError } from '../../../../src-shared/errors.ts';
import { need } from '../../../engine/driver.ts';
import type { InterfaceApi, InterfaceSummary } from '../../../engine/interface-api.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { filterBy, type FilterGroup } from './list-filter.ts';
import { atMost, counted, has, onlyFlags } from './shared.ts';

/** `virConnectListAllInterfacesFlags`: inactive, then active. */
const groups: readonly FilterGroup<InterfaceSummary>[] = [
  [
    [1 << 0, ({ active }) => !active],
    [1 << 1, ({ active }) => active],
  ],
];
const everyListFlag = 3;
/** `VIR_INTERFACE_XML_INACTIVE`, `VIR_INTERFACE_DEFINE_VALIDATE` */
const xmlInactive = 1;
const validate = 1;

interface InterfaceReference {
  readonly name: string;
  readonly mac: string;
}

const reference = ({ name, mac = '' }: InterfaceSummary): InterfaceReference => ({ name, mac });

/** Ports of bridges and machines' taps are found by their names, and not listed. */
const list = async ({ connection }: CallContext): Promise<readonly InterfaceSummary[]> =>
  ((await connection.interfaces?.list()) ?? []).filter(({ listed }) => listed);

const names = async (context: CallContext, active: boolean): Promise<readonly string[]> =>
  (await list(context)).filter((each) => each.active === active).map(({ name }) => name);

async function byName({ connection }: CallContext, name: string): Promise<InterfaceSummary> {
  const found = (await connection.interfaces?.list())?.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new VirError({ code: 'no-interface', domain: 'interface', message: `couldn't find interface named '${name}'` });
}

async function method<K extends keyof InterfaceApi & string>(
  context: CallContext,
  iface: InterfaceReference,
  name: K,
): Promise<NonNullable<InterfaceApi[K]>> {
  await byName(context, iface.name);
  return need<InterfaceApi, K>(context.connection.interfaces, name);
}

export const interfaceHandlers = {
  connectListAllInterfaces: async (context, { needResults, flags }) => {
    onlyFlags(flags, everyListFlag, 'virConnectListAllInterfaces');
    const { items, count } = counted(needResults, filterBy(groups, await list(context), flags).map(reference));
    return { ifaces: items, ret: count };
  },
  connectNumOfInterfaces: async (context) => ({ num: (await names(context, true)).length }),
  connectListInterfaces: async (context, { maxnames }) => ({ names: atMost(await names(context, true), maxnames) }),
  connectNumOfDefinedInterfaces: async (context) => ({ num: (await names(context, false)).length }),
  connectListDefinedInterfaces: async (context, { maxnames }) => ({
    names: atMost(await names(context, false), maxnames),
  }),
  interfaceLookupByName: async (context, { name }) => ({ iface: reference(await byName(context, name)) }),
  interfaceLookupByMacString: async ({ connection }, { mac }) => {
    if (connection.interfaces === undefined) {
      const message = `couldn't find interface with MAC address '${mac}'`;
      throw new VirError({ code: 'no-interface', domain: 'interface', message });
    }
    return { iface: reference(await connection.interfaces.lookupByMac(mac)) };
  },
  interfaceGetXmlDesc: async (context, { iface, flags }) => {
    onlyFlags(flags, xmlInactive, 'virInterfaceGetXMLDesc');
    const xml = await method(context, iface, 'xml');
    return { xml: await xml(iface.name, { inactive: has(flags, xmlInactive) }) };
  },
  interfaceIsActive: async (context, { iface }) => ({ active: (await byName(context, iface.name)).active }),
  interfaceDefineXml: async ({ connection }, { xml, flags }) => {
    onlyFlags(flags, validate, 'virInterfaceDefineXML');
    return { iface: reference(await need<InterfaceApi, 'define'>(connection.interfaces, 'define')(xml)) };
  },
  interfaceUndefine: async (context, { iface }) => {
    await (await method(context, iface, 'undefine'))(iface.name);
  },
  interfaceCreate: async (context, { iface, flags }) => {
    onlyFlags(flags, 0, 'virInterfaceCreate');
    await (await method(context, iface, 'create'))(iface.name);
  },
  interfaceDestroy: async (context, { iface, flags }) => {
    onlyFlags(flags, 0, 'virInterfaceDestroy');
    await (await method(context, iface, 'destroy'))(iface.name);
  },
  interfaceChangeBegin: async ({ connection }, { flags }) => {
    onlyFlags(flags, 0, 'virInterfaceChangeBegin');
    await need<InterfaceApi, 'changeBegin'>(connection.interfaces, 'changeBegin')();
  },
  interfaceChangeCommit: async ({ connection }, { flags }) => {
    onlyFlags(flags, 0, 'virInterfaceChangeCommit');
    await need<InterfaceApi, 'changeCommit'>(connection.interfaces, 'changeCommit')();
  },
  interfaceChangeRollback: async ({ connection }, { flags }) => {
    onlyFlags(flags, 0, 'virInterfaceChangeRollback');
    await need<InterfaceApi, 'changeRollback'>(connection.interfaces, 'changeRollback')();
  },
} satisfies RemoteHandlers;
