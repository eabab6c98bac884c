/** Who keeps this host's network configuration, and what it says: looked at, never started or changed. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigurationKeeper } from '../../../src-shared/model/interface-summary.ts';
import { readIfThere } from '../../host/files.ts';
import type { InterfaceFacts } from './facts.ts';
import { keepers } from './keepers/index.ts';
import type { NetworkManagerBus } from './network-manager-bus.ts';
import { observeDevices, observeDhcpByDuid, observeDhcpClients, observeRoutes } from './observe.ts';
import { observeNetworkd } from './observe-networkd.ts';

/** As distributions have it: whoever runs, then whoever is installed with a configuration. */
export async function detectKeeper(bus: NetworkManagerBus): Promise<ConfigurationKeeper['name']> {
  if (await bus.runs()) return 'NetworkManager';
  if (existsSync('/run/systemd/netif/state')) return 'systemd-networkd';
  const hasIfupdown = ['/usr/sbin/ifup', '/sbin/ifup'].some((path) => existsSync(path));
  return hasIfupdown && existsSync('/etc/network/interfaces') ? 'ifupdown' : 'ip';
}

export async function observeInterfaces(bus: NetworkManagerBus): Promise<InterfaceFacts> {
  const [devices, routes, keeper] = await Promise.all([observeDevices(), observeRoutes(), detectKeeper(bus)]);
  const files = configurationFiles(keeper);
  const profiles = keeper === 'NetworkManager' ? await bus.profiles() : [];
  const configured = keepers[keeper].configured(files, profiles);
  return {
    ...{ devices, routes, keeper, files, profiles, configured },
    ...{ dhcpClients: observeDhcpClients(), dhcpByDuid: observeDhcpByDuid() },
    ...(keeper === 'systemd-networkd' ? { networkd: observeNetworkd(devices) } : {}),
  };
}

const places: Readonly<Record<ConfigurationKeeper['name'], readonly (readonly [folder: string, name: RegExp])[]>> = {
  NetworkManager: [],
  'systemd-networkd': [
    ['/etc/systemd/network', /\.(?:netdev|network)$/],
    ['/run/systemd/network', /\.(?:netdev|network)$/],
  ],
  // What `run-parts` would not read, ifupdown does not.
  ifupdown: [['/etc/network/interfaces.d', /^[A-Za-z0-9_-]+$/]],
  ip: [['/var/lib/vivarium/interfaces', /\.xml$/]],
};

function configurationFiles(keeper: ConfigurationKeeper['name']): InterfaceFacts['files'] {
  const files: Record<string, string> = {};
  const add = (path: string): void => {
    const text = readIfThere(path);
    if (text !== undefined) files[path] = text;
  };
  if (keeper === 'ifupdown') add('/etc/network/interfaces');
  for (const [folder, pattern] of places[keeper]) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).sort()) if (pattern.test(name)) add(join(folder, name));
  }
  return files;
}
