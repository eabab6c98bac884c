/** A host as a planner sees it: one card, one route, everything installed. */
import type { HostFacts } from '../../../../src-main/network/host-facts.ts';
import { completeNetwork, readNetwork } from '../../../../src-main/network/complete.ts';
import { planStart, type StartPlan } from '../../../../src-main/network/plan.ts';

export const host: HostFacts = {
  links: [
    { name: 'lo', addresses: ['127.0.0.1/8'] },
    { name: 'eth0', mac: '00:11:22:33:44:55', addresses: ['192.168.1.10/24'] },
  ],
  routes: [
    { destination: '0.0.0.0/0', device: 'eth0', family: 'ipv4', protocol: 'dhcp' },
    { destination: '192.168.1.0/24', device: 'eth0', family: 'ipv4', protocol: 'kernel' },
  ],
  sysctls: {
    'net/ipv4/ip_forward': '0',
    'net/ipv4/conf/all/forwarding': '0',
    'net/ipv4/conf/all/accept_redirects': '0',
    'net/ipv6/conf/all/forwarding': '0',
    'net/ipv6/conf/eth0/accept_ra': '1',
  },
  programs: new Set(['ip', 'nft', 'dnsmasq', 'iptables']),
  wildcardSockets: [],
  forwardPolicy: undefined,
};

export const natXml = (inner = '', forward = "<forward mode='nat'/>"): string => `<network><name>web</name>
  <uuid>0a1b2c3d-0000-4000-8000-000000000001</uuid>${forward}${inner}
  <mac address='52:54:00:aa:bb:cc'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp>
  </ip></network>`;

export function plan(xml: string, facts: Partial<HostFacts> = {}): StartPlan {
  const network = completeNetwork(readNetwork(xml), () => 'virbr0');
  return planStart(network, { ...host, ...facts }, { table: 'vivarium', folder: '/var/lib/vivarium' });
}
