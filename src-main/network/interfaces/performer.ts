/**
 * Carries out what is done to interfaces, for root. Each action may be done again, and each inverse meets hosts on which
 * its step was never done: after a crash nobody knows how far a list came.
 */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { removeIfThere, syncFolder, writeWhole } from '../../host/files.ts';
import { ProcessError, run } from '../../host/process.ts';
import type { Performer } from '../../host/steps.ts';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findLink } from '../observe-links.ts';
import { writeSysctl } from '../sysctl.ts';
import type { InterfaceAction } from './actions.ts';
import { startDhcp, stopDhcp } from './dhcp.ts';
import type { NetworkManagerBus } from './network-manager-bus.ts';

const timeoutMs = 10_000;
/** Scripts of ifupdown wait for an address. */
const scriptTimeoutMs = 90_000;
const appearMs = 3_000;

type Of<V extends InterfaceAction['verb']> = Extract<InterfaceAction, { readonly verb: V }>;

export class InterfacePerformer implements Performer<InterfaceAction> {
  readonly #networkManager: NetworkManagerBus | undefined;

  constructor(networkManager?: NetworkManagerBus) {
    this.#networkManager = networkManager;
  }

  async perform(action: InterfaceAction): Promise<void> {
    switch (action.verb) {
      case 'bridge-add':
        return await addBridge(action);
      case 'vlan-add':
        return await addUnlessThere(action.link, 'vlan', [
          ...['link', action.parent, 'name', action.link, 'type', 'vlan', 'id', String(action.tag)],
        ]);
      case 'bond-add':
        return await addUnlessThere(action.link, 'bond', [
          ...['name', action.link, 'type', 'bond', 'mode', action.mode, 'miimon', String(action.miimonMs)],
        ]);
      case 'link-delete':
        if ((await findLink(action.link))?.kind === action.kind) await ip(['link', 'delete', 'dev', action.link]);
        return;
      case 'link-up':
        return await ip(['link', 'set', 'dev', action.link, 'up'], gone);
      case 'link-down':
        return await ip(['link', 'set', 'dev', action.link, 'down'], gone);
      case 'mtu-set':
        return await ip(['link', 'set', 'dev', action.link, 'mtu', String(action.mtu)], gone);
      case 'mac-set':
        return await ip(['link', 'set', 'dev', action.link, 'address', action.mac], gone);
      case 'master-set':
        return await ip(['link', 'set', 'dev', action.link, 'master', action.master]);
      case 'master-clear':
        return await ip(['link', 'set', 'dev', action.link, 'nomaster'], gone);
      case 'ipv6-off':
        return writeSysctl(`net/ipv6/conf/${action.link}/disable_ipv6`, '1');
      case 'ipv6-on':
        return writeSysctl(`net/ipv6/conf/${action.link}/disable_ipv6`, '0');
      case 'address-add':
        return await addAddress(action);
      case 'address-delete': {
        const { address, prefix } = action.address;
        return await ip(['address', 'delete', `${address}/${prefix}`, 'dev', action.link], goneOrAbsent);
      }
      case 'route-add':
        return await ip([...routeFamily(action), 'route', 'add', ...routeWords(action)], /File exists/);
      case 'route-delete':
        return await ip([...routeFamily(action), 'route', 'delete', ...routeWords(action)], goneOrAbsent);
      case 'dhcp-start':
        return await startDhcp(action);
      case 'dhcp-stop':
        return await stopDhcp(action);
      case 'file-write':
        return await writeFile(action);
      case 'ifup':
        // Forced, it would bring up a VLAN's card anew as well.
        await run(['ifup', action.link], { timeoutMs: scriptTimeoutMs });
        return;
      case 'ifdown':
        await run(['ifdown', '--force', action.link], { timeoutMs: scriptTimeoutMs });
        return;
      case 'networkd-reload':
        await run(['networkctl', 'reload'], { timeoutMs });
        // A device that its files make is there a moment later.
        for (const link of action.links) {
          if (await appears(link)) await run(['networkctl', 'reconfigure', link], { timeoutMs });
        }
        return;
      case 'nm-add':
        return await this.#manager().add(action.settings, action.uuid, action.isLasting);
      case 'nm-update':
        return await this.#manager().update(action.uuid, action.settings, action.isLasting);
      case 'nm-save':
        return await this.#manager().save(action.uuid);
      case 'nm-delete':
        return await this.#manager().remove(action.uuid);
      case 'nm-activate':
        return await this.#manager().activate(action.uuid, action.link);
      case 'nm-deactivate':
        return await this.#manager().deactivate(action.uuid);
    }
  }

