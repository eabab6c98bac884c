/** What a port is made of: a machine's card, and what its host has to plug it into. */
import type { Interface } from '../../../src-shared/model/domain/interface.ts';
import type { FunctionHost } from './functions.ts';

/** The kinds of cards whose host end is made here. */
export type CableCard = Extract<Interface, { type: 'network' | 'bridge' | 'direct' | 'ethernet' }>;

/** A card as the running machine has it: a virtual function is a device of the host. */
export type PluggedCard = CableCard | Extract<Interface, { type: 'hostdev' }>;

export const isCableCard = (card: Interface): card is CableCard =>
  card.type === 'network' || card.type === 'bridge' || card.type === 'direct' || card.type === 'ethernet';

export interface HostDevice {
  /** `bridge`, `tun` …; absent for hardware. */
  readonly kind?: string;
  readonly mtu: number;
  readonly mac?: string;
  /** Whether a bridge tells VLANs apart; absent where its kernel can't. */
  readonly vlanFiltering?: boolean;
}

export interface HostDevices extends FunctionHost {
  /** What is there. */
  readonly find: (link: string) => HostDevice | undefined;
  /** How many macvtaps stand on a device. */
  readonly users: (lower: string) => number;
}
