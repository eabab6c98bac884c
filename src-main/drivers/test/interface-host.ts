/** What planners would see of a host whose interfaces are only remembered. */
import type { HostInterface } from '../../../src-shared/model/host-interface.ts';
import { portsOf } from '../../network/interfaces/definitions.ts';
import type { InterfaceDevice, InterfaceFacts, InterfaceRoute } from '../../network/interfaces/facts.ts';

interface Remembered {
  readonly definition: HostInterface & { readonly name: string };
  readonly active: boolean;
}

export function pretendedFacts(interfaces: readonly Remembered[]): InterfaceFacts {
  return {
    devices: interfaces.map((each, index) => deviceFrom(each, index + 2, interfaces)),
    routes: interfaces.flatMap(({ definition }) => routesOf(definition)),
    dhcpClients: {},
    keeper: 'ip',
    files: {},
    configured: interfaces.map(({ definition }) => definition),
    profiles: [],
  };
}

function deviceFrom({ definition, active }: Remembered, index: number, all: readonly Remembered[]): InterfaceDevice {
  const { name, type, mtu, protocol } = definition;
  const master = all.find((each) => portsOf(each.definition).includes(name))?.definition.name;
  const mac = definition.mac?.address;
  return {
    ...{ name, index, kind: type, mtu: mtu?.size ?? 1500, state: active ? 'up' : 'down', isUp: active },
    ...(mac === undefined ? {} : { mac }),
    ...(master === undefined ? {} : { master }),
    ...{ isBridgePort: master !== undefined, isTap: false, isIpv6Off: false },
    addresses: protocol.flatMap(({ family, ip }) =>
      ip.map(({ address, prefix = family === 'ipv4' ? 32 : 128 }) => ({
        ...{ family, address, prefix, scope: 'global', isAutomatic: false, noPrefixRoute: false },
      })),
    ),
    ...(type === 'bridge' ? { bridge: { stp: '0', forwardDelay: '0' } } : {}),
  };
}

const routesOf = ({ name, protocol }: Remembered['definition']): readonly InterfaceRoute[] =>
  protocol.flatMap(({ family, route }) =>
    route.map(({ gateway }) => ({
      family,
      destination: 'default',
      device: name,
      gateway,
      protocol: 'static',
      isOnLink: false,
    })),
  );
