/** A network interface of the host as lists show it, and what changing one answers. */
import type { Words } from '../words.ts';
import type { NetworkFinding, NetworkPlan } from './network-summary.ts';

export type InterfaceKind = 'ethernet' | 'wireless' | 'bridge' | 'bond' | 'vlan' | 'loopback' | 'virtual';

export interface InterfaceSummary {
  readonly name: string;
  /** Absent for what is configured and not there. */
  readonly mac?: string;
  readonly kind: InterfaceKind;
  /** As libvirt counts it: its link is up. */
  readonly active: boolean;
  /** Whether the host's configuration knows it, so that it comes back after a boot. */
  readonly configured: boolean;
  /** The kernel's word for its link: `up`, `down`, `lowerlayerdown` …; absent when it is not there. */
  readonly state?: string;
  /** The bridge or bond it is a port of. */
  readonly master?: string;
  /** Of a bridge or a bond. */
  readonly ports: readonly string[];
  /** `192.0.2.2/24` */
  readonly addresses: readonly string[];
  /** Whether a default route leads over it. */
  readonly isDefaultRoute: boolean;
  readonly mtu?: number;
  readonly speedMbit?: number;
  /** libvirt's lists leave out ports of bridges and the taps of machines. */
  readonly listed: boolean;
  /** Why no bridge can be made over it. */
  readonly notBridgeable?: Pick<NetworkFinding, 'message' | 'fix' | 'words'>;
}

/** Who keeps the host's network configuration. */
export interface ConfigurationKeeper {
  readonly name: 'NetworkManager' | 'systemd-networkd' | 'ifupdown' | 'ip';
  /** Whether what is kept is there after a boot. */
  readonly isLasting: boolean;
  /** For people: what is kept, and where. */
  readonly sentence: string;
}

/** What a change would do now, and what when it is kept. */
export interface InterfacePlan extends NetworkPlan {
  readonly keeper: ConfigurationKeeper;
  /** What keeping it writes into the host's configuration. */
  readonly keep: readonly { readonly sentence: string; readonly words?: Words }[];
}

export interface BridgeRequest {
  /** The interface that becomes its port. */
  readonly device: string;
  readonly bridge: string;
  readonly stp?: boolean;
  readonly delaySeconds?: number;
}

/** A change that stands, until it is kept or rolled back. */
export interface PendingChange {
  readonly kind: 'bridge' | 'unbridge' | 'changes';
  readonly bridge?: string;
  readonly device?: string;
  readonly startedMs: number;
  /** When it is rolled back by itself; absent when it waits for a word. */
  readonly deadlineMs?: number;
}
