/** Virtual networks of a connection, addressed by UUID. A method that is absent is what the driver cannot do. */
import type { NetworkForward } from '../../src-shared/model/network-forwards.ts';
import type { HostNames } from '../../src-shared/model/network-host-names.ts';
import type { NetworkUpdate } from '../../src-shared/model/network-update.ts';
import type { TargetQuestion, Trace } from '../../src-shared/model/network-trace.ts';
import type { HostChange, HostDevice } from '../../src-shared/model/network-view.ts';
import type {
  NetworkLease,
  NetworkPlan,
  NetworkPortSummary,
  NetworkSummary,
  NetworkZone,
} from '../../src-shared/model/network-summary.ts';
import type { Bandwidth } from '../../src-shared/model/network-common.ts';
import type { Affects, Author } from './author.ts';

export type { NetworkLease, NetworkPlan, NetworkPortSummary, NetworkSummary, NetworkZone };

/** libvirt's network ports, addressed by their own UUID. */
export interface NetworkPortApi {
  listPorts(uuid: string): Promise<readonly NetworkPortSummary[]>;
  /** @throws VirError `no-network-port` */
  portXml(uuid: string, port: string): Promise<string>;
  deletePort(uuid: string, port: string): Promise<void>;
  /** Of a card that is plugged in, at once. */
  setPortBandwidth(uuid: string, port: string, bandwidth: Bandwidth): Promise<void>;
}

export interface NetworkApi extends Partial<NetworkPortApi> {
  list(): Promise<readonly NetworkSummary[]>;
  /** @throws VirError `no-network` */
  lookupByName(name: string): Promise<NetworkSummary>;
  lookupByUuid(uuid: string): Promise<NetworkSummary>;
  xml(uuid: string, options?: { readonly inactive?: boolean }): Promise<string>;

  define?(xml: string, options?: Author): Promise<NetworkSummary>;
  undefine?(uuid: string): Promise<void>;
  /** Starts a network that is forgotten when it stops. */
  createXml?(xml: string): Promise<NetworkSummary>;
  /** What starting it would change on the host, and what stands in the way; nothing is changed. */
  plan?(uuid: string): Promise<NetworkPlan>;
  start?(uuid: string): Promise<void>;
  destroy?(uuid: string): Promise<void>;
  setAutostart?(uuid: string, autostart: boolean): Promise<void>;
  /** Changes one entry of a list, of the running network, the stored one, or both. */
  update?(uuid: string, update: NetworkUpdate, affects: Affects): Promise<void>;
  /** Ports of the host that lead to guests, of the running network or the stored one. */
  portForwards?(uuid: string): Promise<readonly NetworkForward[]>;
  /**
   * In the place of those there are; of the running network, the stored one, or both.
   * @throws VirError `resource-busy` naming the port that a program of the host, or another network, has
   */
  setPortForwards?(uuid: string, forwards: readonly NetworkForward[], affects: Affects): Promise<void>;
  /** The addresses that guests have been given; of one guest, by its MAC address. */
  leases?(uuid: string, mac?: string): Promise<readonly NetworkLease[]>;
}

/** What a driver tells of the host its networks are on. */
export interface NetworkHostApi {
  /** As `plan`, of a network that is not stored. */
  planXml?(xml: string): Promise<NetworkPlan>;
  /** What is changed on the host at present, newest first. */
  hostChanges?(): Promise<readonly HostChange[]>;
  /**
   * Undoes what was changed for one owner, or everything: networks stop, and the host is as it was before.
   * @returns a sentence for each change that could not be undone, which stays recorded.
   */
  undoChanges?(owner?: string): Promise<readonly string[]>;
  /** Which of firewalld's zones the network is in, or would be put into, and why; undefined without firewalld. */
  zone?(uuid: string): Promise<NetworkZone | undefined>;
  /** What guests are called on the host, and whether the host finds them by it. */
  hostNames?(uuid: string): Promise<HostNames>;
  /** Whether the host is told to ask the network's server for guests' names. */
  setHostNames?(uuid: string, wanted: boolean, affects: Affects): Promise<void>;
  hostDevices?(): Promise<readonly HostDevice[]>;
  /** Why one end reaches another, or at which hop it does not. */
  trace?(question: TargetQuestion): Promise<Trace>;
  /** Does what a trace offered at a hop. */
  repairTrace?(question: TargetQuestion, hop: string): Promise<void>;
}