  #manager(): NetworkManagerBus {
    if (this.#networkManager !== undefined) return this.#networkManager;
    throw new VirError({ code: 'dbus-service', domain: 'interface', message: say`NetworkManager can't be reached.` });
  }
}

async function appears(link: string): Promise<boolean> {
  const end = performance.now() + appearMs;
  while ((await findLink(link)) === undefined) {
    if (performance.now() > end) return false;
    await delay(50);
  }
  return true;
}

const gone = /Cannot find device|does not exist/;
const goneOrAbsent =
  /Cannot find device|does not exist|Cannot assign requested address|[Aa]ddress not found|No such process|No such device/;

/** @param fine complaints that say that there is nothing to do */
async function ip(args: readonly string[], fine?: RegExp): Promise<void> {
  try {
    await run(['ip', ...args], { timeoutMs });
  } catch (thrown) {
    if (fine !== undefined && thrown instanceof ProcessError && fine.test(thrown.stderr)) return;
    throw thrown;
  }
}

async function addBridge({ link, mac, mtu, stp, forwardDelaySeconds, acceptRa }: Of<'bridge-add'>): Promise<void> {
  const address = mac === undefined ? [] : ['address', mac];
  const size = mtu === undefined ? [] : ['mtu', String(mtu)];
  // The kernel takes a delay this short only while STP is off; it applies the attributes in this order.
  const bridge = ['forward_delay', String(forwardDelaySeconds * 100), 'stp_state', stp ? '1' : '0'];
  await addUnlessThere(link, 'bridge', ['name', link, ...address, ...size, 'type', 'bridge', ...bridge]);
  if (acceptRa !== undefined) writeSysctl(`net/ipv6/conf/${link}/accept_ra`, acceptRa);
}

async function addUnlessThere(link: string, kind: string, words: readonly string[]): Promise<void> {
  if ((await findLink(link))?.kind === kind) return;
  await ip(['link', 'add', ...words]);
}

function addressWords({ link, address: given }: Of<'address-add'>): readonly string[] {
  const { address, prefix, broadcast, scope, noPrefixRoute, validSeconds, preferredSeconds } = given;
  return [
    ...[`${address}/${prefix}`, 'dev', link, 'scope', scope],
    ...(broadcast === undefined ? [] : ['broadcast', broadcast]),
    ...(validSeconds === undefined ? [] : ['valid_lft', String(validSeconds)]),
    ...(preferredSeconds === undefined ? [] : ['preferred_lft', String(preferredSeconds)]),
    ...(noPrefixRoute ? ['noprefixroute'] : []),
  ];
}

/** It is this host's already: looking for duplicates would take it out of use for a second. */
async function addAddress(action: Of<'address-add'>): Promise<void> {
  const words = ['address', 'replace', ...addressWords(action)];
  const { family, withoutDad } = action.address;
  if (family === 'ipv4') return await ip(words);
  await ip([...words, 'nodad']);
  // The kernel looks at the beginning only, and takes the mark away as it is told.
  if (withoutDad !== true) await ip(words);
}

const routeFamily = ({ route }: Of<'route-add' | 'route-delete'>): readonly string[] => [
  route.family === 'ipv6' ? '-6' : '-4',
];

function routeWords({ route }: Of<'route-add' | 'route-delete'>): readonly string[] {
  const { destination, device, gateway, protocol, scope, metric, source, table, isOnLink } = route;
  return [
    destination,
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...['dev', device, 'proto', protocol],
    ...(scope === undefined ? [] : ['scope', scope]),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
    ...(source === undefined ? [] : ['src', source]),
    ...(table === undefined ? [] : ['table', table]),
    ...(isOnLink ? ['onlink'] : []),
  ];
}

async function writeFile({ path, content }: Of<'file-write'>): Promise<void> {
  if (content === undefined) {
    if (removeIfThere(path)) await syncFolder(dirname(path));
    return;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  await writeWhole(path, content, { mode: 0o644 });
}
