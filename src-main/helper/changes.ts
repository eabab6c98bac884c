/**
 * The changes that stand, by whom: what each user's engines made is theirs alone to change and remove, and what nobody
 * made through the helper is left alone whatever is asked.
 *
 * A change is in the ledger before it is made, marked as under way; whoever starts after a crash finds the mark, and
 * removes what was begun or makes again what it was to replace.
 */
import { tell } from '../../src-shared/host-words.ts';
import { contains, parseAddress, parseSubnet } from '../../src-shared/model/network-address.ts';
import type { Logger } from '../engine/logger.ts';
import { readIfThere } from '../host/files.ts';
import { type Performer, type Step, undoSteps, type UndoFailure } from '../host/steps.ts';
import type { Ledger } from '../host/steps-ledger.ts';
import type { NetworkAction } from '../network/actions.ts';
import { findLink } from '../network/observe-links.ts';
import { listRoutes } from '../network/observe-routes.ts';
import { listSysctl, readSysctl } from '../network/sysctl.ts';
import { allowsBridge, bridgeRules } from './allowed-bridges.ts';
import { inUndoOrder, key, keyOf, parseKey, underWay } from './change-keys.ts';
import { bridgeOf } from './check-action.ts';
import { type Lasting, stepOf } from './describe.ts';
import { sentences } from '../network/describe.ts';
import type { HelperChange } from '../network/helper-change.ts';
import { aboutOf } from '../network/helper/about.ts';
import { refused } from '../network/helper/errors.ts';

export interface ChangeParts {
  readonly ledger: Ledger<NetworkAction>;
  readonly performer: Performer<NetworkAction>;
  readonly logger: Logger;
}

type MacvtapAdd = Extract<Lasting, { readonly verb: 'macvtap-add' }>;
type SysctlSet = Extract<NetworkAction, { readonly verb: 'sysctl-set' }>;
type Family = 'ipv4' | 'ipv6';

/** Some hundreds of networks. */
const maxChangesOfOne = 2000;
const forwardingKeys = { ipv4: 'net/ipv4/ip_forward', ipv6: 'net/ipv6/conf/all/forwarding' } as const;
export class Changes {
  readonly #parts: ChangeParts;

  constructor(parts: ChangeParts) {
    this.#parts = parts;
  }

