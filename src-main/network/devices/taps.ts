/** The host's ends of guests' cables: taps in bridges, and cards beside a card of the host. */
import { chownSync, readdirSync } from 'node:fs';
import { ProcessError, run } from '../../host/process.ts';
import type { NetworkAction } from '../actions.ts';
import { findLink } from '../observe-links.ts';

type TapAdd = Extract<NetworkAction, { readonly verb: 'tap-add' }>;
type MacvtapAdd = Extract<NetworkAction, { readonly verb: 'macvtap-add' }>;

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
  const { link, mac, uid, bridge, mtu, multiQueue, isolated } = action;
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
  const leave =
    found?.master !== undefined && found.master !== bridge ? [['link', 'set', 'dev', link, 'nomaster']] : [];
  const join =
    bridge === undefined
      ? []
      : [
          ['link', 'set', 'dev', link, 'master', bridge],
          ['link', 'set', 'dev', link, 'type', 'bridge_slave', 'isolated', isolated ? 'on' : 'off'],
        ];
  await ip([...(found === undefined ? make : []), ...leave, ...size, ...join], signal);
}

export async function addMacvtap(action: MacvtapAdd, signal?: AbortSignal): Promise<void> {
  const { link, mac, uid, lower, mode, mtu } = action;
  const found = await findLink(link);
  if (found !== undefined && (found.kind !== 'macvtap' || found.mac !== mac)) throw taken(link);
  const size = mtu === undefined ? [] : ['mtu', String(mtu)];
  const make = ['link', 'add', 'link', lower, 'name', link, 'address', mac, ...size, 'type', 'macvtap', 'mode', mode];
  if (found === undefined) await ip([make], signal);
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
export async function deleteTap(link: string, mac: string): Promise<void> {
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
