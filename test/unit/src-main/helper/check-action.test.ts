import { describe, expect, it } from 'vitest';
import { readAction } from '../../../../src-main/helper/check-action.ts';
import type { NetworkAction } from '../../../../src-main/network/actions.ts';
import { completeNetwork, readNetwork } from '../../../../src-main/network/complete.ts';
import type { HostFacts } from '../../../../src-main/network/host-facts.ts';
import { type NetworkStep, planStart } from '../../../../src-main/network/plan.ts';
import { host } from '../network/host.ts';

const settings = { table: 'vivarium_0123abcd', folder: '/var/lib/vivarium/network-0123abcd' };

function plan(xml: string, facts: Partial<HostFacts> = {}): readonly NetworkStep[] {
  return planStart(
    completeNetwork(readNetwork(xml), () => 'virbr0'),
    { ...host, ...facts },
    settings,
  ).steps;
}

const actionsOf = (steps: readonly NetworkStep[]): readonly NetworkAction[] =>
  steps.flatMap(({ action, inverse }) => (inverse === undefined ? [action] : [action, inverse.action]));

const read = (action: object, user = 'nobody'): NetworkAction => readAction(JSON.stringify(action), user);

/** A network with most of what one can have. */
const rich = `<network><name>rich</name>
  <forward mode='nat'><nat ipv6='yes'><address start='192.0.2.1' end='192.0.2.4'/><port start='2000' end='3000'/></nat></forward>
  <bridge name='virbr-lab.1' stp='on' delay='0'/><mtu size='9000'/>
  <domain name='lab.example' localOnly='yes'/>
  <dns forwardPlainNames='no'>
    <forwarder domain='corp.example' addr='192.0.2.53'/><forwarder addr='2001:db8::53'/><forwarder domain='local.example'/>
    <txt name='example' value='v=spf1 "all", yes'/>
    <srv service='ldap' protocol='tcp' domain='lab.example' target='ldap.lab.example' port='389' priority='1' weight='2'/>
    <host ip='192.168.77.5'><hostname>five</hostname><hostname>five.lab.example</hostname></host>
  </dns>
  <ip address='192.168.77.1' netmask='255.255.255.0' localPtr='yes'>
    <tftp root='/srv/tftp/boot'/>
    <dhcp>
      <range start='192.168.77.10' end='192.168.77.99'><lease expiry='2' unit='hours'/></range>
      <host mac='52:54:00:00:00:02' name='two' ip='192.168.77.222'><lease expiry='0'/></host>
      <bootp file='pxelinux.0' server='192.168.77.1'/>
    </dhcp>
  </ip>
  <ip family='ipv6' address='2001:db8:77::1' prefix='64'>
    <dhcp><range start='2001:db8:77::10' end='2001:db8:77::ff'/>
      <host id='0:1:0:1:18:aa:62:fe:0:16:3e:44:55:66' name='six' ip='2001:db8:77::20'/></dhcp>
  </ip>
  <route address='10.9.0.0' prefix='16' gateway='192.168.77.5' metric='3'/></network>`;
const isolated = `<network><name>isolated</name>
  <ip address='10.1.1.1' prefix='24'><dhcp><range start='10.1.1.2' end='10.1.1.9'/></dhcp></ip>
  <ip family='ipv6' address='fd00::1' prefix='64'/></network>`;
const routed = `<network><name>routed</name><forward mode='route' dev='eth0'/><ip address='10.1.2.1' prefix='24'/></network>`;
const nameless = `<network><name>nameless</name><dns enable='no'/><ip address='10.1.3.1' prefix='24'/></network>`;