  /** Makes an action that `readAction` let pass. @throws VirError `access-denied` for what is another's. */
  async make(uid: number, action: NetworkAction): Promise<void> {
    const { performer } = this.#parts;
    switch (action.verb) {
      case 'bridge-add':
        await this.#mayTakeBridge(uid, action);
        return await this.#makeLasting(uid, action);
      case 'nft-table-add':
        this.#mayTakeTable(uid, action.table);
        return await this.#makeLasting(uid, action);
      case 'nft-network-set':
        this.#needBridge(uid, action.bridge);
        if (!this.#has(uid, 'table', action.table)) throw refused(`The table '${action.table}' was not made for you.`);
        return await this.#makeLasting(uid, action);
      case 'zone-set':
        this.#needBridge(uid, action.link);
        return await this.#makeLasting(uid, action);
      case 'names-set':
        this.#needBridge(uid, action.link);
        await needOwnServers(action);
        return await this.#makeLasting(uid, action);
      case 'names-clear':
        return await this.#remove(key(uid, 'names', action.link));
      case 'dnsmasq-start':
        this.#needBridge(uid, action.bridge);
        return await this.#makeLasting(uid, action);
      case 'function-set':
      case 'pci-bind':
        throw refused('Devices of the host are given to guests by an engine of root only.');
      case 'nft-exception-add':
      case 'nft-exception-delete':
        throw refused("Rules of other programs are not the helper's to get around.");
      case 'nft-forwards-set':
        this.#needBridge(uid, action.bridge);
        this.#mayTakeTable(uid, action.table);
        await needGuests(action);
        return await this.#makeLasting(uid, action);
      case 'nft-forwards-delete':
        return await this.#remove(key(uid, 'forwards', action.bridge));
      case 'iptables-add':
        this.#needBridge(uid, bridgeOf(action.rules));
        // Rules stand one by one there: those of before would stay.
        await this.#remove(keyOf(uid, action));
        return await this.#makeLasting(uid, action);
      case 'link-up':
        this.#needOwn(uid, action.link);
        return await performer.perform(action);
      case 'address-add':
        this.#needBridge(uid, action.link);
        return await performer.perform(action);
      case 'tap-add':
        await this.#mayTakeTap(uid, action);
        if (action.bridge !== undefined && !this.#has(uid, 'bridge', action.bridge)) needAllowedBridge(action.bridge);
        return await this.#makeLasting(uid, action);
      case 'macvtap-add':
        await this.#mayTakeTap(uid, action);
        return await this.#makeLasting(uid, await this.#withLowerAddress(uid, action));
      case 'bridge-vlans-filter':
        this.#needBridge(uid, action.link);
        return await performer.perform(action);
      case 'port-vlans-set':
        this.#needOwn(uid, action.link);
        return await this.#makeLasting(uid, action);
      case 'port-vlans-clear':
        return await this.#remove(key(uid, 'vlans', action.link));
      case 'tap-delete':
        return await this.#remove(key(uid, 'tap', action.link));
      case 'bandwidth-set':
        this.#needOwn(uid, action.link);
        return await this.#makeLasting(uid, action);
      case 'bandwidth-clear':
        return await this.#remove(key(uid, 'limits', action.link));
      case 'conditions-set':
        this.#needOwn(uid, action.link);
        return await this.#makeLasting(uid, action);
      case 'conditions-clear':
        return await this.#remove(key(uid, 'conditions', action.link));
      case 'filter-table-add':
        if (this.#isAnothers(uid, 'filtertable', action.table))
          throw refused(`The table '${action.table}' is another user's.`);
        return await this.#makeLasting(uid, action);
      case 'filter-table-delete':
        return await this.#remove(key(uid, 'filtertable', action.table));
      case 'filter-set':
        return await this.#filter(uid, action);
      case 'filter-delete':
        return await this.#remove(key(uid, 'filter', action.link));
      case 'route-add':
        this.#needBridge(uid, action.link);
        await refuseForeignRoute(action.link, action.destination);
        return await performer.perform(action);
      case 'sysctl-set':
        return await this.#switch(uid, action);
      case 'bridge-delete':
        await this.#remove(key(uid, 'bridge', action.link));
        return await this.#forwardNoMore(uid);
      case 'nft-table-delete':
        return await this.#remove(key(uid, 'table', action.table));
      case 'nft-network-delete':
        return await this.#remove(key(uid, 'rules', action.bridge));
      case 'zone-remove':
        return await this.#remove(key(uid, 'zone', action.link));
      case 'dnsmasq-stop':
        return await this.#remove(key(uid, 'dnsmasq', action.bridge));
      case 'iptables-delete':
        return await this.#remove(key(uid, 'iptables', bridgeOf(action.rules)));
    }
  }

  /** What stands of this user's: each change with its time, its sentences, and what it is about. */
  list(uid: number): readonly HelperChange[] {
    return this.#owners(uid).flatMap(({ owner, timeMs, steps }) =>
      steps.flatMap((step) => {
        const [shown] = sentences([step]);
        return shown === undefined ? [] : [{ key: owner, timeMs, about: aboutOf(step), step: shown }];
      }),
    );
  }

  /** Removes all of a user's or those named, or everybody's. What could not be removed stays recorded. */
  async undo(uid?: number, keys?: readonly string[]): Promise<readonly UndoFailure[]> {
    const { ledger, performer } = this.#parts;
    // Others' keys are none of this user's, and nothing happens to them.
    const owners = this.#owners(uid)
      .map(({ owner }) => owner)
      .filter((owner) => keys === undefined || keys.includes(owner));
    const failures: UndoFailure[] = [];
    for (const owner of inUndoOrder(owners)) {
      failures.push(...(await undoSteps(ledger, performer, owner)));
    }
    return failures;
  }

  /** After a crash: finishes what was under way, by undoing it or by making again what stood before. */
  async recover(): Promise<void> {
    const { ledger, performer, logger } = this.#parts;
    for (const { owner } of [...ledger.owners()].filter((entry) => entry.owner.startsWith(underWay))) {
      const [former] = ledger.steps(owner.slice(underWay.length));
      logger.log('warn', 'A change was interrupted.', { owner, then: former === undefined ? 'undo' : 'repair' });
      try {
        if (former === undefined) await undoSteps(ledger, performer, owner);
        else {
          await performer.perform(former.action);
          await ledger.forget(owner);
        }
      } catch (thrown) {
        logger.log('error', 'An interrupted change could not be repaired.', { owner, cause: thrown });
      }
    }
  }

  hasCable(uid: number, link: string): boolean {
    return this.#has(uid, 'tap', link);
  }

  async #makeLasting(uid: number, action: Lasting): Promise<void> {
    if (this.#owners(uid).length >= maxChangesOfOne) throw refused('One user has too many networks.');
    await this.#keep(keyOf(uid, action), stepOf(action));
  }

  async #keep(owner: string, step: Step<NetworkAction>): Promise<void> {
    const { ledger, performer } = this.#parts;
    const mark = underWay + owner;
    await ledger.record(mark, [step]);
    try {
      await performer.perform(step.action);
    } catch (thrown) {
      const [former] = ledger.steps(owner);
      if (former === undefined) await undoSteps(ledger, performer, mark);
      else {
        await performer.perform(former.action);
        await ledger.forget(mark);
      }
      throw thrown;
    }
    await ledger.record(owner, [step]);
    await ledger.forget(mark);
  }

  /** What is not there, or not of ours, needs no removal: after a crash callers can't know how far they came. */
  async #remove(owner: string): Promise<void> {
    const { ledger, performer } = this.#parts;
    const [failure] = await undoSteps(ledger, performer, owner);
    if (failure !== undefined) throw failure.cause;
  }

