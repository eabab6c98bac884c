/**
 * Every element and attribute of libvirt's own description of networks (`network.rng`) does something when a network
 * starts or a machine joins it: it is acted upon, announced beforehand, or refused by name. None is taken and forgotten.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDevice } from '../../../src-main/engine/device-edit.ts';
import { completeNetwork, readNetwork } from '../../../src-main/network/complete.ts';
import { networkRules } from '../../../src-main/network/firewall/rules.ts';
import type { HostFacts } from '../../../src-main/network/host-facts.ts';
import { planStart } from '../../../src-main/network/plan.ts';
import type { CableCard, HostDevices } from '../../../src-main/network/ports/card.ts';
import { connectCard } from '../../../src-main/network/ports/connect.ts';
import { corpusDir } from '../../support/corpus.ts';

const bridge = (name: string) => ({ name, kind: 'bridge', addresses: [] });
const host: HostFacts = {
  links: [...['eth0', 'eth1', 'eth2'].map((name) => ({ name, addresses: [] })), ...[bridge('br0'), bridge('br1')]],
  routes: [],
  sysctls: { 'net/ipv4/ip_forward': '0', 'net/ipv6/conf/all/forwarding': '0' },
  programs: new Set(['ip', 'nft', 'dnsmasq']),
  wildcardSockets: [],
  forwardPolicy: undefined,
  firewalld: { version: '1.3', backend: 'nftables', zones: ['libvirt', 'public', 'mine'], policies: [] },
  switches: { bridgeVlans: { br0: true, br1: true } },
  hasResolved: true,
};
const vf = (parent: string, index: number) => ({
  ...{ address: `0000:0${parent.slice(3)}:10.${index}`, parent, index, netdev: `${parent}v${index}` },
});
const devices: HostDevices = {
  find: (link) => ({ ...(/^(?:vir)?br/.test(link) ? { kind: 'bridge', vlanFiltering: true } : {}), mtu: 1500 }),
  users: () => 0,
  functionsOf: (parent) => [vf(parent, 0), vf(parent, 1)],
  functionAt: (address) => vf(`eth${address.slice(6, 7)}`, Number(address.at(-1))),
  isTaken: () => false,
};
const card = parseDevice(`<interface type='network'><mac address='52:54:00:00:00:01'/>
  <source network='net' portgroup='group'/></interface>`).device as CableCard;

/** All that comes of a definition, or that it is refused. */
function effect(xml: string): string {
  try {
    const network = completeNetwork(readNetwork(xml), () => 'virbr0');
    const plan = planStart(network, host, { table: 'vivarium', folder: '/var/lib/vivarium' });
    const { forward } = network;
    const rules = forward === undefined ? [] : networkRules(network, 'virbr0');
    return JSON.stringify({ plan, rules, card: joined(network) });
  } catch (thrown) {
    return `refused: ${String(thrown)}`;
  }
}

function joined(network: ReturnType<typeof readNetwork>): unknown {
  try {
    return connectCard(card, () => ({ uuid: network.uuid, name: 'net', active: network }), devices);
  } catch (thrown) {
    return String(thrown);
  }
}

const group = "<portgroup name='group'/>";
const ip = (inside = '', rest = ''): string =>
  `<ip address='192.168.77.1' netmask='255.255.255.0'${rest}>${inside}</ip>`;
const six = (inside = ''): string => `<ip family='ipv6' address='fd00:77::1' prefix='64'>${inside}</ip>`;
const dhcp = (inside: string): string => ip(`<dhcp>${inside}</dhcp>`);
const range = "<range start='192.168.77.10' end='192.168.77.20'/>";
const own = (parts: string, forward = "<forward mode='nat'/>", attributes = ''): string =>
  `<network${attributes}><name>net</name><uuid>0a1b2c3d-0000-4000-8000-000000000001</uuid>${forward}
   <mac address='52:54:00:00:00:77'/>${parts}${parts.includes('<portgroup') ? '' : group}</network>`;
const other = (forward: string, parts = ''): string => `<network><name>net</name>
  <uuid>0a1b2c3d-0000-4000-8000-000000000001</uuid>${forward}${parts}${parts.includes('<portgroup') ? '' : group}</network>`;
const bridged = (parts = ''): string => other("<forward mode='bridge'/>", `<bridge name='br0'/>${parts}`);
const plain = own(ip());
const dns = (inside: string): string => own(`<dns>${inside}</dns>${ip()}`);

