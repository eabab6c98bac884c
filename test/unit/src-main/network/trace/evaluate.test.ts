import { describe, expect, it } from 'vitest';
import { passHook, translate } from '../../../../../src-main/network/trace/evaluate.ts';
import type { Packet } from '../../../../../src-main/network/trace/match.ts';
import { readRuleset } from '../../../../../src-main/network/trace/ruleset.ts';
import { dockerRules, fenceRules } from './recorded-rules.ts';

const packet: Packet = {
  ...{ family: 'ipv4', in: 'virbr9', out: 'wan0', source: '192.168.77.10', destination: '198.51.100.1' },
  ...{ protocol: 'tcp', destinationPort: 22, state: 'new' },
};
const forward = { hook: 'forward', families: ['inet', 'ip'] } as const;
const fence = readRuleset(fenceRules.json, fenceRules.text);
const docker = readRuleset(dockerRules.json, dockerRules.text);

/** Rules of one chain, as nft's JSON writes their statements. */
function chain(rules: readonly (readonly unknown[])[], policy = 'accept', others: readonly unknown[] = []) {
  const place = { family: 'inet', table: 't' };
  const base = { ...place, name: 'f', type: 'filter', hook: 'forward', prio: 0, policy };
  const list = rules.map((expr, index) => ({ rule: { ...place, chain: 'f', handle: index + 1, expr } }));
  return readRuleset(JSON.stringify({ nftables: [{ chain: base }, ...others, ...list] }), '');
}

const isIn = (device: string) => ({ match: { op: '==', left: { meta: { key: 'iifname' } }, right: device } });
const accept = { accept: null };
const drop = { drop: null };

describe('what rules do with a packet', () => {
  it('is what the first rule about it says, with its line', () => {
    expect(passHook(fence, forward, packet)).toEqual({
      verdict: 'reject',
      by: [
        {
          ...{ family: 'inet', table: 't', chain: 'f', handle: 3 },
          line: 'iifname "virbr9" oifname "wan0" ip saddr 192.168.77.0/24 tcp dport { 22, 80 } ct state established,new counter packets 0 bytes 0 reject with icmp port-unreachable',
        },
      ],
    });
    expect(passHook(fence, forward, { ...packet, destinationPort: 23 }).verdict).toBe('accept');
    expect(passHook(fence, forward, { ...packet, source: '192.168.78.10' }).verdict).toBe('accept');
  });

  it('follows maps of verdicts and jumps, and comes back from them', () => {
    const back: Packet = { ...packet, in: 'wan0', out: 'virbr9', protocol: 'udp', destinationPort: 55 };
    expect(passHook(fence, forward, back)).toMatchObject({ verdict: 'accept', by: [{ chain: 'j', handle: 8 }] });
    expect(passHook(fence, forward, { ...back, destinationPort: 70 })).toEqual({ verdict: 'accept', by: [] });
  });

  it('is what a policy says when no rule does, as Docker leaves it', () => {
    expect(passHook(docker, forward, packet)).toMatchObject({
      verdict: 'drop',
      by: [{ chain: 'FORWARD', line: 'type filter hook forward priority filter; policy drop;' }],
    });
    // iptables' own matches are read from the text.
    const answer: Packet = { ...packet, in: 'wan0', out: 'docker0', state: 'established' };
    expect(passHook(docker, forward, answer).verdict).toBe('accept');
    expect(passHook(docker, forward, { ...answer, state: 'new' }).verdict).toBe('drop');
  });

  it("can't be told where a rule that may be about it decides", () => {
    const unsure = { match: { op: '==', left: { meta: { key: 'skuid' } }, right: 7 } };
    expect(passHook(chain([[unsure, drop]]), forward, packet)).toMatchObject({
      verdict: 'unknown',
      by: [{ handle: 1 }],
    });
    // Both ways lead to the same.
    expect(passHook(chain([[unsure, accept], [accept]]), forward, packet).verdict).toBe('accept');
    expect(passHook(chain([[unsure, drop]], 'drop'), forward, packet).verdict).toBe('drop');
    // It is about another device, whatever else it says.
    expect(passHook(chain([[isIn('virbr0'), unsure, drop]]), forward, packet).verdict).toBe('accept');
    expect(passHook(chain([[{ limit: { rate: 10 } }, drop]]), forward, packet).verdict).toBe('unknown');
    expect(passHook(chain([[{ something: {} }]]), forward, packet).verdict).toBe('unknown');
  });

  it('goes on after a chain that is left early, and not after one that was gone to', () => {
    const inner = { chain: { family: 'inet', table: 't', name: 'inner' } };
    const left = { rule: { family: 'inet', table: 't', chain: 'inner', handle: 9, expr: [{ return: null }] } };
    const jump = chain([[{ jump: { target: 'inner' } }], [drop]], 'accept', [inner, left]);
    expect(passHook(jump, forward, packet)).toMatchObject({ verdict: 'drop', by: [{ handle: 2 }] });
    const goto = chain([[{ goto: { target: 'inner' } }], [drop]], 'accept', [inner, left]);
    expect(passHook(goto, forward, packet).verdict).toBe('accept');
  });

  it('knows sets, ranges, prefixes and wildcards, of whichever family', () => {
    const field = (protocol: string, name: string) => ({ payload: { protocol, field: name } });
    const about = (left: unknown, right: unknown, op = '==') =>
      passHook(chain([[{ match: { op, left, right } }, drop]]), forward, packet).verdict;
    expect(about(field('tcp', 'dport'), { range: [20, 25] })).toBe('drop');
    expect(about(field('tcp', 'dport'), 22, '!=')).toBe('accept');
    expect(about(field('udp', 'dport'), 22)).toBe('accept');
    expect(about(field('th', 'dport'), { set: [1, { range: [22, 23] }] })).toBe('drop');
    expect(about(field('ip', 'daddr'), { set: [{ prefix: { addr: '198.51.100.0', len: 24 } }, '10.0.0.1'] })).toBe(
      'drop',
    );
    expect(about(field('ip', 'daddr'), '198.51.100.1', '!=')).toBe('accept');
    // No IPv4 packet has an IPv6 address, and none is unlike one either.
    expect(about(field('ip6', 'daddr'), 'fd00::1', '!=')).toBe('accept');
    expect(about({ meta: { key: 'iifname' } }, 'virbr*')).toBe('drop');
    expect(about({ meta: { key: 'l4proto' } }, { set: ['udp', 'tcp'] })).toBe('drop');
    expect(
      about({ concat: [{ meta: { key: 'iifname' } }, field('tcp', 'dport')] }, { set: [{ concat: ['virbr9', 22] }] }),
    ).toBe('drop');
    expect(about(field('ip', 'daddr'), '@gone')).toBe('unknown');
  });
});

describe('translation of addresses', () => {
  it('is found where packets leave', () => {
    const hook = { hook: 'postrouting', families: ['inet', 'ip'] } as const;
    expect(translate(docker, hook, { ...packet, source: '172.17.0.2' })).toMatchObject({ verdict: 'masquerade' });
    expect(translate(docker, hook, packet)).toBeUndefined();
  });
});
