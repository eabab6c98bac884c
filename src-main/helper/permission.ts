/** What an action needs an administrator's word for. Pure. */
import type { NetworkAction } from '../network/actions.ts';
import type { Permission } from '../network/helper/names.ts';

/**
 * Plugging one's own machine into a bridge that one may use already is less than changing the host's network; and what
 * was made for somebody, they may have removed.
 *
 * @param isCable whether a device is a cable that was made for the caller
 * @returns undefined for what nobody has to be asked for
 */
export function permissionFor(action: NetworkAction, isCable: (link: string) => boolean): Permission | undefined {
  switch (action.verb) {
    case 'tap-add':
      // In no bridge it would be a way to the host itself; and who is in which VLAN is the administrator's to say.
      return action.bridge === undefined || action.openVswitch?.vlans !== undefined ? 'manage' : 'attach';
    case 'link-up':
    case 'bandwidth-set':
    case 'conditions-set':
      return isCable(action.link) ? 'attach' : 'manage';
    case 'filter-table-add':
      return 'attach';
    case 'filter-set':
      return action.ports.every(({ link }) => isCable(link)) ? 'attach' : 'manage';
    case 'filter-table-delete':
    case 'tap-delete':
      return undefined;
    case 'port-vlans-clear':
    case 'filter-delete':
    case 'bandwidth-clear':
    case 'conditions-clear':
      return isCable(action.link) ? undefined : 'manage';
    default:
      return 'manage';
  }
}
