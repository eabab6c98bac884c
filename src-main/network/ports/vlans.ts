/** `<vlan>`: the VLANs a card is in, read as upstream reads them. Pure. */
import * as z from 'zod';
import type { Vlan } from '../../../src-shared/model/network-common.ts';
import { networkError } from '../errors.ts';

/** What a switch is told of a port. */
export interface PortVlans {
  /** Packets of a trunk keep their tags on their way to the guest; a port of one VLAN has none. */
  readonly trunk: boolean;
  readonly tags: readonly number[];
  /** The VLAN of packets without a tag, on a trunk; `tagged` ones keep theirs on their way to the guest. */
  readonly native?: { readonly tag: number; readonly mode: 'tagged' | 'untagged' };
}

const highestTag = 4095;

const tag = z.number().int().min(0).max(highestTag);
/** As it is written down, and as the host is asked for it. */
export const portVlansSchema = z.object({
  trunk: z.boolean(),
  tags: z.array(tag).min(1).max(highestTag).readonly(),
  native: z.object({ tag, mode: z.enum(['tagged', 'untagged']) }).exactOptional(),
});

/** Why a `<vlan>` makes no sense; undefined when it does. */
function problemOf({ trunk, tag }: Vlan): string | undefined {
  const tooLarge = tag.find(({ id }) => id > highestTag);
  const natives = tag.filter(({ nativeMode }) => nativeMode !== undefined);
  if (tag.length === 0) return "missing tag id - each <vlan> must have at least one <tag id='n'/> subelement";
  if (tooLarge !== undefined) return `vlan tag id ${tooLarge.id} too large (maximum ${highestTag})`;
  if (natives.length > 1) return 'duplicate native vlan setting';
  if (trunk === false && tag.length > 1)
    return `invalid "trunk='no'" in <vlan> - trunk='yes' is required for more than one vlan tag`;
  if (trunk === false && natives.length > 0)
    return `invalid configuration in <vlan> - "trunk='no'" is not allowed with a native vlan id`;
  return undefined;
}

/** @throws VirError for tags that exclude each other */
export function readVlans(vlan: Vlan): PortVlans {
  const problem = problemOf(vlan);
  if (problem !== undefined) throw networkError('xml-error', problem);
  const native = vlan.tag.find(({ nativeMode }) => nativeMode !== undefined);
  return {
    trunk: vlan.trunk ?? (vlan.tag.length > 1 || native !== undefined),
    tags: vlan.tag.map(({ id }) => id),
    ...(native?.nativeMode === undefined ? {} : { native: { tag: native.id, mode: native.nativeMode } }),
  };
}

/** As a running machine, and a network's port, show it. */
export const vlanElement = ({ trunk, tags, native }: PortVlans): Vlan => ({
  ...(trunk ? { trunk } : {}),
  tag: tags.map((id) => ({ id, ...(native?.tag === id ? { nativeMode: native.mode } : {}) })),
});

export const vlansText = ({ trunk, tags }: PortVlans): string => `${trunk ? 'trunk ' : ''}${tags.join(', ')}`;

const pvid = ['pvid', 'untagged'] as const;

/** The VLAN that every port of a bridge is in until it is told otherwise. */
const defaultVlan = 1;

/** A port of a Linux bridge: what takes it out of one VLAN, or puts it in. */
export interface BridgeVlan {
  readonly tag: number;
  readonly flags: readonly ('pvid' | 'untagged')[];
}

/** The VLANs of a port of a Linux bridge, as newer upstream sets them. */
export function bridgeVlans({ trunk, tags, native }: PortVlans): readonly BridgeVlan[] {
  if (!trunk) return tags.slice(0, 1).map((tag) => ({ tag, flags: pvid }));
  const first: BridgeVlan[] =
    native === undefined ? [] : [{ tag: native.tag, flags: native.mode === 'untagged' ? pvid : (['pvid'] as const) }];
  return [...first, ...tags.filter((tag) => tag !== native?.tag).map((tag) => ({ tag, flags: [] }))];
}

/** Commands of `bridge`, for one process: from what the port is in now to what it should be in. */
export function bridgeVlanCommands(link: string, now: readonly number[], wanted: readonly BridgeVlan[]): string {
  const gone = now.filter((tag) => !wanted.some((item) => item.tag === tag));
  return [
    ...gone.map((tag) => `vlan del dev ${link} vid ${tag}`),
    ...wanted.map(({ tag, flags }) => ['vlan', 'add', 'dev', link, 'vid', String(tag), ...flags].join(' ')),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** What a port is in that was told nothing. */
export const plainVlans: readonly BridgeVlan[] = [{ tag: defaultVlan, flags: pvid }];
