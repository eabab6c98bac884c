/** Who keeps a host's network configuration, and what changing it takes: one file a keeper, all of them pure. */
import type { HostInterface } from '../../../../src-shared/model/host-interface.ts';
import type { ConfigurationKeeper } from '../../../../src-shared/model/interface-summary.ts';
import type { InterfaceDevice, InterfaceFacts } from '../facts.ts';
import type { BridgeShape, InterfaceStep } from '../plan-live.ts';

export interface KeeperSteps {
  /** What is done at once, and undone by a rollback or the next boot. */
  readonly now: readonly InterfaceStep[];
  /** What makes it last; done when the change is kept. */
  readonly keep: readonly InterfaceStep[];
}

export interface Keeper {
  readonly info: ConfigurationKeeper;
  /** What is configured, in libvirt's words. */
  configured(files: InterfaceFacts['files'], profiles: InterfaceFacts['profiles']): readonly HostInterface[];
  /** Writes a definition; what its ports were on their own is replaced. */
  define(definition: HostInterface & { readonly name: string }, facts: InterfaceFacts): readonly InterfaceStep[];
  undefine(name: string, facts: InterfaceFacts): readonly InterfaceStep[];
  /** Brings up what is configured. */
  start(definition: HostInterface & { readonly name: string }, facts: InterfaceFacts): readonly InterfaceStep[];
  stop(device: InterfaceDevice, facts: InterfaceFacts): readonly InterfaceStep[];
  bridge(device: InterfaceDevice, shape: BridgeShape, facts: InterfaceFacts): KeeperSteps;
  unbridge(bridge: InterfaceDevice, port: InterfaceDevice, facts: InterfaceFacts): KeeperSteps;
}
