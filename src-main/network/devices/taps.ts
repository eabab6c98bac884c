/** The host's ends of guests' cables: taps in bridges, and cards beside a card of the host. */
import { chownSync, readdirSync } from 'node:fs';
import { ProcessError, run } from '../../host/process.ts';
import type { NetworkAction } from '../actions.ts';
import { findLink } from '../observe-links.ts';
import { addSwitchPort, removeSwitchPort } from './open-vswitch.ts';

type TapAdd = Extract<NetworkAction, { readonly verb: 'tap-add' }>;
type MacvtapAdd = Extract<NetworkAction, { readonly verb: 'macvtap-add' }>;
type TapDelete = Extract<NetworkAction, { readonly verb: 'tap-delete' }>;

const timeoutMs = 10_000;

/** Several commands of `ip` in one process; the first that fails ends it. */
async function ip(commands: readonly (readonly string[])[], signal?: AbortSignal): Promise<void> {
  const input = commands.map((words) => `${words.join(' ')}\n`).join('');
  await run(['ip', '-batch', '-'], { input, timeoutMs, ...(signal === undefined ? {} : { signal }) });
}

/**
 * A tap that is there with this hardware address, from before a crash or on another bridge, becomes what it should be:
 * its guest goes on with it.
 */
export async function addTap(action: TapAdd, signal?: AbortSignal): Promise<void> {
  const { link, mac, uid, bridge, mtu, multiQueue, isolated, openVswitch } = action;
  const found = await findLink(link);
  if (found !== undefined && (found.kind !== 'tun' || found.mac !== mac)) throw taken(link);
  // The offloads' header is QEMU's choice, each time it opens the tap.
  const flags = ['vnet_hdr', ...(multiQueue ? ['multi_queue'] : [])];
  const make = [
    ['tuntap', 'add', 'dev', link, 'mode', 'tap', 'user', String(uid), ...flags],
    ['link', 'set', 'dev', link, 'address', mac],
  ];
  // Before it joins: the bridge takes the smallest of its ports'.
  const size = mtu === undefined ? [] : [['link', 'set', 'dev', link, 'mtu', String(mtu)]];
  const isNew = found === undefined;
  if (bridge !== undefined && openVswitch !== undefined) {
    const isInBridge = found?.master !== undefined && found.master !== switchDevice;
    await ip(
      [...(isNew ? make : []), ...(isInBridge ? [['link', 'set', 'dev', link, 'nomaster']] : []), ...size],
      signal,
    );
    return await addSwitchPort(bridge, link, openVswitch, isNew, signal);
  }
  // It may have been in a switch until now, which a device does not tell.
  if (!isNew && (found.master === undefined || found.master === switchDevice)) await removeSwitchPort(link);
  const leave =
    found?.master !== undefined && found.master !== bridge && found.master !== switchDevice
      ? [['link', 'set', 'dev', link, 'nomaster']]
      : [];
  const join =
    bridge === undefined
      ? []
      : [
          ['link', 'set', 'dev', link, 'master', bridge],
          ['link', 'set', 'dev', link, 'type', 'bridge_slave', 'isolated', isolated ? 'on' : 'off'],
        ];
  await ip([...(isNew ? make : []), ...leave, ...size, ...join], signal);
}

/** The kernel's device that ports of Open vSwitch belong to. */
const switchDevice = 'ovs-system';

export async function addMacvtap(action: MacvtapAdd, signal?: AbortSignal): Promise<void> {
  const { link, mac, uid, lower, mode, mtu } = action;
  const found = await findLink(link);
  if (found !== undefined && (found.kind !== 'macvtap' || found.mac !== mac)) throw taken(link);
  const size = mtu === undefined ? [] : ['mtu', String(mtu)];
  // The program's word for it.
  const kind = mode === 'passthrough' ? 'passthru' : mode;
  const make = ['link', 'add', 'link', lower, 'name', link, 'address', mac, ...size, 'type', 'macvtap', 'mode', kind];
  // A card that is passed through has the guest's address: switches, and what its own firmware passes on, go by it.
  const become = mode === 'passthrough' ? [['link', 'set', 'dev', lower, 'address', mac]] : [];
  await ip([...become, ...(found === undefined ? [make] : [])], signal);
  chownSync(macvtapDevice(link), uid, -1);
}

/** The file by which QEMU gets a macvtap's packets. @throws Error when the device is not there. */
export function macvtapDevice(link: string): string {
  const folder = `/sys/class/net/${link}/macvtap`;
  const [name] = readdirSync(folder);
  if (name === undefined) throw new Error(`There is nothing in ${folder}.`);
  return `/dev/${name}`;
}

/** One of the same name with another address was made by somebody else since. */
export async function deleteTap({ link, mac, openVswitch, lower }: TapDelete): Promise<void> {
  if (openVswitch === true) await removeSwitchPort(link);
  await deleteDevice(link, mac);
  if (lower === undefined) return;
  const card = await findLink(lower.link);
  // Another address than the guest's was given to it by somebody else since.
  if (card?.mac === mac) await run(['ip', 'link', 'set', 'dev', lower.link, 'address', lower.mac], { timeoutMs });
}

async function deleteDevice(link: string, mac: string): Promise<void> {
  const found = await findLink(link);
  if (found?.mac !== mac || (found.kind !== 'tun' && found.kind !== 'macvtap')) return;
  try {
    await run(['ip', 'link', 'delete', 'dev', link], { timeoutMs });
  } catch (thrown) {
    // It went by itself meanwhile, as a macvtap does with the card below it.
    if (!(thrown instanceof ProcessError) || (await findLink(link)) !== undefined) throw thrown;
  }
}

const taken = (link: string): Error => new Error(`There is another device '${link}' already.`);
