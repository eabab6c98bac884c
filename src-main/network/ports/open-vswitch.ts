/** Open vSwitch: which port profile a card gets, and what its switch is told. Pure. */
import type { VirtualPort } from '../../../src-shared/model/network-common.ts';
import { say } from '../../../src-shared/words.ts';
import { networkError } from '../errors.ts';
import type { PortVlans } from './vlans.ts';

/** What a controller of the switch knows a port by. */
export interface SwitchPort {
  readonly interfaceId: string;
  readonly profileId?: string;
}

/** A port, with whose it is. */
export interface SwitchPortOf extends SwitchPort {
  readonly machine: string;
  /** The guest's own address. */
  readonly guestMac: string;
  readonly vlans?: PortVlans;
}

/**
 * The profile of a card, of its network and of its port group in one, as upstream merges them: each may say what the
 * others leave open, none the contrary.
 */
export function mergeVirtualPorts(profiles: readonly (VirtualPort | undefined)[]): VirtualPort | undefined {
  const given = profiles.filter((profile) => profile !== undefined);
  if (given.length === 0) return undefined;
  let type: VirtualPort['type'];
  const parameters: Record<string, string | number> = {};
  for (const profile of given) {
    if (profile.type !== undefined && type !== undefined && profile.type !== type) {
      throw networkError('xml-error', say`attempt to merge virtualports with different types`, {
        cause: say`The card, its network and its port group ask for '${type}' and '${profile.type}'.`,
      });
    }
    type ??= profile.type;
    for (const [name, value] of Object.entries(profile.parameters ?? {})) {
      if (typeof value !== 'string' && typeof value !== 'number') continue;
      if (parameters[name] !== undefined && parameters[name] !== value) {
        throw networkError('xml-error', say`attempt to merge virtualports with different ${name}`, {
          cause: say`The card, its network and its port group contradict each other.`,
        });
      }
      parameters[name] = value;
    }
  }
  return {
    ...(type === undefined ? {} : { type }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
  };
}

/** As a running machine, and a network's port, show it. */
export const virtualPortElement = ({ interfaceId, profileId }: SwitchPort): VirtualPort => ({
  type: 'openvswitch',
  parameters: { interfaceid: interfaceId, ...(profileId === undefined ? {} : { profileid: profileId }) },
});

const timeoutSeconds = 5;
const program: readonly string[] = ['ovs-vsctl', `--timeout=${timeoutSeconds}`];

/** Columns of a port's record. */
function vlanColumns(vlans: PortVlans | undefined): readonly string[] {
  if (vlans === undefined) return [];
  const { trunk, tags, native } = vlans;
  if (!trunk) return [`tag=${tags[0]}`];
  return [
    ...(native === undefined ? [] : [`vlan_mode=native-${native.mode}`, `tag=${native.tag}`]),
    `trunks=${tags.join(',')}`,
  ];
}

/** One transaction; a port that is on another of its bridges moves, and one that is there is as if it were new. */
export function addPortCommand(bridge: string, link: string, port: SwitchPortOf, formerBridge?: string): string[] {
  const { interfaceId, profileId, machine, guestMac, vlans } = port;
  const columns = vlanColumns(vlans);
  const ids = [
    `attached-mac="${guestMac}"`,
    `iface-id="${interfaceId}"`,
    `vm-id="${machine}"`,
    ...(profileId === undefined ? [] : [`port-profile="${profileId}"`, `ifname="${link}"`]),
    'iface-status=active',
  ];
  const isElsewhere = formerBridge !== undefined && formerBridge !== bridge;
  const isThere = formerBridge === bridge;
  return [
    ...program,
    ...(isElsewhere ? ['--', '--if-exists', 'del-port', link] : []),
    ...['--', '--may-exist', 'add-port', bridge, link, ...(isThere ? [] : columns)],
    // The program leaves the VLANs of a port that is there as they are.
    ...(isThere ? ['tag', 'trunks', 'vlan_mode'].flatMap((name) => ['--', 'clear', 'Port', link, name]) : []),
    ...(isThere && columns.length > 0 ? ['--', 'set', 'Port', link, ...columns] : []),
    ...ids.flatMap((id) => ['--', 'set', 'Interface', link, `external-ids:${id}`]),
  ];
}

export const removePortCommand = (link: string): string[] => [...program, '--', '--if-exists', 'del-port', link];

/** Prints the bridge that a port is on; ends with 1 when it is on none. */
export const bridgeOfPortCommand = (link: string): string[] => [...program, 'port-to-br', link];
