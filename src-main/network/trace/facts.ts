/** What a trace is judged by: what the host was seen to be, with the line that says it. */
import type { NetworkLease } from '../../../src-shared/model/network-summary.ts';
import type { Network } from '../../../src-shared/model/network.ts';
import type { NetworkStep } from '../plan.ts';
import type { Ruleset } from './ruleset.ts';

export interface LinkFact {
  readonly name: string;
  /** Switched on. */
  readonly up: boolean;
  /** Whether something is at its other end. */
  readonly carrier: boolean;
  readonly master?: string;
  /** Whether it only talks to ports that are not. */
  readonly isolated: boolean;
  readonly line: string;
}

export interface AddressFact {
  readonly device: string;
  /** `192.168.122.1/24` */
  readonly address: string;
  readonly line: string;
}

export interface NeighbourFact {
  readonly address: string;
  readonly device: string;
  readonly mac?: string;
  /** `REACHABLE`, `STALE`, `FAILED` … */
  readonly state: string;
  readonly line: string;
}

/** Where the kernel sends what is for an address. */
export interface RouteFact {
  readonly command: string;
  /** Absent when there is no way. */
  readonly device?: string;
  readonly gateway?: string;
  /** Whether it is for the host itself. */
  readonly local: boolean;
  readonly line: string;
}

export interface ListeningFact {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** `0.0.0.0`, `127.0.0.1`, `*` … */
  readonly address: string;
  readonly line: string;
}

export type RulesFact =
  | {
      readonly ruleset: Ruleset;
      /** What stands in iptables' old tables, which nft does not show. */
      readonly legacy: readonly string[];
    }
  /** Why they can't be seen, and what would let them be. */
  | { readonly hidden: string };

export interface NetworkFact {
  readonly uuid: string;
  readonly name: string;
  readonly active: boolean;
  readonly definition: Network;
  readonly leases: readonly NetworkLease[];
  /** The command line of its dnsmasq when it runs. */
  readonly server?: string;
  /** What its start did to the host. */
  readonly recorded: readonly NetworkStep[];
  /** What a start would do now. */
  readonly planned: readonly NetworkStep[];
}

/** What came of asking the guest's port from the host. */
export type Probe = 'open' | 'refused' | 'silent' | 'unreachable';

export interface TraceFacts {
  readonly links: readonly LinkFact[];
  readonly addresses: readonly AddressFact[];
  readonly neighbours: readonly NeighbourFact[];
  readonly listening: readonly ListeningFact[];
  /** By what was asked for: `routeKey`. */
  readonly routes: ReadonlyMap<string, RouteFact>;
  /** By their paths below /proc/sys. */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly rules: RulesFact;
  readonly networks: readonly NetworkFact[];
  /** What the cables' steps were, by the device they made. */
  readonly cables: ReadonlyMap<string, readonly NetworkStep[]>;
  /** Of the port that is asked about, at the end that is a machine. */
  readonly probe?: Probe;
}

/** A packet that is to be routed: to an address, and from one that came in by a device when it is forwarded. */
export interface RouteQuery {
  readonly to: string;
  readonly from?: { readonly address: string; readonly device: string };
}

export const routeKey = ({ to, from }: RouteQuery): string =>
  from === undefined ? to : `${to} from ${from.address} ${from.device}`;

export const linkOf = ({ links }: TraceFacts, name: string | undefined): LinkFact | undefined =>
  name === undefined ? undefined : links.find((link) => link.name === name);
