/** VLANs of cards in Linux bridges. Pure. */
import { tell } from '../../../src-shared/host-words.ts';
import type { PortPart } from './port.ts';
import { vlansText } from './vlans.ts';

/** Open vSwitch is told of the VLANs of a port when it is told of the port. */
export const separateVlans: PortPart = ({ link, end, vlans }) => {
  if (vlans === undefined || end.kind !== 'tap' || end.bridge === undefined || end.openVswitch !== undefined) return [];
  const { bridge, filtersVlans } = end;
  return [
    ...(filtersVlans === true
      ? [
          {
            ...tell('vlansTellApart', { link: bridge }),
            action: { verb: 'bridge-vlans-filter', link: bridge } as const,
          },
        ]
      : []),
    {
      ...tell('vlansSet', { link, vlans: vlansText(vlans) }),
      action: { verb: 'port-vlans-set', link, vlans },
      inverse: { ...tell('vlansClear', { link }), action: { verb: 'port-vlans-clear', link } },
    },
  ];
};