  async #switch(uid: number, action: SysctlSet): Promise<void> {
    const families = (['ipv4', 'ipv6'] as const).filter((family) =>
      action.values.some(({ key: name }) => name === forwardingKeys[family]),
    );
    const own = action.values.filter(({ key: name }) => this.#has(uid, 'bridge', deviceOf(name)));
    // What goes off with forwarding is put back from the record here, not from what a caller remembers.
    if (families.length === 0 && own.length !== action.values.length) {
      throw refused('A switch is for a device that is no bridge of yours.');
    }
    if (own.length > 0) await this.#parts.performer.perform({ ...action, values: own });
    for (const family of families) {
      const isOn = action.values.some(({ key: name, value }) => name === forwardingKeys[family] && value !== '0');
      if (isOn) await this.#forward(uid, family);
      else await this.#remove(key(uid, 'forwarding', family));
    }
  }

  /** Several interfaces change together or not at all; what takes them back is kept of each. */
  async #filter(uid: number, action: Extract<NetworkAction, { readonly verb: 'filter-set' }>): Promise<void> {
    if (!this.#has(uid, 'filtertable', action.table)) {
      throw refused(`The table '${action.table}' was not made for you.`);
    }
    for (const { link } of action.ports) this.#needOwn(uid, link);
    const each = action.ports.map((port) => ({ ...action, ports: [port] }));
    const [first] = each;
    if (each.length === 1 && first !== undefined) return await this.#makeLasting(uid, first);
    const { performer, ledger } = this.#parts;
    await performer.perform(action);
    for (const one of each) await ledger.record(keyOf(uid, one), [stepOf(one)]);
  }

  async #forward(uid: number, family: Family): Promise<void> {
    const shared = `forwarding-${family}`;
    const owner = key(uid, 'forwarding', family);
    const known = this.#parts.ledger.shared(shared);
    if (this.#owners(uid, true).length === 0) throw refused('There is no bridge of yours to forward for.');
    await this.#keep(owner, known ?? { ...forwardingStep(family), shared });
  }

  /** Who has no bridge any more has nothing to forward; engines that found forwarding on don't switch it off. */
  async #forwardNoMore(uid: number): Promise<void> {
    if (this.#owners(uid, true).length > 0) return;
    for (const family of ['ipv4', 'ipv6']) await this.#remove(key(uid, 'forwarding', family));
  }

  async #mayTakeBridge(uid: number, { link, mac }: Extract<Lasting, { readonly verb: 'bridge-add' }>): Promise<void> {
    const [mine] = this.#parts.ledger.steps(key(uid, 'bridge', link));
    const found = await findLink(link);
    if (found === undefined && !this.#isAnothers(uid, 'bridge', link)) return;
    const isMine = mine?.action.verb === 'bridge-add' && mine.action.mac === mac && found?.mac === mac;
    if (!isMine) throw refused(`There is a device '${link}' already.`, 'Give the bridge another name.');
  }

  /** For the caller alone, and none that is another's or was there before. */
  async #mayTakeTap(
    uid: number,
    action: Extract<Lasting, { readonly verb: 'tap-add' | 'macvtap-add' }>,
  ): Promise<void> {
    const { link, mac, verb } = action;
    if (action.uid !== uid) throw refused('A cable is for whoever asks for it, and nobody else.');
    const [mine] = this.#parts.ledger.steps(key(uid, 'tap', link));
    const found = await findLink(link);
    if (found === undefined && !this.#isAnothers(uid, 'tap', link)) return;
    const isMine = mine?.action.verb === verb && mine.action.mac === mac && found?.mac === mac;
    if (!isMine) throw refused(`There is a device '${link}' already.`, 'Ask for another name.');
  }

  /** The address that a card passed through gets back is looked at here, before it has the guest's. */
  async #withLowerAddress(uid: number, action: MacvtapAdd): Promise<MacvtapAdd> {
    const { lowerMac: _, ...rest } = action;
    if (action.mode !== 'passthrough') return rest;
    const [mine] = this.#parts.ledger.steps(key(uid, 'tap', action.link));
    const known = mine?.action.verb === 'macvtap-add' ? mine.action.lowerMac : undefined;
    const lowerMac = known ?? (await findLink(action.lower))?.mac;
    return lowerMac === undefined ? rest : { ...rest, lowerMac };
  }

  #mayTakeTable(uid: number, table: string): void {
    if (this.#isAnothers(uid, 'table', table)) throw refused(`The nftables table '${table}' is another user's.`);
  }

  #needBridge(uid: number, link: string): void {
    if (!this.#has(uid, 'bridge', link)) throw refused(`'${link}' is no bridge that was made for you.`);
  }

  #needOwn(uid: number, link: string): void {
    if (this.#has(uid, 'bridge', link) || this.#has(uid, 'tap', link)) return;
    throw refused(`'${link}' is no device that was made for you.`);
  }

  #has(uid: number, kind: string, name: string): boolean {
    return this.#parts.ledger.steps(key(uid, kind, name)).length > 0;
  }

  #isAnothers(uid: number, kind: string, name: string): boolean {
    return this.#parts.ledger.owners().some(({ owner }) => {
      const { by, what } = parseKey(owner);
      return what === `${kind}-${name}` && by !== String(uid);
    });
  }

  #owners(uid?: number, bridgesOnly = false): ReturnType<Ledger<NetworkAction>['owners']> {
    const prefix = uid === undefined ? 'u' : `u${uid}-${bridgesOnly ? 'bridge-' : ''}`;
    return this.#parts.ledger.owners().filter(({ owner }) => owner.startsWith(prefix));
  }
}

