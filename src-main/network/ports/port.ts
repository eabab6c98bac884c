/** Where a machine's network card is plugged in, as every driver asks for it and as it is kept on disk. */
import * as z from 'zod';
import type { FilterReference } from '../../../src-shared/model/domain/interface.ts';
import { type LinkConditions, linkConditionsSchema } from '../../../src-shared/model/link-conditions.ts';
import type { Bandwidth } from '../../../src-shared/model/network-common.ts';
import type { Step } from '../../host/step.ts';
import type { NetworkAction } from '../actions.ts';
import type { SwitchPort } from './open-vswitch.ts';
import { portVlansSchema, type PortVlans } from './vlans.ts';

/** What the host's end of the cable is. */
export type PortEnd =
  /** A tap of ours, in a bridge or in none. */
  | {
      readonly kind: 'tap';
      readonly bridge?: string;
      readonly multiQueue: boolean;
      /** The bridge is one of Open vSwitch. */
      readonly openVswitch?: SwitchPort;
      /** The bridge is ours, and is to tell VLANs apart. */
      readonly filtersVlans?: true;
    }
  /** A card of its own beside a card of the host. */
  | {
      readonly kind: 'macvtap';
      readonly lower: string;
      readonly mode: 'bridge' | 'private' | 'vepa' | 'passthrough';
      /** The address of a card that is passed through: it has the guest's meanwhile. */
      readonly lowerMac?: string;
    }
  /** A virtual function of a card (SR-IOV) that the guest has for itself. */
  | {
      readonly kind: 'function';
      readonly parent: string;
      readonly index: number;
      readonly address: string;
      /** Taken from its driver of the host for the time. */
      readonly managed: boolean;
      /** What it gets back. */
      readonly former?: { readonly mac: string; readonly vlan: number };
    }
  /** A device that somebody else made, and keeps. */
  | { readonly kind: 'given' };

/** One plugged-in card. */
export interface Port {
  /** libvirt's port id, shown as `<source portid='…'>`. */
  readonly id: string;
  /** Whose card it is; `driver` tells apart drivers that share the networks. */
  readonly owner: { readonly driver: string; readonly uuid: string; readonly name: string };
  /** The guest's hardware address. */
  readonly mac: string;
  /** The device of the host, `vnet0`. */
  readonly link: string;
  readonly end: PortEnd;
  /** The virtual network it belongs to; absent for a card that names a bridge or a device itself. */
  readonly network?: { readonly uuid: string; readonly name: string; readonly portgroup?: string };
  readonly bandwidth?: Bandwidth;
  /** Doesn't reach other isolated ports of its bridge. */
  readonly isolated?: true;
  readonly vlans?: PortVlans;
  readonly mtu?: number;
  /** What its owner makes it like: slow, unreliable, far away. */
  readonly conditions?: LinkConditions;
  /** The network filter that its packets pass, with the values of its variables. */
  readonly filter?: FilterReference;
}

/**
 * Something that is done to every card when it is plugged in, and taken back when it is unplugged. Pure: from the port to
 * steps. They are carried out when the device is there and in its bridge, and before it is switched on, so that no packet
 * passes unfiltered; the ledger undoes them, backwards, whatever happens. An action must be repeatable: after a restart
 * of the engine, or a change of the port, it is performed again.
 *
 * Added to the list in `parts.ts`.
 */
export type PortPart = (port: Port) => readonly Step<NetworkAction>[] | Promise<readonly Step<NetworkAction>[]>;

/** What happens to ports, for those that watch a cable while it is plugged in (`NetworkPorts.events`). */
export interface PortEvent {
  readonly event: 'plugged' | 'changed' | 'unplugged';
  readonly port: Port;
}

const text = z.string().max(4096);
const rate = z.object({
  average: z.number().exactOptional(),
  peak: z.number().exactOptional(),
  floor: z.number().exactOptional(),
  burst: z.number().exactOptional(),
});

/** A port as its file has it. */
export const portSchema = z.object({
  id: z.uuid(),
  owner: z.object({ driver: text, uuid: z.uuid(), name: text }),
  mac: text,
  link: text,
  end: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('tap'),
      bridge: text.exactOptional(),
      multiQueue: z.boolean(),
      openVswitch: z.object({ interfaceId: z.uuid(), profileId: text.exactOptional() }).exactOptional(),
      filtersVlans: z.literal(true).exactOptional(),
    }),
    z.object({
      kind: z.literal('macvtap'),
      lower: text,
      mode: z.enum(['bridge', 'private', 'vepa', 'passthrough']),
      lowerMac: text.exactOptional(),
    }),
    z.object({
      kind: z.literal('function'),
      parent: text,
      index: z.number(),
      address: text,
      managed: z.boolean(),
      former: z.object({ mac: text, vlan: z.number() }).exactOptional(),
    }),
    z.object({ kind: z.literal('given') }),
  ]),
  network: z.object({ uuid: z.uuid(), name: text, portgroup: text.exactOptional() }).exactOptional(),
  bandwidth: z
    .object({
      classID: z.number().exactOptional(),
      inbound: rate.exactOptional(),
      outbound: rate.exactOptional(),
    })
    .exactOptional(),
  isolated: z.literal(true).exactOptional(),
  vlans: portVlansSchema.exactOptional(),
  conditions: linkConditionsSchema.exactOptional(),
  mtu: z.number().exactOptional(),
  filter: z.object({ filter: text, parameter: z.array(z.object({ name: text, value: text })) }).exactOptional(),
});
