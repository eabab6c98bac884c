/** Why one end reaches another, or at which hop it does not: what is asked, and what was found on the way. */
import type { NetworkPlan } from './network-summary.ts';

/** One end of a trace, as it is asked for. */
export type TraceEnd =
  /** A card of a machine; its first one unless an address is named. */
  | { readonly kind: 'machine'; readonly uuid: string; readonly mac?: string }
  /** Any machine of a network. */
  | { readonly kind: 'network'; readonly uuid: string }
  | { readonly kind: 'host' }
  /** What is beyond the host: anything, or an address. */
  | { readonly kind: 'internet'; readonly address?: string };

export interface TracePort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** Without a port it is about a ping. */
export interface TraceQuestion {
  readonly from: TraceEnd;
  readonly to: TraceEnd;
  readonly port?: TracePort;
}

export type TraceHopKind =
  | 'machine'
  | 'link'
  | 'network'
  | 'lease'
  | 'address'
  | 'neighbour'
  | 'route'
  | 'forwarding'
  | 'rules'
  | 'translation'
  | 'port';

export type TraceStatus = 'ok' | 'failed' | 'unknown';

/** What a hop's answer rests on: the very line, and what was asked for it. */
export interface TraceEvidence {
  /** `ip link show dev virbr0`, or what else says it. */
  readonly source: string;
  readonly line: string;
}

/** Something that can be done about the first hop that failed. */
export interface TraceRepair {
  /** `network` is a change of the host, as its steps say. */
  readonly action: 'start-machine' | 'plug-in' | 'start-network' | 'network';
  readonly sentence: string;
  readonly steps: NetworkPlan['steps'];
}

export interface TraceHop {
  /** Unique within a trace: `from-link`. */
  readonly id: string;
  readonly kind: TraceHopKind;
  /** Where it is. */
  readonly at: TraceEnd;
  readonly status: TraceStatus;
  /** What was found, as a key for text in other languages; `values` are its parts. */
  readonly finding: string;
  readonly values: Readonly<Record<string, string>>;
  /** The same in English. */
  readonly text: string;
  readonly evidence: readonly TraceEvidence[];
  /** What would have to be done, where there is nothing that Vivarium could do. */
  readonly advice?: { readonly key: string; readonly text: string };
  readonly repair?: TraceRepair;
}

export interface Trace {
  readonly hops: readonly TraceHop[];
  /** `failed` when a hop failed, else `unknown` when one is not known. */
  readonly status: TraceStatus;
  /** The id of the first hop that failed. */
  readonly failed?: string;
}

/** A card with what is known of its machine: what the engine's part that knows the host is asked with. */
export interface TraceCard {
  readonly kind: 'card';
  readonly machine: string;
  readonly name: string;
  readonly running: boolean;
  readonly mac?: string;
  /** As in the interface's XML: `network`, `bridge`, `direct`, `user`. */
  readonly type: string;
  /** The network's or the device's name. */
  readonly source?: string;
  /** The host's end: `vnet0`. */
  readonly device?: string;
  readonly plugged: boolean;
  /** What the guest itself says it has, when somebody in it answers. */
  readonly addresses: readonly string[];
}

export type TraceTarget = TraceCard | Exclude<TraceEnd, { readonly kind: 'machine' }>;

export interface TargetQuestion {
  readonly from: TraceTarget;
  readonly to: TraceTarget;
  readonly port?: TracePort;
}
