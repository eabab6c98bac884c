/** Virtual networks. A driver without them has none: lists are empty, and looking one up says so. */
import { VirError } from '../../../../src-shared/errors.ts';
import { networkSections, type NetworkUpdateCommand } from '../../../../src-shared/model/network-update.ts';
import { need } from '../../../engine/driver.ts';
import type { NetworkApi, NetworkSummary } from '../../../engine/network-api.ts';
import { networkEventIds } from '../../protocol/event-numbers.ts';
import type { NetworkReference } from '../../protocol/objects.ts';
import { rpcError } from '../errors.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { everyFlag, filterBy, type FilterGroup, yesOrNo } from './list-filter.ts';
import { affects, atMost, counted, has, onlyFlags } from './shared.ts';

/** `virConnectListAllNetworksFlags` */
const groups: readonly FilterGroup<NetworkSummary>[] = [
  yesOrNo(1 << 0, ({ active }) => !active),
  yesOrNo(1 << 2, ({ persistent }) => persistent),
  yesOrNo(1 << 4, ({ autostart }) => autostart),
];
const everyListFlag = everyFlag(groups);
/** `VIR_NETWORK_XML_INACTIVE`, `VIR_NETWORK_DEFINE_VALIDATE` */
const xmlInactive = 1;
const validate = 1;
/** `virNetworkUpdateCommand` by number; none is 0. */
const commands: readonly (NetworkUpdateCommand | undefined)[] = [
  undefined,
  'modify',
  'delete',
  'add-last',
  'add-first',
];
/** `virIPAddrType` */
const addressTypes = { ipv4: 0, ipv6: 1 } as const;

const reference = ({ name, uuid }: NetworkSummary): NetworkReference => ({ name, uuid });

const noNetwork = (what: string): VirError =>
  new VirError({ code: 'no-network', domain: 'network', message: `no network with matching ${what}` });

const list = async ({ connection }: CallContext): Promise<readonly NetworkSummary[]> =>
  (await connection.networks?.list()) ?? [];

async function networkOf({ connection }: CallContext, { uuid, name }: NetworkReference): Promise<NetworkSummary> {
  const found = (await connection.networks?.list())?.find((network) => network.uuid === uuid);
  if (found === undefined) throw noNetwork(`uuid '${uuid}' (${name})`);
  return found;
}

async function method<K extends keyof NetworkApi & string>(
  context: CallContext,
  net: NetworkReference,
  name: K,
): Promise<NonNullable<NetworkApi[K]>> {
  await networkOf(context, net);
  return need<NetworkApi, K>(context.connection.networks, name);
}

const names = async (context: CallContext, active: boolean): Promise<readonly string[]> =>
  (await list(context)).filter((network) => network.active === active).map(({ name }) => name);

const define = async (
  { connection, session }: CallContext,
  xml: string,
): Promise<{ readonly net: NetworkReference }> => ({
  net: reference(await need<NetworkApi, 'define'>(connection.networks, 'define')(xml, { author: session.author })),
});

const create = async ({ connection }: CallContext, xml: string): Promise<{ readonly net: NetworkReference }> => ({
  net: reference(await need<NetworkApi, 'createXml'>(connection.networks, 'createXml')(xml)),
});

