import type { Told } from './words.ts';

export type { Told, Words } from './words.ts';

/**
 * What is said about changes of the host: one table of English sentences, for the command line, errors and logs. The
 * window says the same in its language by the sentence's key (`host.json` of its locales).
 */
export const hostWords = {
  // Steps of networks, and what undoes them.
  bridgeCreate: "Create the bridge {{link}} for the network '{{network}}'.",
  bridgeRemove: 'Remove the bridge {{link}}, and with it its addresses and routes.',
  ipv6Guard: 'Keep the host from taking IPv6 routes and addresses from guests on {{link}}.',
  ipv6Off: 'Switch IPv6 off for the host on {{link}}.',
  zoneSet: "Put {{link}} into firewalld's zone '{{zone}}'.",
  zoneRemove: "Take {{link}} out of firewalld's zone '{{zone}}'.",
  nftTableCreate: "Create the nftables table '{{table}}', which other programs leave alone.",
  nftTableRemove: "Remove the nftables table '{{table}}'.",
  nftRulesNat:
    "Set the network's rules in the nftables table '{{table}}': guests reach the outside by address translation, and nobody outside reaches them.",
  nftRulesRoute:
    "Set the network's rules in the nftables table '{{table}}': packets pass between guests and the outside unchanged.",
  nftRulesIsolated:
    "Set the network's rules in the nftables table '{{table}}': guests reach each other and the host, and nothing else.",
  nftRulesOpen: "Set the network's rules in the nftables table '{{table}}': nothing is filtered.",
  nftRulesRemove: "Remove the rules of {{link}} from the table '{{table}}'.",
  iptablesNat:
    "Set the network's rules in iptables: guests reach the outside by address translation, and nobody outside reaches them.",
  iptablesRoute: "Set the network's rules in iptables: packets pass between guests and the outside unchanged.",
  iptablesIsolated: "Set the network's rules in iptables: guests reach each other and the host, and nothing else.",
  iptablesOpen: "Set the network's rules in iptables: nothing is filtered.",
  iptablesRemove: "Remove the network's rules from iptables.",
  portForwards: 'Forward ports of the host to guests: {{forwards}}.',
  portForwardsRemove: 'Forward no ports to guests on {{link}}.',
  addressAdd: 'Give the host the address {{address}} on {{link}}.',
  linkUp: 'Switch on the bridge {{link}}.',
  routeAdd: 'Send what is for {{destination}} to {{gateway}} on {{link}}.',
  forwardingOn: 'Let the host forward {{family}} packets.',
  forwardingOff: 'Stop the host from forwarding {{family}} packets, as it was before.',
  dnsmasqStart: 'Start a name and address server (dnsmasq) on {{link}}.',
  dnsmasqStop: 'Stop the name and address server on {{link}}.',
  namesSet: 'Have the host ask the server on {{link}} for names in {{domain}} (systemd-resolved).',
  namesClear: 'Have the host ask the server on {{link}} no more.',

  // Cables of machines.
  cableMake: "Make the cable {{link}} of the machine '{{machine}}'.",
  cableMakeOn: "Make the cable {{link}} of the machine '{{machine}}' and plug it into the bridge {{bridge}}.",
  cableMakeBeside: "Make {{link}} beside {{lower}} for the machine '{{machine}}'.",
  cableUp: 'Switch on {{link}}.',
  functionSet: 'Give the virtual function {{index}} of {{link}} the address {{mac}} and the VLAN {{vlan}} (0: none).',
  functionBack: 'Give the virtual function {{index}} of {{link}} its former address and VLAN back.',
  pciTake: "Take the PCI device {{address}} from the host for the machine '{{machine}}'.",
  pciBack: 'Give the PCI device {{address}} back to the host.',
  vlansTellApart: 'Let the bridge {{link}} tell VLANs apart; whatever is in none of its own stays in VLAN 1.',
  vlansSet: 'Put {{link}} into VLAN {{vlans}}.',
  vlansClear: 'Put {{link}} into no VLAN of its own.',
  limitTo: 'Limit the traffic of {{link}}: {{inbound}} KiB/s to guests.',
  limitFrom: 'Limit the traffic of {{link}}: {{outbound}} KiB/s from guests.',
  limitBoth: 'Limit the traffic of {{link}}: {{inbound}} KiB/s to guests, {{outbound}} KiB/s from guests.',

  // Interfaces of the host, and bridges over them.
  hostBridgeCreate: 'Create the bridge {{link}}, with the hardware address {{mac}} of {{device}}.',
  hostBridgeCreatePlain: 'Create the bridge {{link}}.',
  hostBridgeRemove: 'Remove the bridge {{link}}.',
  hostBridgeAgain: 'Create the bridge {{link}} again.',
  hostIpv6Off: 'Switch IPv6 off on {{link}} itself: the bridge answers instead.',
  hostIpv6On: 'Switch IPv6 on on {{link}}.',
  hostLinkOn: 'Switch {{link}} on.',
  hostLinkOff: 'Switch {{link}} off.',
  hostPortJoin: 'Make {{link}} a port of {{bridge}}.',
  hostPortLeave: 'Take {{link}} out of {{bridge}}.',
  hostAddressGive: 'Give {{link}} the address {{address}}.',
  hostAddressTake: 'Take the address {{address}} from {{link}}.',
  hostRouteDefault: 'Route everywhere else via {{gateway}} over {{link}}.',
  hostRouteDefaultTake: 'Take the route to everywhere else via {{gateway}} from {{link}}.',
  hostRoute: 'Route {{destination}} via {{gateway}} over {{link}}.',
  hostRouteTake: 'Take the route to {{destination}} via {{gateway}} from {{link}}.',
  hostRouteDirect: 'Route {{destination}} over {{link}}.',
  hostRouteDirectTake: 'Take the route to {{destination}} from {{link}}.',
  hostDhcpStart: 'Start the DHCP client {{client}} on {{link}}.',
  hostDhcpStop: 'Stop the DHCP client {{client}} on {{link}}; the address stays.',
  hostFileWrite: 'Write {{path}}.',
  hostFileChange: 'Change {{path}}.',
  hostFileRemove: 'Remove {{path}}.',
  hostFileBack: 'Put {{path}} back as it was.',
  hostNetworkd: 'Have systemd-networkd read its files and set up {{links}}.',
  hostNetworkdRead: 'Have systemd-networkd read its files.',
  hostNetworkdAgain: 'Have systemd-networkd set up {{links}} again.',
  hostIfup: 'Bring {{link}} up as ifupdown has it.',
  hostIfdown: 'Bring {{link}} down as ifupdown has it.',
  hostProfileAdd: 'Add a profile for {{link}}.',
  hostProfileRemove: 'Remove the profile of {{link}}.',
  hostProfileChange: 'Change the profile of {{link}}.',
  hostProfileBack: 'Put the profile of {{link}} back as it was.',
  hostProfileAgain: 'Add the profile of {{link}} again.',
  hostProfileRemoveNamed: "Remove the profile '{{profile}}'.",
  hostProfileSave: 'Save the profile of {{link}}.',
  hostProfileLeave: "Leave the profile '{{profile}}' of {{link}} as it is, for a rollback.",
  hostProfileUp: 'Bring {{link}} up by its own profile.',
  hostProfileAuto: "Have the profile '{{profile}}' come up by itself again.",
  hostUp: 'Bring {{link}} up.',
  hostDown: 'Take {{link}} down.',
  hostUpAgain: 'Bring {{link}} up again.',
  hostWireless:
    '{{link}} is a wireless interface: access points take packets from its own hardware address alone, so that machines behind a bridge would not be heard.',
  hostWirelessFix: 'Give the machines a NAT network, which works over every interface.',
  hostHasMaster: '{{link}} is a port of {{bridge}} already.',
  hostConnectTo: 'Connect the machines to {{bridge}}.',
  hostIsBridge: '{{link}} is a bridge itself.',
  hostLoopback: '{{link}} leads to this host alone.',
  hostNoCard: '{{link}} is not a network card: nothing outside is behind it.',
  hostNoDevice: "There is no interface '{{link}}'.",
  hostBadName: "A bridge can't be called '{{link}}'.",
  hostBadNameFix: 'Use up to 15 letters, digits, dots, dashes and underscores, a letter first.',
  hostNameTaken: "There is an interface '{{link}}' already.",
  hostNameTakenFix: 'Give the bridge another name.',
  hostDefaultRoute: 'This host reaches the Internet over {{link}}: connections stop for a moment.',
  hostDefaultRouteFix: 'Unless you keep the change in time, it is rolled back by itself.',
  hostNoLink: '{{link}} has no link at present: machines on the bridge reach each other and this host only.',

  // Found while planning: what it is, and what can be done about it.
  noSuchDevice: "The network '{{network}}' uses the device '{{device}}', which this host does not have.",
  notAppliedBandwidth: 'The network starts without limits of its bandwidth: its bridge is not its own.',
  notAppliedMacTable:
    'The network starts without its own table of hardware addresses, which Vivarium does not apply yet.',
  notAppliedRxFilters:
    "Machines can't join the network: it lets them choose which packets they get (trustGuestRxFilters), which is not supported here.",
  notAppliedVirtualPort:
    "Machines can't join the network: it asks for a <virtualport> of the type '{{kind}}', which is not supported here.",
  notAppliedVlan:
    "The network has a <vlan>, which takes a bridge or SR-IOV: its machines can't join by mode '{{mode}}'.",
  notAppliedLocal: 'The network starts without {{part}}, which this kind of network has no use for.',
  noOpenVswitch:
    "The network's bridge is one of Open vSwitch, which is not installed: there is no program 'ovs-vsctl'.",
  noOpenVswitchFix: 'Install openvswitch-switch (Fedora: openvswitch).',
  noSuchSwitch: "Open vSwitch has no bridge '{{link}}'.",
  noSuchSwitchFix:
    "Make it: ovs-vsctl add-br {{link}}. Or leave <virtualport type='openvswitch'/> out for a bridge of Linux.",
  isSwitch: "'{{link}}' is a bridge of Open vSwitch, and the network does not say so.",
  isSwitchFix: "Add <virtualport type='openvswitch'/> to the network.",
  switchOwn: "Vivarium makes no bridges of Open vSwitch: the network's own bridge can't be one.",
  switchOwnFix: "Make one with 'ovs-vsctl add-br', and a network with <forward mode='bridge'/> that names it.",
  noFunctions: "The card '{{link}}' has no virtual functions (SR-IOV).",
  noFunctionsFix: 'Make some, if its hardware can: echo 4 > /sys/class/net/{{link}}/device/sriov_numvfs',
  noVlanFiltering:
    "The bridges of this host's kernel do not tell VLANs apart: machines that are to be in one can't start.",
  noVlanFilteringFix: 'Use a bridge of Open vSwitch, or a kernel with CONFIG_BRIDGE_VLAN_FILTERING.',
  vlansOff: "The bridge '{{link}}' does not tell VLANs apart: machines that are to be in one can't start.",
  vlansOffFix: 'Let it: ip link set {{link}} type bridge vlan_filtering 1.',
  noIp: "Bridges can't be made: the program 'ip' is not installed.",
  noIpFix: 'Install iproute2.',
  noDnsmasq: 'Guests would get no address and no names: dnsmasq is not installed.',
  noDnsmasqFix: 'Install dnsmasq-base.',
  noFirewall: "The network's rules can't be set: neither nft nor iptables is installed.",
  noFirewallFix: 'Install nftables.',
  bridgeExists: "The host has a device '{{link}}' already.",
  bridgeExistsFix: "Name the network's bridge '{{free}}', which is free.",
  noForwardDevice: "Guests reach the outside by '{{device}}' only, which this host does not have.",
  noForwardDeviceFix: 'Name another device, or none to use any.',
  subnetInUse: "The subnet {{subnet}} is in use already: {{other}} on '{{device}}'.",
  subnetOverlaps: "The subnet {{subnet}} overlaps with {{other}} on '{{device}}': one hides a part of the other.",
  subnetFix: 'Use {{free}}, which is free on this host.',
  nameServerInTheWay:
    "A name server of this host listens on every address at port {{port}}; the network's own may find no room.",
  dhcpServerInTheWay:
    "A DHCP server of this host listens on every address at port {{port}}; the network's own may find no room.",
  serverInTheWayFix: "Let it listen on its own devices only (dnsmasq: 'bind-interfaces' or 'bind-dynamic').",
  routerAdvertisements:
    "The host would lose its IPv6 routes by '{{device}}': it learns them from router advertisements, which it ignores once it forwards IPv6.",
  routerAdvertisementsFix: 'Set net.ipv6.conf.{{device}}.accept_ra to 2, then it goes on learning them.',
  namesOff: "The network '{{network}}' says that the host is to be left as it is.",
  namesNoServer: "The network '{{network}}' has no server that knows names.",
  namesNoDomain: "The network '{{network}}' has no domain for its guests' names to end in.",
  namesPublic: 'Names in {{domain}} may be somebody’s in the Internet, whom the host would not find any more.',
  namesDomainFix: 'Give the network a domain that nobody has, such as vm.test or vm.internal.',
  namesNotLocal: 'What the server does not know in {{domain}} it asks the host, which would ask it again.',
  namesLocalFix: 'Let the network keep questions about its domain to itself.',
  namesNoResolved:
    'systemd-resolved does not run on this host; other resolvers can’t be told whom to ask about one domain.',
  namesResolvedFix: 'Use the address, or ask the network’s own server.',
  namesStopped: "The network '{{network}}' does not run.",
  namesAskedElsewhere: "systemd-resolved runs, but this host's programs do not ask it.",
  namesAskedFix: 'Let /etc/resolv.conf lead to /run/systemd/resolve/stub-resolv.conf.',
  forwardPolicyDrop:
    "The host's iptables rules (Docker's, most likely) drop what is forwarded unless a rule of theirs allows it. The network's rules are therefore set in iptables.",

  // Into which zone of firewalld a bridge goes, and why.
  zoneNamed: "firewalld runs, and the network names its zone: '{{zone}}'.",
  zoneLibvirt:
    "firewalld runs: the bridge goes into its zone '{{zone}}', which libvirt's package brought. Guests are forwarded, and reach those services of the host that the zone lists.",
  zoneOwn:
    "firewalld runs: the bridge goes into its zone '{{zone}}', which Vivarium's package brought; there is none of libvirt's. Guests are forwarded, and reach those services of the host that the zone lists.",
  zoneRouted:
    "firewalld runs: the bridge of this routed network goes into its zone '{{zone}}', whose policies say what passes.",
  zoneNotNeeded: "firewalld {{version}} has no zone '{{zone}}'; with its iptables backend the network's own rules do.",
  zoneMissing:
    "firewalld {{version}} filters with nftables and has no zone '{{zone}}': guests would get no address, no names and no way out.",
  zoneMissingFix:
    "Install the zone '{{zone}}' (it comes with Vivarium's package) and reload firewalld, or set FirewallBackend=iptables in firewalld.conf.",
  zoneMissingUpgrade:
    'Upgrade firewalld to 0.7.0 or later, which can have such a zone, or set FirewallBackend=iptables in firewalld.conf.',
  zoneWithoutFirewalld: "The network '{{network}}' wants the zone '{{zone}}' of firewalld, which is not running.",
  zoneWithoutFirewalldFix: 'Start firewalld, or take the zone out.',
  noSuchZone: "The network '{{network}}' wants the zone '{{zone}}' of firewalld, which has no such zone.",
  noSuchZoneFix: 'Add the zone to firewalld, or name another.',

  // Network filters of interfaces.
  filterTableCreate: "Create the table '{{table}}' in nftables' bridge family, which other programs leave alone.",
  filterTableRemove: "Remove the table '{{table}}' from nftables' bridge family.",
  filterSet: "Let only what the filter '{{filter}}' allows pass {{link}}.",
  filterLearn:
    "Let only requests for an address pass {{link}} until it has one; then what the filter '{{filter}}' allows.",
  filterRemove: 'Let everything pass {{link}} again.',

  // The helper's own record.
  recordBridge: 'Bridge {{link}}.',
  recordTable: 'nftables table {{table}}.',
  recordRules: 'Rules of {{link}} in {{table}}.',
  recordIptables: 'Rules in iptables.',
  recordNames: 'Names in {{domain}}, asked of {{link}}.',
  recordZone: "{{link}} in firewalld's zone {{zone}}.",
  recordDnsmasq: 'dnsmasq on {{link}}.',
  recordForwarding: 'Forwarding of {{family}} packets.',
  recordCable: 'Cable {{link}}.',
  recordCableOn: 'Cable {{link}} on {{where}}.',
  cableRemove: 'Remove the cable {{link}}.',
  recordFilterTable: "Table {{table}} in nftables' bridge family.",
  recordFilter: 'Filter of {{link}}.',
  recordVlans: 'VLANs of {{link}}.',
  recordLimits: 'Limits of {{link}}.',
  limitsLift: 'Lift the limits of {{link}}.',
  recordConditions: 'Conditions of {{link}}.',
  conditionsLift: 'Make the cable {{link}} as good as it is.',
} as const satisfies Readonly<Record<string, string>>;

export type HostWord = keyof typeof hostWords;

type Names<Text extends string> = Text extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<Key extends HostWord> = Readonly<Record<Names<(typeof hostWords)[Key]>, string>>;

/** Says a sentence of the table; what it names is checked by its type. */
export function tell<Key extends HostWord>(key: Key, values: Values<Key>): Told {
  const given = values as Readonly<Record<string, string>>;
  // In one pass: a value that looks like a name stays what it is.
  const sentence = hostWords[key].replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => given[name] ?? '');
  return { sentence, words: Object.keys(given).length === 0 ? { key } : { key, values: given } };
}
