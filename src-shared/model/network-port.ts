/** `<networkport>`: one machine's place on a network, as libvirt tells of it. */
import { formatXml } from '../xml/format.ts';
import { attr, child, childText, element, type ModelOf, union } from '../xml/schema.ts';
import { macAddress, oneOf, string, uuid, yesNo } from '../xml/values.ts';
import { pciNumbers } from './domain/address.ts';
import { bandwidthSchema, portSchema, virtualPortSchema, vlanSchema } from './network-common.ts';

const mactable = attr(oneOf('kernel', 'libvirt')).optional();

export const networkPortSchema = element('networkport', {
  uuid: childText('uuid', uuid).optional(),
  owner: child(element('owner', { name: childText('name', string), uuid: childText('uuid', uuid) })),
  group: childText('group', string).optional(),
  mac: child(element('mac', { address: attr(macAddress) })),
  virtualport: child(virtualPortSchema).optional(),
  bandwidth: child(bandwidthSchema).optional(),
  vlan: child(vlanSchema).optional(),
  port: child(portSchema).optional(),
  rxfilters: child(element('rxfilters', { trustGuest: attr(yesNo) })).optional(),
  plug: child(
    union(
      'plug',
      'type',
      {
        none: {},
        network: { bridge: attr(string), macTableManager: mactable },
        bridge: { bridge: attr(string), macTableManager: mactable },
        direct: { dev: attr(string), mode: attr(oneOf('vepa', 'private', 'bridge', 'passthrough')) },
        'hostdev-pci': {
          managed: attr(yesNo).optional(),
          driver: child(element('driver', { name: attr(oneOf('kvm', 'vfio')).optional() })).optional(),
          address: child(element('address', pciNumbers)),
        },
      },
      'none',
    ),
  ).optional(),
});
type NetworkPortXml = ModelOf<typeof networkPortSchema>;

export const formatNetworkPort = (port: NetworkPortXml): string => formatXml(networkPortSchema, port);