/** What QEMU's own helper goes by: the administrator lists bridges that any user's guests may join. */
function needAllowedBridge(bridge: string): void {
  if (allowsBridge(readIfThere(bridgeRules) ?? '', bridge)) return;
  throw refused(
    `'${bridge}' is no bridge that was made for you.`,
    `The administrator can add the line 'allow ${bridge}' to ${bridgeRules}.`,
  );
}

/** Of `net/ipv6/conf/virbr0/accept_ra`, the device. */
const deviceOf = (name: string): string => name.split('/')[3] ?? '';

/** With what writing the switch resets on every device, so that all of it can be put back. */
function forwardingStep(family: Family): Step<NetworkAction> {
  const name = forwardingKeys[family];
  const former = readSysctl(name);
  const told = tell('recordForwarding', { family });
  const action: SysctlSet = { verb: 'sysctl-set', values: [{ key: name, value: '1' }] };
  if (former !== '0') return { ...told, action };
  const perDevice = family === 'ipv4' ? ['forwarding', 'accept_redirects'] : ['forwarding'];
  const besides = listSysctl(`net/${family}/conf`).flatMap((device) =>
    perDevice.map((each) => `net/${family}/conf/${device}/${each}`),
  );
  const values = [name, ...besides.filter((each) => each !== name)].flatMap((each) => {
    const value = readSysctl(each);
    return value === undefined ? [] : [{ key: each, value }];
  });
  return {
    ...{ ...told, action },
    inverse: { ...tell('forwardingOff', { family }), action: { verb: 'sysctl-set', values } },
  };
}

/** Ports lead to what is on the bridge, never elsewhere. */
async function needGuests({
  bridge,
  forwards,
}: Extract<NetworkAction, { readonly verb: 'nft-forwards-set' }>): Promise<void> {
  const routes = await listRoutes();
  const subnets = routes.flatMap(({ destination, device }) =>
    device === bridge ? (parseSubnet(destination) ?? []) : [],
  );
  for (const { to } of forwards) {
    const guest = parseAddress(to);
    if (guest === undefined || !subnets.some((subnet) => contains(subnet, guest))) {
      throw refused(`'${to}' is not on the bridge ${bridge}.`);
    }
  }
}

/** The host asks nobody but the server on the bridge itself. */
async function needOwnServers({
  link,
  servers,
}: Extract<NetworkAction, { readonly verb: 'names-set' }>): Promise<void> {
  const addresses = (await findLink(link))?.addresses ?? [];
  const foreign = servers.find((server) => !addresses.some((address) => address.split('/')[0] === server));
  if (foreign !== undefined) throw refused(`'${foreign}' is no address of the bridge ${link}.`);
}

/** `ip route replace` would take the way of somebody else to the same place. */
async function refuseForeignRoute(link: string, destination: string): Promise<void> {
  const routes = await listRoutes();
  const foreign = routes.find((route) => route.destination === destination && route.device !== link);
  if (foreign === undefined) return;
  throw refused(`There is a route to ${destination} by ${foreign.device} already.`);
}
