/** VLANs of Linux bridges and their ports, by the program `bridge`. */
import { existsSync } from 'node:fs';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { ProcessError, run } from '../../host/process.ts';
import { type BridgeVlan, bridgeVlanCommands } from '../ports/vlans.ts';

const timeoutMs = 10_000;

/** Lets a bridge tell VLANs apart: ports that are told nothing stay together, in VLAN 1. */
export async function filterVlans(bridge: string, signal?: AbortSignal): Promise<void> {
  // A kernel built without it takes the word and does nothing.
  if (!existsSync(`/sys/class/net/${bridge}/bridge/vlan_filtering`)) throw noFiltering(bridge);
  await run(['ip', 'link', 'set', 'dev', bridge, 'type', 'bridge', 'vlan_filtering', '1'], {
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
}

export async function setPortVlans(link: string, wanted: readonly BridgeVlan[], signal?: AbortSignal): Promise<void> {
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  const now = await vlansOf(link);
  try {
    await run(['bridge', '-batch', '-'], { ...options, input: bridgeVlanCommands(link, now, wanted) });
  } catch (thrown) {
    if (!(thrown instanceof ProcessError) || !/not supported/.test(thrown.stderr)) throw thrown;
    throw noFiltering(link, thrown);
  }
}

/** A port that is gone has no VLANs to be put back. */
export async function clearPortVlans(link: string, plain: readonly BridgeVlan[]): Promise<void> {
  if (!existsSync(`/sys/class/net/${link}/brport`)) return;
  await setPortVlans(link, plain);
}

interface ListedVlans {
  readonly ifname?: string;
  readonly vlans?: readonly { readonly vlan?: number; readonly vlanEnd?: number }[];
}

async function vlansOf(link: string): Promise<readonly number[]> {
  const { stdout } = await run(['bridge', '-json', 'vlan', 'show', 'dev', link], { timeoutMs });
  const listed = stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly ListedVlans[]);
  const own = listed.find(({ ifname }) => ifname === link)?.vlans ?? [];
  return own.flatMap(({ vlan, vlanEnd }) =>
    vlan === undefined ? [] : Array.from({ length: (vlanEnd ?? vlan) - vlan + 1 }, (_, place) => vlan + place),
  );
}

const noFiltering = (link: string, thrown?: unknown): VirError =>
  new VirError(
    {
      code: 'config-unsupported',
      domain: 'network',
      message: say`${link} can't have VLANs on this host.`,
      cause: say`Bridges of its kernel do not tell VLANs apart (CONFIG_BRIDGE_VLAN_FILTERING).`,
      fix: say`Use a bridge of Open vSwitch (<virtualport type='openvswitch'/>), or take <vlan> out of the definition.`,
    },
    thrown === undefined ? undefined : { cause: thrown },
  );
