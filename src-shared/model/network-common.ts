/** What a domain's interfaces, virtual networks and host interfaces share. */
import { attr, child, children, element, type ModelOf } from '../xml/schema.ts';
import { oneOf, string, unsigned, uuid, yesNo } from '../xml/values.ts';

export const vlanSchema = element('vlan', {
  trunk: attr(yesNo).optional(),
  tag: children(element('tag', { id: attr(unsigned), nativeMode: attr(oneOf('tagged', 'untagged')).optional() })),
});
export type Vlan = ModelOf<typeof vlanSchema>;

export const virtualPortSchema = element('virtualport', {
  type: attr(oneOf('802.1Qbg', '802.1Qbh', 'openvswitch', 'midonet')).optional(),
  parameters: child(
    element('parameters', {
      managerid: attr(unsigned).optional(),
      typeid: attr(unsigned).optional(),
      typeidversion: attr(unsigned).optional(),
      instanceid: attr(uuid).optional(),
      interfaceid: attr(uuid).optional(),
      profileid: attr(string).optional(),
    }),
  ).optional(),
});
export type VirtualPort = ModelOf<typeof virtualPortSchema>;

/** Rates are in KiB a second, bursts in KiB. */
const rate = {
  average: attr(unsigned).optional(),
  peak: attr(unsigned).optional(),
  floor: attr(unsigned).optional(),
  burst: attr(unsigned).optional(),
};

export const bandwidthSchema = element(
  'bandwidth',
  {
    classID: attr(unsigned).optional(),
    inbound: child(element('inbound', rate)).optional(),
    outbound: child(element('outbound', rate)).optional(),
  },
  { endTag: 'always' },
);
export type Bandwidth = ModelOf<typeof bandwidthSchema>;

export const routeSchema = element('route', {
  family: attr(oneOf('ipv4', 'ipv6')).optional(),
  address: attr(string),
  netmask: attr(string).optional(),
  prefix: attr(unsigned).optional(),
  gateway: attr(string),
  metric: attr(unsigned).optional(),
});
export type Route = ModelOf<typeof routeSchema>;

/** Isolated ports reach the host and the outside, but no other isolated port of the same network. */
export const portSchema = element('port', { isolated: attr(yesNo).optional() });
