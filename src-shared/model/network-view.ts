/** What is shown around virtual networks: where machines' cards lead, the host's devices, what was changed on the host. */
import type { ShownStep } from './network-summary.ts';

/** One network card of a machine, and where its other end is. */
export interface NetworkCard {
  /** UUID of the machine. */
  readonly machine: string;
  /** Its place among the machine's cards. */
  readonly index: number;
  /** `network`, `bridge`, `direct`, `user` …, as the interface's type in the domain's XML. */
  readonly type: string;
  /** The name of the network, the bridge or the device of the host. */
  readonly source?: string;
  readonly mac?: string;
  readonly model?: string;
  /** The host's end while the machine runs: `vnet0`. */
  readonly target?: string;
  /** Whether the cable is plugged in. */
  readonly plugged: boolean;
  /** Where it leads from the next boot on, when that is elsewhere. */
  readonly next?: { readonly type: string; readonly source?: string };
}

/** A network device of the host. */
export interface HostDevice {
  readonly name: string;
  readonly kind: 'ethernet' | 'wireless' | 'bridge' | 'bond' | 'virtual';
  readonly up: boolean;
  readonly mac?: string;
  /** The bridge or bond it is a port of. */
  readonly master?: string;
  readonly addresses: readonly string[];
}

/** What was done on the host for one owner and is undone with it. */
export interface HostChange {
  /**
   * `network-UUID` for a network; `interfaces/…` for interfaces of the host; `helper/…` for what the privileged helper
   * knows alone.
   */
  readonly owner: string;
  readonly timeMs: number;
  /** Whose engine did it. */
  readonly user: string;
  /** Done before the host was last started: what is left is what lasts over that. */
  readonly isOfEarlierBoot?: boolean;
  readonly steps: readonly ShownStep[];
}