describe('what the helper takes', () => {
  it.each([
    ['rich', rich],
    ['isolated', isolated],
    ['routed', routed],
    ['without names', nameless],
  ])('is everything that the planner asks for: %s', (_, xml) => {
    for (const forwardPolicy of [undefined, 'drop'] as const) {
      const firewalld = { version: '1.3.0', backend: 'nftables', zones: ['libvirt'], policies: [] } as const;
      for (const action of actionsOf(plan(xml, { forwardPolicy, firewalld }))) {
        const taken = read(action);
        if (action.verb === 'dnsmasq-start' && taken.verb === 'dnsmasq-start') {
          // What is a comment is left out, and who it becomes is added.
          const lines = action.configuration.split('\n').filter((line) => !line.startsWith('#'));
          expect(taken.configuration).toBe(`${lines.join('\n')}user=nobody\n`);
          expect({ ...taken, configuration: '' }).toEqual({ ...action, configuration: '' });
        } else expect(taken).toEqual(action);
      }
    }
  });

  it('comes out in one form, whatever form it had', () => {
    expect(read({ verb: 'address-add', link: 'virbr0', address: '2001:DB8:0::1/64', more: 'x' })).toEqual({
      ...{ verb: 'address-add', link: 'virbr0', address: '2001:db8::1/64' },
    });
  });

  it('is nothing when it is too long or no JSON at all', () => {
    expect(() => readAction('x'.repeat(11 * 1024 * 1024), 'nobody')).toThrow('too long');
    expect(() => readAction('{"verb":', 'nobody')).toThrow('not one of the changes');
    expect(() => readAction('null', 'nobody')).toThrow('not one of the changes');
  });

  it.each([
    ['dhcp-script=/bin/sh'],
    ['conf-file=/etc/x'],
    ['conf-dir=/etc'],
    ['user=root'],
    ['group=root'],
    ['log-facility=/etc/passwd'],
    ['dhcp-leasefile=/etc/passwd'],
    ['pid-file=/etc/passwd'],
    ['dhcp-hostsfile=/etc/shadow'],
    ['hostsdir=/etc'],
    ['dhcp-luascript=/tmp/x'],
    ['resolv-file=/etc/shadow'],
    ['interface=eth0'],
    ['listen-address=192.168.1.10'],
    ['server=192.0.2.1@eth0'],
    ['tftp-root=/'],
    ['tftp-root=/srv/tftpboot'],
    ['tftp-root=/srv/tftp/../../etc'],
    ['constructor=1'],
    ['__proto__'],
    [' strict-order'],
    ['dhcp-range=192.0.2.1,192.0.2.2,set:x'],
    ['domain=a b'],
  ])("in dnsmasq's configuration is not %s", (line) => {
    const start = plan(isolated).find(({ action }) => action.verb === 'dnsmasq-start')?.action;
    if (start?.verb !== 'dnsmasq-start') throw new Error('the network has a server');
    expect(read(start)).toMatchObject({ verb: 'dnsmasq-start' });
    expect(() => read({ ...start, configuration: `${start.configuration}${line}\n` })).toThrow(
      'is not one of those it writes',
    );
  });
});

describe('a cable of a switch, for the helper', () => {
  const uuid = '2ba97a80-bba5-4a4f-a33a-0f1d5d0ac8e2';
  const port = { interfaceId: uuid, machine: uuid, guestMac: '52:54:00:00:00:01', profileId: 'blue' };
  const tap = {
    ...{ verb: 'tap-add', link: 'vnet0', mac: 'fe:54:00:00:00:01', uid: 1000, bridge: 'ovsbr0' },
    ...{ multiQueue: false, isolated: false, openVswitch: { ...port, vlans: { trunk: true, tags: [1, 2] } } },
  };

  it('has words of one form only', () => {
    expect(read(tap)).toEqual(tap);
    for (const wrong of [
      { ...tap, bridge: '--help' },
      { ...tap, openVswitch: { ...port, profileId: 'blue" -- del-br ovsbr0' } },
      { ...tap, openVswitch: { ...port, interfaceId: 'x"' } },
      { ...tap, openVswitch: { ...port, vlans: { trunk: false, tags: [4096] } } },
      { verb: 'port-vlans-set', link: 'all', vlans: { trunk: false, tags: [1] } },
      { verb: 'bridge-vlans-filter', link: '../br0' },
    ]) {
      expect(() => read(wrong), JSON.stringify(wrong)).toThrow();
    }
  });

  it('is never a device that reads and writes memory by itself', () => {
    expect(() => read({ verb: 'pci-bind', address: '0000:03:10.0', driver: 'vfio-pci' })).toThrow('engine of root');
    expect(() => read({ verb: 'function-set', link: 'eth0', index: 0, mac: '52:54:00:00:00:01', vlan: 0 })).toThrow();
  });
});
