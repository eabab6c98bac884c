/** A virtual network as lists show it, and what planning one answers. */
import type { Words } from '../words.ts';
import type { Bandwidth } from './network-common.ts';
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
  /** What kind of thing it is, for programs. */
  readonly id: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly fix?: string;
  /** Message and fix by their keys, for windows in other languages. */
  readonly words?: { readonly message: Words; readonly fix?: Words };
}

/** firewalld's zone of a network. */
export interface NetworkZone {
  /** The zone its bridge is in now; undefined while the network does not run, and where it is in none. */
  readonly current?: string;
  readonly finding: NetworkFinding;
}

/** A change of the host as people see it. */
export interface ShownStep {
  readonly sentence: string;
  readonly words?: Words;
  readonly undo?: string;
  readonly undoWords?: Words;
}

/** What starting a network would change on the host, and stopping it undo. */
export interface NetworkPlan {
  readonly steps: readonly ShownStep[];
  readonly findings: readonly NetworkFinding[];
}

/** One machine's place on a network. */
export interface NetworkPortSummary {
  readonly uuid: string;
  readonly network: string;
  readonly domain: string;
  readonly domainName: string;
  readonly mac: string;
  /** The host's end of the cable. */
  readonly link: string;
  readonly bandwidth?: Bandwidth;
}
