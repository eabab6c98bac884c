/** What a change is recorded under: whose it is, of what kind, and what it is about; one record each. Pure. */
import { bridgeOf } from './check-action.ts';
import type { Lasting } from './describe.ts';

/** Before the key of a change that is being made. */
export const underWay = 'doing-';

/** The order in which what a user has is undone: servers and rules before the bridge they are on. */
const undoOrder = [
  'conditions',
  'limits',
  'filter',
  'filtertable',
  'vlans',
  'tap',
  'names',
  'dnsmasq',
  'forwards',
  'iptables',
  'rules',
  'table',
  'zone',
  'forwarding',
  'bridge',
];

/** Servers and rules come before the bridge they are on. */
export function inUndoOrder(owners: readonly string[]): readonly string[] {
  const rank = (owner: string): number => undoOrder.indexOf(owner.split('-')[1] ?? '');
  return owners.toSorted((left, right) => rank(left) - rank(right));
}

/** Names are of letters, digits, `_`, `.` and `-`, and so is this, which becomes a file's name. */
export const key = (uid: number, kind: string, name: string): string => `u${uid}-${kind}-${name}`;

export function keyOf(uid: number, action: Lasting): string {
  switch (action.verb) {
    case 'bridge-add':
      return key(uid, 'bridge', action.link);
    case 'nft-table-add':
      return key(uid, 'table', action.table);
    case 'nft-network-set':
      return key(uid, 'rules', action.bridge);
    case 'nft-forwards-set':
      return key(uid, 'forwards', action.bridge);
    case 'iptables-add':
      return key(uid, 'iptables', bridgeOf(action.rules));
    case 'zone-set':
      return key(uid, 'zone', action.link);
    case 'names-set':
      return key(uid, 'names', action.link);
    case 'dnsmasq-start':
      return key(uid, 'dnsmasq', action.bridge);
    case 'tap-add':
    case 'macvtap-add':
      return key(uid, 'tap', action.link);
    case 'port-vlans-set':
      return key(uid, 'vlans', action.link);
    case 'bandwidth-set':
      return key(uid, 'limits', action.link);
    case 'conditions-set':
      return key(uid, 'conditions', action.link);
    case 'filter-table-add':
      return key(uid, 'filtertable', action.table);
    case 'filter-set':
      return key(uid, 'filter', action.ports[0]?.link ?? '');
  }
}

/** Whose a change is, and what: made, or under way. */
export function parseKey(owner: string): { readonly by?: string; readonly what?: string } {
  const [, by, what] = /^(?:doing-)?u(\d+)-(.+)$/.exec(owner) ?? [];
  return by === undefined || what === undefined ? {} : { by, what };
}
