/** A virtual network as lists show it, and what planning one answers. */
import type { forwardModes } from './network.ts';

export interface NetworkSummary {
  readonly uuid: string;
  readonly name: string;
  readonly active: boolean;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly mode: 'isolated' | (typeof forwardModes)[number];
  readonly bridge?: string;
  /** The host's addresses there: `192.168.122.1/24`. */
  readonly addresses: readonly string[];
}

/** An address that dnsmasq has given a guest. */
export interface NetworkLease {
  readonly family: 'ipv4' | 'ipv6';
  readonly interface: string;
  /** Absent when it never ends. */
  readonly expiresMs?: number;
  /** Absent for IPv6, where guests are known by an id. */
  readonly mac?: string;
  readonly iaid?: string;
  readonly address: string;
  readonly prefix: number;
  readonly hostname?: string;
  readonly clientId?: string;
}

/** Something found while planning. An error stands in the way. */
export interface NetworkFinding {
  /** i18n key. */
  readonly id: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly fix?: string;
}

/** What starting a network would change on the host, and stopping it undo. */
export interface NetworkPlan {
  readonly steps: readonly { readonly sentence: string; readonly undo?: string }[];
  readonly findings: readonly NetworkFinding[];
}
