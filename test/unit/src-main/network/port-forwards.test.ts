import { describe, expect, it } from 'vitest';
import { readAction } from '../../../../src-main/helper/check-action.ts';
import {
  forwardRules,
  forwardsScript,
  forwardSteps,
  forwardsTable,
} from '../../../../src-main/network/firewall/port-forwards.ts';
import { ruleText } from '../../../../src-main/network/firewall/nftables.ts';
import { type NetworkForward, withForwards } from '../../../../src-shared/model/network-forwards.ts';
import { parseNetwork } from '../../../../src-shared/model/network.ts';

const web: NetworkForward = { protocol: 'tcp', hostPort: 8080, to: '192.168.77.10', guestPort: 80 };
const dns: NetworkForward = { protocol: 'udp', address: 'fd00::1', hostPort: 53, to: 'fd00:77::5', guestPort: 53 };
const plain = parseNetwork(
  "<network><name>lab</name><forward mode='nat'/><ip address='192.168.77.1' prefix='24'/></network>",
);
const network = withForwards(plain, [web, dns]);

describe('ports that lead to guests', () => {
  it('are one step, undone by one; none without forwards', () => {
    expect(forwardSteps(plain, 'virbr9', 'vivarium_01234567')).toEqual([]);
    const [step, ...more] = forwardSteps(network, 'virbr9', 'vivarium_01234567');
    expect(more).toEqual([]);
    expect(step?.sentence).toContain('tcp 8080 → 192.168.77.10:80');
    expect(step?.action).toMatchObject({ verb: 'nft-forwards-set', bridge: 'virbr9', forwards: [web, dns] });
    expect(step?.inverse?.action).toMatchObject({ verb: 'nft-forwards-delete', bridge: 'virbr9' });
  });

  it('are open in the network’s rules for these guests alone', () => {
    expect(forwardRules(network, 'virbr9').map(ruleText)).toEqual([
      'meta nfproto ipv4 oifname "virbr9" ip daddr 192.168.77.10/32 meta l4proto tcp tcp dport 80 accept',
      'meta nfproto ipv6 oifname "virbr9" ip6 daddr fd00:77::5/128 meta l4proto udp udp dport 53 accept',
    ]);
  });

  it('are translated from outside and from the host, and answers come back by the host', () => {
    const script = forwardsScript('vivarium_x', 'virbr9', [web, dns]);
    expect(script).toContain('fib daddr type local tcp dport 8080 dnat ip to 192.168.77.10:80');
    expect(script).toContain('ip6 daddr fd00::1 udp dport 53 dnat ip6 to [fd00:77::5]:53');
    expect(script).toContain('ip daddr != 127.0.0.0/8 meta nfproto ipv4');
    expect(script).toContain('iifname "virbr9" oifname "virbr9" ct status dnat masquerade');
    expect(script.startsWith('table inet vivarium_x { }\ndelete table inet vivarium_x\n')).toBe(true);
  });

  it('pass the helper in one form, and nothing else does', () => {
    const table = forwardsTable('vivarium_01234567', 'virbr9');
    const action = { verb: 'nft-forwards-set', table, bridge: 'virbr9', forwards: [web, dns] };
    expect(readAction(JSON.stringify(action), 'dnsmasq')).toEqual(action);
    for (const wrong of [
      { forwards: [] },
      { forwards: [{ ...web, to: '192.168.77.10; flush ruleset' }] },
      { forwards: [{ ...web, hostPort: 0 }] },
      { forwards: [{ ...web, guestPort: 65_536 }] },
      { forwards: [{ ...web, protocol: 'sctp' }] },
      { table: 'filter' },
      { bridge: 'lo' },
    ]) {
      expect(() => readAction(JSON.stringify({ ...action, ...wrong }), 'dnsmasq')).toThrow();
    }
  });
});
