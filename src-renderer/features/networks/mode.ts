import Globe from 'lucide-react/icons/globe';
import Lock from 'lucide-react/icons/lock';
import Network from 'lucide-react/icons/network';
import Cable from 'lucide-react/icons/cable';
import Route from 'lucide-react/icons/route';
import EthernetPort from 'lucide-react/icons/ethernet-port';
import { t } from '../../app/i18n.ts';
import type { IconType } from '../../components/icon.tsx';
import type { NetworkMode } from './edit/network-edit.ts';

export const modeWord = (mode: NetworkMode): string => t(`networks:mode.${mode}.name`);

export const modeIcons: Readonly<Record<NetworkMode, IconType>> = {
  nat: Globe,
  route: Route,
  isolated: Lock,
  open: Network,
  bridge: Network,
  macvtap: Cable,
  hostdev: EthernetPort,
};

export { modeOfSummary } from './mode-of.ts';
