/** What giving a virtual function to a machine changes on the host. Pure. */
import { tell } from '../../../src-shared/host-words.ts';
import type { Step } from '../../host/step.ts';
import type { NetworkAction } from '../actions.ts';
import type { Port, PortEnd } from './port.ts';

type FunctionEnd = Extract<PortEnd, { kind: 'function' }>;

/** Its address and VLAN first: no packet leaves it by another's. */
export function functionSteps({ mac, vlans, owner }: Port, end: FunctionEnd): Step<NetworkAction>[] {
  const { parent, index, address, managed, former } = end;
  const place = { link: parent, index: String(index) };
  const vlan = vlans?.tags[0] ?? 0;
  const set: Step<NetworkAction> = {
    ...tell('functionSet', { ...place, mac: mac.toLowerCase(), vlan: String(vlan) }),
    action: { verb: 'function-set', link: parent, index, mac: mac.toLowerCase(), vlan },
    ...(former === undefined
      ? {}
      : {
          inverse: { ...tell('functionBack', place), action: { verb: 'function-set', link: parent, index, ...former } },
        }),
  };
  if (!managed) return [set];
  return [
    set,
    {
      ...tell('pciTake', { address, machine: owner.name }),
      action: { verb: 'pci-bind', address, driver: 'vfio-pci' },
      inverse: { ...tell('pciBack', { address }), action: { verb: 'pci-bind', address } },
    },
  ];
}
