/** The machines that are plugged into virtual networks. */
import type { Bandwidth } from '../../../../src-shared/model/network-common.ts';
import { VirError } from '../../../../src-shared/errors.ts';
import { need } from '../../../engine/driver.ts';
import type { NetworkApi, NetworkPortApi, NetworkPortSummary } from '../../../engine/network-api.ts';
import type { NetworkReference, TypedParam } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { asked, known, uint, valuesOf } from './typed-params.ts';
import { counted, onlyFlags } from './shared.ts';

const noPort = (uuid: string): VirError =>
  new VirError({ code: 'no-network-port', domain: 'network', message: `no network port with matching uuid '${uuid}'` });

const method = <K extends keyof NetworkPortApi>({ connection }: CallContext, name: K): NonNullable<NetworkApi[K]> =>
  need<NetworkApi, K>(connection.networks, name);

async function portOf(context: CallContext, net: NetworkReference, uuid: string): Promise<NetworkPortSummary> {
  const found = (await method(context, 'listPorts')(net.uuid)).find((port) => port.uuid === uuid);
  if (found === undefined) throw noPort(uuid);
  return found;
}

const directions = ['inbound', 'outbound'] as const;
const figures = ['average', 'peak', 'floor', 'burst'] as const;

function bandwidthParams(bandwidth: Bandwidth | undefined): readonly TypedParam[] {
  return directions.flatMap((direction) =>
    figures.flatMap((figure) =>
      known(bandwidth?.[direction]?.[figure], (value) => uint(`${direction}.${figure}`, value)),
    ),
  );
}

/** A direction with average 0 loses its limit; one that is not named keeps it. */
function readBandwidth(params: readonly TypedParam[], before: Bandwidth | undefined): Bandwidth {
  const values = valuesOf(params);
  const rate = (direction: (typeof directions)[number]): Bandwidth['inbound'] => {
    const given = figures.flatMap((figure) => {
      const value = values.get(`${direction}.${figure}`);
      return typeof value === 'number' && value > 0 ? [[figure, value] as const] : [];
    });
    const isNamed = figures.some((figure) => values.has(`${direction}.${figure}`));
    return isNamed ? Object.fromEntries(given) : before?.[direction];
  };
  const [inbound, outbound] = directions.map(rate);
  return { ...(inbound === undefined ? {} : { inbound }), ...(outbound === undefined ? {} : { outbound }) };
}

export const networkPortHandlers = {
  networkListAllPorts: async (context, { network, needResults, flags }) => {
    onlyFlags(flags, 0, 'virNetworkListAllPorts');
    const { name, uuid } = network;
    // A driver without ports has none.
    const ports = context.connection.networks?.listPorts === undefined ? [] : await method(context, 'listPorts')(uuid);
    const { items, count } = counted(
      needResults,
      ports.map((port) => ({ net: { name, uuid }, uuid: port.uuid })),
    );
    return { ports: items, ret: count };
  },
  networkPortLookupByUuid: async (context, { network, uuid }) => {
    await portOf(context, network, uuid);
    return { port: { net: network, uuid } };
  },
  networkPortGetXmlDesc: async (context, { port, flags }) => {
    onlyFlags(flags, 0, 'virNetworkPortGetXMLDesc');
    return { xml: await method(context, 'portXml')(port.net.uuid, port.uuid) };
  },
  networkPortDelete: async (context, { port, flags }) => {
    onlyFlags(flags, 0, 'virNetworkPortDelete');
    await method(context, 'deletePort')(port.net.uuid, port.uuid);
  },
  networkPortGetParameters: async (context, { port, nparams }) => {
    const { bandwidth } = await portOf(context, port.net, port.uuid);
    return asked(bandwidthParams(bandwidth), nparams);
  },
  networkPortSetParameters: async (context, { port, params }) => {
    const { bandwidth } = await portOf(context, port.net, port.uuid);
    const next = readBandwidth(params, bandwidth);
    await method(context, 'setPortBandwidth')(port.net.uuid, port.uuid, next);
  },
} satisfies RemoteHandlers;
