import type { ConfigurationKeeper } from '../../../../src-shared/model/interface-summary.ts';
import { ifupdown } from './ifupdown.ts';
import type { Keeper } from './keeper.ts';
import { networkManager } from './network-manager.ts';
import { networkd } from './networkd.ts';
import { plain } from './plain.ts';

export const keepers: Readonly<Record<ConfigurationKeeper['name'], Keeper>> = {
  NetworkManager: networkManager,
  'systemd-networkd': networkd,
  ifupdown,
  ip: plain,
};
