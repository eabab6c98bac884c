/** Network interfaces of a connection's host, addressed by name. A method that is absent is what the driver cannot do. */
import type {
  BridgeRequest,
  ConfigurationKeeper,
  InterfacePlan,
  InterfaceSummary,
  PendingChange,
} from '../../src-shared/model/interface-summary.ts';

export type { BridgeRequest, ConfigurationKeeper, InterfacePlan, InterfaceSummary, PendingChange };

export interface InterfaceApi {
  /** Every one, those that libvirt's lists leave out as well. */
  list(): Promise<readonly InterfaceSummary[]>;
  /** @throws VirError `no-interface` */
  lookupByName(name: string): Promise<InterfaceSummary>;
  /** @throws VirError `no-interface`, `multiple-interfaces` */
  lookupByMac(mac: string): Promise<InterfaceSummary>;
  /** As it is, or as it is configured. */
  xml(name: string, options?: { readonly inactive?: boolean }): Promise<string>;

  define?(xml: string): Promise<InterfaceSummary>;
  undefine?(name: string): Promise<void>;
  create?(name: string): Promise<void>;
  destroy?(name: string): Promise<void>;

  /** Opens a change: what is defined, started and stopped from now on can be rolled back. */
  changeBegin?(): Promise<void>;
  changeCommit?(): Promise<void>;
  changeRollback?(): Promise<void>;
}

/** What a driver of this host can do besides: bridges over its cards, with a way back. */
export interface HostBridgeApi {
  keeper?(): Promise<ConfigurationKeeper>;
  planBridge?(request: BridgeRequest): Promise<InterfacePlan>;
  /**
   * Makes a bridge over an interface. It is rolled back by itself unless `changeCommit` is called in time; without a
   * time it is kept at once.
   */
  bridge?(request: BridgeRequest, confirmSeconds?: number): Promise<PendingChange | undefined>;
  planUnbridge?(bridge: string): Promise<InterfacePlan>;
  unbridge?(bridge: string, confirmSeconds?: number): Promise<PendingChange | undefined>;
  /** The change that stands at present. */
  pending?(): Promise<PendingChange | undefined>;
}
