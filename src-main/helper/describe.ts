/** What the helper's record says to people, and what takes a change back. Pure. */
import { tell } from '../../src-shared/host-words.ts';
import type { Told } from '../../src-shared/words.ts';
import { forwardText } from '../../src-shared/model/network-forwards.ts';
import type { NetworkAction } from '../network/actions.ts';
import type { Step } from '../host/steps.ts';

/** Those that leave something which has to be removed. */
export type LastingVerb =
  | 'bridge-add'
  | 'nft-table-add'
  | 'nft-network-set'
  | 'nft-forwards-set'
  | 'iptables-add'
  | 'zone-set'
  | 'dnsmasq-start'
  | 'names-set'
  | 'tap-add'
  | 'macvtap-add'
  | 'port-vlans-set'
  | 'bandwidth-set'
  | 'conditions-set'
  | 'filter-table-add'
  | 'filter-set';
export type Lasting = Extract<NetworkAction, { readonly verb: LastingVerb }>;

export function stepOf(action: Lasting): Step<NetworkAction> {
  switch (action.verb) {
    case 'bridge-add': {
      const { link, mac } = action;
      return step(tell('recordBridge', { link }), action, tell('bridgeRemove', { link }), {
        verb: 'bridge-delete',
        link,
        mac,
      });
    }
    case 'nft-table-add': {
      const { table } = action;
      return step(tell('recordTable', { table }), action, tell('nftTableRemove', { table }), {
        ...{ verb: 'nft-table-delete', table },
      });
    }
    case 'nft-network-set': {
      const { table, bridge } = action;
      return step(
        tell('recordRules', { link: bridge, table }),
        action,
        tell('nftRulesRemove', { link: bridge, table }),
        {
          ...{ verb: 'nft-network-delete', table, bridge },
        },
      );
    }
    case 'nft-forwards-set': {
      const { table, bridge, forwards } = action;
      const told = tell('portForwards', { forwards: forwards.map(forwardText).join(', ') });
      return step(told, action, tell('portForwardsRemove', { link: bridge }), {
        ...{ verb: 'nft-forwards-delete', table, bridge },
      });
    }
    case 'iptables-add': {
      const { rules } = action;
      return step(tell('recordIptables', {}), action, tell('iptablesRemove', {}), { verb: 'iptables-delete', rules });
    }
    case 'zone-set': {
      const { link, zone } = action;
      return step(tell('recordZone', { link, zone }), action, tell('zoneRemove', { link, zone }), {
        ...{ verb: 'zone-remove', link, zone },
      });
    }
    case 'names-set': {
      const { link, domain } = action;
      return step(tell('recordNames', { domain, link }), action, tell('namesClear', { link }), {
        ...{ verb: 'names-clear', link },
      });
    }
    case 'dnsmasq-start': {
      const { folder, bridge } = action;
      const told = step(tell('recordDnsmasq', { link: bridge }), action, tell('dnsmasqStop', { link: bridge }), {
        ...{ verb: 'dnsmasq-stop', folder, bridge },
      });
      return { ...told, lasting: true };
    }
    case 'tap-add':
    case 'macvtap-add': {
      const { link, mac } = action;
      const where = action.verb === 'tap-add' ? action.bridge : action.lower;
      const told = where === undefined ? tell('recordCable', { link }) : tell('recordCableOn', { link, where });
      const isSwitched = action.verb === 'tap-add' && action.openVswitch !== undefined;
      const lowerMac = action.verb === 'macvtap-add' ? action.lowerMac : undefined;
      const made = step(told, action, tell('cableRemove', { link }), {
        ...{ verb: 'tap-delete', link, mac },
        ...(isSwitched ? { openVswitch: true } : {}),
        ...(lowerMac === undefined || where === undefined ? {} : { lower: { link: where, mac: lowerMac } }),
      });
      return isSwitched ? { ...made, lasting: true } : made;
    }
    case 'port-vlans-set': {
      const { link } = action;
      return step(tell('recordVlans', { link }), action, tell('vlansClear', { link }), {
        ...{ verb: 'port-vlans-clear', link },
      });
    }
    case 'filter-table-add': {
      const { table } = action;
      return step(tell('recordFilterTable', { table }), action, tell('filterTableRemove', { table }), {
        ...{ verb: 'filter-table-delete', table },
      });
    }
    case 'filter-set': {
      const { table } = action;
      const link = action.ports[0]?.link ?? '';
      return step(tell('recordFilter', { link }), action, tell('filterRemove', { link }), {
        ...{ verb: 'filter-delete', table, link },
      });
    }
    case 'bandwidth-set': {
      const { link } = action;
      return step(tell('recordLimits', { link }), action, tell('limitsLift', { link }), {
        verb: 'bandwidth-clear',
        link,
      });
    }
    case 'conditions-set': {
      const { link, limited } = action;
      return step(tell('recordConditions', { link }), action, tell('conditionsLift', { link }), {
        ...{ verb: 'conditions-clear', link, limited },
      });
    }
  }
}

const step = (told: Told, action: Lasting, undo: Told, inverse: NetworkAction): Step<NetworkAction> => ({
  ...told,
  action,
  inverse: { ...undo, action: inverse },
});
