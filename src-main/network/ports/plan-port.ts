/** What plugging a card in changes on the host. Pure, but for what the parts look at. */
import { tell } from '../../../src-shared/host-words.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { Step } from '../../host/step.ts';
import type { NetworkAction } from '../actions.ts';
import { portParts } from './parts.ts';
import { functionSteps } from './plan-function.ts';
import type { Port, PortPart } from './port.ts';

/**
 * @param uid who opens the device: the user whose QEMU it is
 * @param filter the part of the engine's network filters, which only it knows
 */
export async function planPort(port: Port, uid: number, filter?: PortPart): Promise<readonly Step<NetworkAction>[]> {
  if (port.end.kind === 'given') return [];
  if (port.end.kind === 'function') return functionSteps(port, port.end);
  const all = filter === undefined ? portParts : [...portParts, filter];
  const parts = await Promise.all(all.map(async (part) => await part(port)));
  return [
    deviceStep(port, uid),
    ...parts.flat(),
    // Last: nothing passes before its filters and limits are there.
    { ...tell('cableUp', { link: port.link }), action: { verb: 'link-up', link: port.link } },
  ];
}

/** As upstream: 0xfe first is above every card of the host, so that no bridge takes a guest's address for its own. */
export const tapMac = (guestMac: string): string => `fe${guestMac.toLowerCase().slice(2)}`;

function deviceStep({ link, mac, end, mtu, isolated, owner, vlans }: Port, uid: number): Step<NetworkAction> {
  const size = mtu === undefined ? {} : { mtu };
  const remove = (address: string, rest: Partial<TapDelete> = {}): Step<NetworkAction>['inverse'] => ({
    ...tell('cableRemove', { link }),
    action: { verb: 'tap-delete', link, mac: address, ...rest },
  });
  const machine = owner.name;
  switch (end.kind) {
    case 'tap': {
      const address = tapMac(mac);
      if (mac.toLowerCase().startsWith('fe')) {
        throw new VirError({
          code: 'config-unsupported',
          domain: 'network',
          message: say`Unable to use MAC address starting with reserved value 0xFE - '${mac}' -`,
          fix: say`Choose another address for the card.`,
        });
      }
      const bridge = end.bridge === undefined ? {} : { bridge: end.bridge };
      return {
        ...(end.bridge === undefined
          ? tell('cableMake', { link, machine })
          : tell('cableMakeOn', { link, machine, bridge: end.bridge })),
        action: {
          ...{ verb: 'tap-add', link, mac: address, uid, ...bridge, ...size },
          ...{ multiQueue: end.multiQueue, isolated: isolated === true },
          ...(end.openVswitch === undefined
            ? {}
            : {
                openVswitch: {
                  ...{ ...end.openVswitch, machine: owner.uuid, guestMac: mac.toLowerCase() },
                  ...(vlans === undefined ? {} : { vlans }),
                },
              }),
        },
        // The switch's own record of ports outlives the host's being started again.
        ...(end.openVswitch === undefined ? {} : { lasting: true }),
        ...inverse(remove(address, end.openVswitch === undefined ? {} : { openVswitch: true })),
      };
    }
    case 'macvtap': {
      const { lower, mode, lowerMac } = end;
      const own = lowerMac === undefined ? {} : { lowerMac };
      return {
        ...tell('cableMakeBeside', { link, lower, machine }),
        action: { verb: 'macvtap-add', link, mac: mac.toLowerCase(), uid, lower, mode, ...size, ...own },
        ...inverse(remove(mac.toLowerCase(), lowerMac === undefined ? {} : { lower: { link: lower, mac: lowerMac } })),
      };
    }
    case 'given':
    case 'function':
      throw new TypeError(`a device of the kind '${end.kind}' is not made`);
  }
}

type TapDelete = Extract<NetworkAction, { readonly verb: 'tap-delete' }>;

const inverse = (undo: Step<NetworkAction>['inverse']): Pick<Step<NetworkAction>, 'inverse'> =>
  undo === undefined ? {} : { inverse: undo };
