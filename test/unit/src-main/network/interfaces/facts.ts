/** A host with one card, made up. */
import type { InterfaceDevice, InterfaceFacts } from '../../../../../src-main/network/interfaces/facts.ts';
import { keepers } from '../../../../../src-main/network/interfaces/keepers/index.ts';

export const card: InterfaceDevice = {
  ...{ name: 'eth0', index: 2, kind: 'ethernet', mac: '52:54:00:aa:bb:cc', mtu: 1500, state: 'up', isUp: true },
  ...{ isBridgePort: false, isTap: false, isIpv6Off: false },
  addresses: [
    {
      family: 'ipv4',
      address: '192.0.2.2',
      prefix: 24,
      broadcast: '192.0.2.255',
      scope: 'global',
      isAutomatic: false,
      noPrefixRoute: false,
    },
    { family: 'ipv6', address: 'fe80::1', prefix: 64, scope: 'link', isAutomatic: true, noPrefixRoute: false },
  ],
};

export function hostWith(over: Partial<InterfaceFacts>): InterfaceFacts {
  const keeper = over.keeper ?? 'ip';
  const { files = {}, profiles = [] } = over;
  return {
    devices: [card],
    routes: [
      {
        family: 'ipv4',
        destination: 'default',
        device: 'eth0',
        gateway: '192.0.2.1',
        protocol: 'static',
        isOnLink: false,
      },
      {
        family: 'ipv4',
        destination: '192.0.2.0/24',
        device: 'eth0',
        protocol: 'kernel',
        scope: 'link',
        isOnLink: false,
      },
    ],
    dhcpClients: {},
    ...{ keeper, files, profiles },
    configured: keepers[keeper].configured(files, profiles),
    ...over,
  };
}
