/** What planners know of the host's interfaces: plain data, so that tests can make it up. */
import type { HostInterface } from '../../../src-shared/model/host-interface.ts';
import type { ConfigurationKeeper, InterfaceKind } from '../../../src-shared/model/interface-summary.ts';

export interface InterfaceAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  readonly broadcast?: string;
  readonly scope: string;
  /** Made by the kernel from a router's announcement; it comes by itself wherever the announcement does. */
  readonly isAutomatic: boolean;
  readonly noPrefixRoute: boolean;
  /** Nobody looked for duplicates of it. */
  readonly withoutDad?: true;
  /** Seconds; absent for ever. */
  readonly validSeconds?: number;
  readonly preferredSeconds?: number;
}

export interface InterfaceRoute {
  readonly family: 'ipv4' | 'ipv6';
  /** `default` or a subnet. */
  readonly destination: string;
  readonly device: string;
  readonly gateway?: string;
  /** `kernel` and `ra` are made and removed by the kernel. */
  readonly protocol: string;
  readonly scope?: string;
  readonly metric?: number;
  readonly source?: string;
  readonly table?: string;
  readonly isOnLink: boolean;
}

export interface InterfaceDevice {
  readonly name: string;
  readonly index: number;
  readonly kind: InterfaceKind;
  readonly mac?: string;
  readonly mtu: number;
  /** The kernel's word for its link. */
  readonly state: string;
  /** Whether somebody switched it on, cable or not. */
  readonly isUp: boolean;
  readonly master?: string;
  readonly isBridgePort: boolean;
  readonly isTap: boolean;
  readonly speedMbit?: number;
  readonly isIpv6Off: boolean;
  /** Its `accept_ra`, where it differs from that of new devices. */
  readonly acceptRa?: '0' | '1' | '2';
  readonly addresses: readonly InterfaceAddress[];
  readonly bridge?: { readonly stp: string; readonly forwardDelay: string };
  readonly vlan?: { readonly tag: number; readonly parent: string };
  readonly bond?: { readonly mode: string; readonly miimonMs: number };
}

export type DhcpClient = 'dhclient' | 'udhcpc' | 'dhcpcd';

/** What systemd-networkd has made of a device. */
export interface NetworkdLink {
  /** Its `.network` file with what was dropped in, one after the other. */
  readonly unit?: string;
  /** What it told the DHCP server it is, in hexadecimal digits. */
  readonly clientId?: string;
}

export interface InterfaceFacts {
  readonly devices: readonly InterfaceDevice[];
  readonly routes: readonly InterfaceRoute[];
  /** Programs that keep an interface's address from a DHCP server, by the interface. */
  readonly dhcpClients: Readonly<Record<string, DhcpClient>>;
  /** The interfaces whose `dhclient` calls itself by its host's DUID, not by a hardware address. */
  readonly dhcpByDuid?: readonly string[];
  /** Where systemd-networkd keeps the configuration, by the interface. */
  readonly networkd?: Readonly<Record<string, NetworkdLink>>;
  readonly keeper: ConfigurationKeeper['name'];
  /** The keeper's configuration files by their paths. */
  readonly files: Readonly<Record<string, string>>;
  /** What is configured, in the keeper's words turned into libvirt's. */
  readonly configured: readonly HostInterface[];
  /** Profiles of NetworkManager, by their UUID. */
  readonly profiles: readonly NetworkManagerProfile[];
}

export interface NetworkManagerProfile {
  readonly uuid: string;
  readonly path: string;
  /** Settings as D-Bus has them, each value with its signature. */
  readonly settings: NetworkManagerSettings;
  /** The interface it is active on. */
  readonly activeOn?: string;
}

/** Group → name → [signature, value]. */
export type NetworkManagerSettings = Readonly<Record<string, Readonly<Record<string, NetworkManagerValue>>>>;
export type NetworkManagerValue = readonly [signature: string, value: unknown];

export const deviceOf = ({ devices }: InterfaceFacts, name: string): InterfaceDevice | undefined =>
  devices.find((device) => device.name === name);