export const networkHandlers = {
  connectListAllNetworks: async (context, { needResults, flags }) => {
    onlyFlags(flags, everyListFlag, 'virConnectListAllNetworks');
    const found = filterBy(groups, await list(context), flags).map(reference);
    const { items, count } = counted(needResults, found);
    return { nets: items, ret: count };
  },
  connectNumOfNetworks: async (context) => ({ num: (await names(context, true)).length }),
  connectListNetworks: async (context, { maxnames }) => ({ names: atMost(await names(context, true), maxnames) }),
  connectNumOfDefinedNetworks: async (context) => ({ num: (await names(context, false)).length }),
  connectListDefinedNetworks: async (context, { maxnames }) => ({
    names: atMost(await names(context, false), maxnames),
  }),

  networkLookupByName: async (context, { name }) => {
    const found = (await list(context)).find((network) => network.name === name);
    if (found === undefined) throw noNetwork(`name '${name}'`);
    return { net: reference(found) };
  },
  networkLookupByUuid: async (context, { uuid }) => {
    const found = (await list(context)).find((network) => network.uuid === uuid);
    if (found === undefined) throw noNetwork(`uuid '${uuid}'`);
    return { net: reference(found) };
  },

  networkDefineXml: async (context, { xml }) => await define(context, xml),
  networkDefineXmlFlags: async (context, { xml, flags }) => {
    onlyFlags(flags, validate, 'virNetworkDefineXMLFlags');
    return await define(context, xml);
  },
  networkCreateXml: async (context, { xml }) => await create(context, xml),
  networkCreateXmlFlags: async (context, { xml, flags }) => {
    onlyFlags(flags, validate, 'virNetworkCreateXMLFlags');
    return await create(context, xml);
  },
  networkUndefine: async (context, { net }) => {
    await (await method(context, net, 'undefine'))(net.uuid);
  },
  networkCreate: async (context, { net }) => {
    await (await method(context, net, 'start'))(net.uuid);
  },
  networkDestroy: async (context, { net }) => {
    await (await method(context, net, 'destroy'))(net.uuid);
  },
  networkUpdate: async (context, { net, command, section, parentIndex, xml, flags }) => {
    onlyFlags(flags, 3, 'virNetworkUpdate');
    const [what, where] = [commands[command], networkSections[section - 1]];
    if (what === undefined || where === undefined) {
      const message = `unrecognized network update command code ${command} or section ${section}`;
      throw new VirError({ code: 'invalid-arg', domain: 'network', message });
    }
    const update = await method(context, net, 'update');
    await update(net.uuid, { command: what, section: where, parentIndex, xml }, affects(flags));
  },

  networkGetXmlDesc: async (context, { net, flags }) => {
    onlyFlags(flags, xmlInactive, 'virNetworkGetXMLDesc');
    const xml = await method(context, net, 'xml');
    return { xml: await xml(net.uuid, { inactive: has(flags, xmlInactive) }) };
  },
  networkGetBridgeName: async (context, { net }) => {
    const { bridge, name } = await networkOf(context, net);
    if (bridge === undefined) {
      const message = `network '${name}' does not have a bridge name.`;
      throw new VirError({ code: 'internal-error', domain: 'network', message });
    }
    return { name: bridge };
  },
  networkIsActive: async (context, { net }) => ({ active: (await networkOf(context, net)).active }),
  networkIsPersistent: async (context, { net }) => ({ persistent: (await networkOf(context, net)).persistent }),
  networkGetAutostart: async (context, { net }) => ({ autostart: (await networkOf(context, net)).autostart }),
  networkSetAutostart: async (context, { net, autostart }) => {
    await (await method(context, net, 'setAutostart'))(net.uuid, autostart);
  },

  networkGetDhcpLeases: async (context, { net, mac, needResults, flags }) => {
    onlyFlags(flags, 0, 'virNetworkGetDHCPLeases');
    const leases = await (await method(context, net, 'leases'))(net.uuid, mac);
    const { items, count } = counted(needResults, leases);
    return {
      leases: items.map(
        ({ family, interface: iface, expiresMs, mac: card, iaid, address, prefix, hostname, clientId }) => ({
          iface,
          expirytime: BigInt(Math.floor((expiresMs ?? 0) / 1000)),
          type: addressTypes[family],
          mac: card,
          iaid,
          ipaddr: address,
          prefix,
          hostname,
          clientid: clientId,
        }),
      ),
      ret: count,
    };
  },
  connectNetworkEventRegisterAny: ({ session }, { eventID, net }) => {
    if (eventID !== networkEventIds.lifecycle) throw rpcError(`unsupported network event ID ${eventID}`);
    return { callbackID: session.subscriptions.add('network', eventID, net?.uuid) };
  },
  connectNetworkEventDeregisterAny: ({ session }, { callbackID }) => {
    session.subscriptions.remove('network', callbackID);
  },
} satisfies RemoteHandlers;
