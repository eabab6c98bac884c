/** What a card asks of the switch it joins: VLANs, and the profile of Open vSwitch. Pure, but for identities it makes. */
import { randomUUID } from 'node:crypto';
import type { VirtualPort, Vlan } from '../../../src-shared/model/network-common.ts';
import { say } from '../../../src-shared/words.ts';
import { networkError } from '../errors.ts';
import type { CableCard, HostDevices } from './card.ts';
import { mergeVirtualPorts, type SwitchPort } from './open-vswitch.ts';
import type { PortEnd } from './port.ts';
import { type PortVlans, readVlans } from './vlans.ts';

/** What the card, its port group and its network say. */
export interface Asked {
  readonly vlans?: PortVlans;
  readonly profile?: VirtualPort;
}

/** The card's own tags, or else its port group's, or its network's; and the profile of all of them. */
export function askedOf(
  card: CableCard,
  ...others: readonly ({ vlan?: Vlan; virtualport?: VirtualPort } | undefined)[]
): Asked {
  const all = [card, ...others];
  const vlan = all.find((each) => each?.vlan !== undefined)?.vlan;
  const profile = mergeVirtualPorts(all.map((each) => each?.virtualport));
  return {
    ...(vlan === undefined ? {} : { vlans: readVlans(vlan) }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** @throws VirError for a profile that no switch here has */
export function switchPortOf(profile: VirtualPort | undefined): SwitchPort | undefined {
  if (profile === undefined) return undefined;
  if (profile.type === 'openvswitch') {
    const { interfaceid, profileid } = profile.parameters ?? {};
    return { interfaceId: interfaceid ?? randomUUID(), ...(profileid === undefined ? {} : { profileId: profileid }) };
  }
  if (profile.type === undefined) throw networkError('xml-error', say`missing virtualport type`);
  throw networkError('config-unsupported', say`<virtualport type='${profile.type}'> is not supported here.`, {
    cause: say`It takes a switch that assigns ports by itself.`,
    fix: say`Take it out of the definition, or name a bridge of Open vSwitch.`,
  });
}

/** A cable that moves stays the same port for whoever controls the switch, unless its card says which it is. */
export function withIdentityOf(end: PortEnd, former: PortEnd | undefined, card: CableCard): PortEnd {
  if (end.kind !== 'tap' || end.openVswitch === undefined) return end;
  if (former?.kind !== 'tap' || former.openVswitch === undefined) return end;
  if (card.virtualport?.parameters?.interfaceid !== undefined) return end;
  return { ...end, openVswitch: { ...end.openVswitch, interfaceId: former.openVswitch.interfaceId } };
}

type Bridge = NonNullable<ReturnType<HostDevices['find']>>;

/**
 * @param isOurs whether a network of ours made the bridge, so that it may be changed
 * @throws VirError for a bridge that can't tell VLANs apart, with what to do
 */
export function checkVlans(bridge: string, { vlanFiltering }: Bridge, isOurs: boolean): void {
  if (vlanFiltering === undefined) {
    throw networkError('config-unsupported', say`The bridge '${bridge}' can't have VLANs on this host.`, {
      cause: say`Bridges of its kernel do not tell VLANs apart (CONFIG_BRIDGE_VLAN_FILTERING).`,
      fix: say`Use a bridge of Open vSwitch (<virtualport type='openvswitch'/>), or take <vlan> out of the definition.`,
    });
  }
  if (vlanFiltering || isOurs) return;
  throw networkError('config-unsupported', say`The bridge '${bridge}' does not tell VLANs apart.`, {
    fix: say`Let it: ip link set ${bridge} type bridge vlan_filtering 1.`,
  });
}
