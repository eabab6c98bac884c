/** What the helper's record says to people, and what takes a change back. Pure. */
import type { NetworkAction } from '../network/actions.ts';
import type { Step } from '../host/steps.ts';

/** Those that leave something which has to be removed. */
export type LastingVerb =
  | 'bridge-add'
  | 'nft-table-add'
  | 'nft-network-set'
  | 'iptables-add'
  | 'zone-set'
  | 'dnsmasq-start'
  | 'tap-add'
  | 'macvtap-add'
  | 'bandwidth-set';
export type Lasting = Extract<NetworkAction, { readonly verb: LastingVerb }>;

export function stepOf(action: Lasting): Step<NetworkAction> {
  switch (action.verb) {
    case 'bridge-add': {
      const { link, mac } = action;
      return step(`Bridge ${link}.`, action, `Remove the bridge ${link}.`, { verb: 'bridge-delete', link, mac });
    }
    case 'nft-table-add': {
      const { table } = action;
      return step(`nftables table ${table}.`, action, `Remove the nftables table ${table}.`, {
        ...{ verb: 'nft-table-delete', table },
      });
    }
    case 'nft-network-set': {
      const { table, bridge } = action;
      return step(`Rules of ${bridge} in ${table}.`, action, `Remove the rules of ${bridge}.`, {
        ...{ verb: 'nft-network-delete', table, bridge },
      });
    }
    case 'iptables-add': {
      const { rules } = action;
      return step('Rules in iptables.', action, 'Remove the rules from iptables.', { verb: 'iptables-delete', rules });
    }
    case 'zone-set': {
      const { link, zone } = action;
      return step(`${link} in firewalld's zone ${zone}.`, action, `Take ${link} out of the zone ${zone}.`, {
        ...{ verb: 'zone-remove', link, zone },
      });
    }
    case 'dnsmasq-start': {
      const { folder, bridge } = action;
      return step(`dnsmasq on ${bridge}.`, action, `Stop dnsmasq on ${bridge}.`, {
        ...{ verb: 'dnsmasq-stop', folder, bridge },
      });
    }
    case 'tap-add':
    case 'macvtap-add': {
      const { link, mac } = action;
      const where = action.verb === 'tap-add' ? action.bridge : action.lower;
      const sentence = where === undefined ? `Cable ${link}.` : `Cable ${link} on ${where}.`;
      return step(sentence, action, `Remove the cable ${link}.`, { verb: 'tap-delete', link, mac });
    }
    case 'bandwidth-set': {
      const { link } = action;
      return step(`Limits of ${link}.`, action, `Lift the limits of ${link}.`, { verb: 'bandwidth-clear', link });
    }
  }
}

const step = (sentence: string, action: Lasting, undo: string, inverse: NetworkAction): Step<NetworkAction> => ({
  sentence,
  action,
  inverse: { sentence: undo, action: inverse },
});