/** What each is compared with, and the definition that has it. */
const probes: Readonly<Record<string, readonly [without: string, having: string]>> = {
  'network@ipv6': [own(''), own('', undefined, " ipv6='yes'")],
  'network@trustGuestRxFilters': [plain, own(ip(), undefined, " trustGuestRxFilters='yes'")],
  'forward@mode': [plain, own(ip(), "<forward mode='route'/>")],
  'forward@dev': [plain, own(ip(), "<forward mode='nat' dev='eth0'/>")],
  'forward@managed': [
    other("<forward mode='hostdev'><pf dev='eth0'/></forward>"),
    other("<forward mode='hostdev' managed='yes'><pf dev='eth0'/></forward>"),
  ],
  'forward/driver@name': [
    other("<forward mode='hostdev'><pf dev='eth0'/></forward>"),
    other("<forward mode='hostdev'><driver name='kvm'/><pf dev='eth0'/></forward>"),
  ],
  'forward/interface@dev': [
    other("<forward mode='private'><interface dev='eth0'/></forward>"),
    other("<forward mode='private'><interface dev='eth1'/></forward>"),
  ],
  'forward/pf@dev': [
    other("<forward mode='hostdev'><pf dev='eth0'/></forward>"),
    other("<forward mode='hostdev'><pf dev='eth1'/></forward>"),
  ],
  'forward/address': [
    other("<forward mode='hostdev'><address type='pci' domain='0' bus='0' slot='0x10' function='0'/></forward>"),
    other("<forward mode='hostdev'><address type='pci' domain='0' bus='0' slot='0x10' function='1'/></forward>"),
  ],
  'forward/nat@ipv6': [own(ip() + six()), own(ip() + six(), "<forward mode='nat'><nat ipv6='yes'/></forward>")],
  'forward/nat/address': [
    plain,
    own(ip(), "<forward mode='nat'><nat><address start='198.51.100.1' end='198.51.100.2'/></nat></forward>"),
  ],
  'forward/nat/port': [plain, own(ip(), "<forward mode='nat'><nat><port start='2000' end='3000'/></nat></forward>")],
  'bridge@name': [plain, own(`<bridge name='virbr7'/>${ip()}`)],
  'bridge@zone': [plain, own(`<bridge name='virbr0' zone='mine'/>${ip()}`)],
  'bridge@stp': [plain, own(`<bridge name='virbr0' stp='off'/>${ip()}`)],
  'bridge@delay': [plain, own(`<bridge name='virbr0' delay='4'/>${ip()}`)],
  'bridge@macTableManager': [plain, own(`<bridge name='virbr0' macTableManager='libvirt'/>${ip()}`)],
  'bridge@macTableManager, of the host': [
    bridged(),
    bridged().replace("name='br0'", "name='br0' macTableManager='libvirt'"),
  ],
  'mtu@size': [plain, own(`<mtu size='1400'/>${ip()}`)],
  'mac@address': [plain, plain.replace('00:77', '00:78')],
  'domain@name': [plain, own(`<domain name='vm.test'/>${ip()}`)],
  'domain@localOnly': [own(`<domain name='vm.test'/>${ip()}`), own(`<domain name='vm.test' localOnly='yes'/>${ip()}`)],
  'domain@register': [
    own(`<domain name='example.com' localOnly='yes'/>${ip()}`),
    own(`<domain name='example.com' localOnly='yes' register='yes'/>${ip()}`),
  ],
  'dns@enable': [plain, own(`<dns enable='no'/>${ip()}`)],
  'dns@forwardPlainNames': [plain, own(`<dns forwardPlainNames='no'/>${ip()}`)],
  'dns/forwarder@addr': [plain, dns("<forwarder addr='192.0.2.53'/>")],
  'dns/forwarder@domain': [plain, dns("<forwarder domain='example.com' addr='192.0.2.53'/>")],
  'dns/txt': [plain, dns("<txt name='example' value='text'/>")],
  'dns/srv': [plain, dns("<srv service='x' protocol='tcp' domain='d' target='t' port='1' priority='2' weight='3'/>")],
  'dns/host/hostname': [plain, dns("<host ip='192.168.77.2'><hostname>one</hostname></host>")],
  'vlan/tag': [bridged(), bridged("<vlan><tag id='4'/></vlan>")],
  'vlan@trunk, tag@nativeMode': [
    bridged("<vlan><tag id='4'/></vlan>"),
    bridged("<vlan trunk='yes'><tag id='4' nativeMode='tagged'/></vlan>"),
  ],
  'bandwidth/inbound': [plain, own(`<bandwidth><inbound average='10' peak='20' burst='30'/></bandwidth>${ip()}`)],
  'bandwidth/outbound': [plain, own(`<bandwidth><outbound average='10'/></bandwidth>${ip()}`)],
  'bandwidth, of the host': [bridged(), bridged("<bandwidth><inbound average='10'/></bandwidth>")],
  'port@isolated': [plain, own(`<port isolated='yes'/>${ip()}`)],
  'ip@address': [own(''), plain],
  'ip@family, ip@prefix': [plain, own(ip() + six())],
  'ip@localPtr': [own(`<domain name='vm.test'/>${ip()}`), own(`<domain name='vm.test'/>${ip('', " localPtr='yes'")}`)],
  'ip/tftp@root': [own(dhcp(range)), own(ip(`<tftp root='/srv/tftp'/><dhcp>${range}</dhcp>`))],
  'ip/dhcp/range': [plain, own(dhcp(range))],
  'ip/dhcp/range/lease': [
    own(dhcp(range)),
    own(dhcp("<range start='192.168.77.10' end='192.168.77.20'><lease expiry='2' unit='hours'/></range>")),
  ],
  'ip/dhcp/host': [own(dhcp(range)), own(dhcp(`${range}<host mac='52:54:00:00:00:02' name='two' ip='192.168.77.2'/>`))],
  'ip/dhcp/host@id': [own(six()), own(six("<dhcp><host id='0:1:2' name='two' ip='fd00:77::2'/></dhcp>"))],
  'ip/dhcp/bootp': [own(dhcp(range)), own(dhcp(`${range}<bootp file='pxe.0' server='192.168.77.3'/>`))],
  route: [plain, own(`${ip()}<route address='10.0.0.0' prefix='8' gateway='192.168.77.9' metric='3'/>`)],
  'virtualport, of Open vSwitch': [bridged(), bridged("<virtualport type='openvswitch'/>")],
  'virtualport, of another kind': [
    bridged(),
    bridged("<virtualport type='802.1Qbh'><parameters profileid='a'/></virtualport>"),
  ],
  'portgroup@default': [
    own(`<portgroup name='group'/>${ip()}`),
    own(`<portgroup name='group' default='yes'/><portgroup name='b' default='yes'/>${ip()}`),
  ],
  'portgroup@trustGuestRxFilters': [plain, own(`<portgroup name='group' trustGuestRxFilters='yes'/>${ip()}`)],
  'portgroup/vlan': [bridged(), bridged("<portgroup name='group'><vlan><tag id='4'/></vlan></portgroup>")],
  'portgroup/virtualport': [
    bridged(),
    bridged("<portgroup name='group'><virtualport type='openvswitch'/></portgroup>"),
  ],
  'portgroup/bandwidth': [
    plain,
    own(`<portgroup name='group'><bandwidth><inbound average='9'/></bandwidth></portgroup>${ip()}`),
  ],
  'options/option@value': [
    plain,
    plain
      .replace('<network>', "<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>")
      .replace('</network>', "<dnsmasq:options><dnsmasq:option value='no-ping'/></dnsmasq:options></network>"),
  ],
};

/** Who a network is, and what is kept for others: nothing has to come of it. */
const kept: readonly string[] = ['name', 'uuid', 'title', 'description', 'metadata', 'network@connections'];

describe("every part of libvirt's networks", () => {
  it.each(Object.entries(probes))('%s is acted upon, announced or refused', (_, [without, having]) => {
    expect(effect(having)).not.toBe(effect(without));
  });

  it('is among them', () => {
    const schema = readFileSync(join(corpusDir(), '../src/conf/schemas/network.rng'), 'utf8');
    const all = [...Object.entries(probes).flatMap(([name, xmls]) => [name, ...xmls]), ...kept].join(' ');
    const parts = (kind: string): string[] => [
      ...new Set([...schema.matchAll(new RegExp(`<${kind} name="([^"]+)"`, 'g'))].map(([, name = '']) => name)),
    ];
    const missing = [...parts('element'), ...parts('attribute')].filter(
      (name) => !new RegExp(`\\b${name}\\b`).test(all),
    );
    expect(parts('element').length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
    console.log(
      `libvirt's networks: ${parts('element').length} elements and ${parts('attribute').length} attributes, each looked at`,
    );
  });
});
