/**
 * Ports of the host that lead to guests: destinations are translated in a table of the network's own, and the network's
 * own rules let those packets pass. Pure.
 *
 * Whoever asks comes from outside (`prerouting`), is the host itself (`output`; not by its loopback address, which the
 * kernel lets nobody answer), or is a guest of the same network, the same guest even, to whom the answer would go
 * directly and not be understood: its packets get the host's address (`postrouting`).
 */
import { createHash } from 'node:crypto';
import { tell } from '../../../src-shared/host-words.ts';
import { type IpFamily, parseAddress } from '../../../src-shared/model/network-address.ts';
import { forwardText, type NetworkForward, readForwards } from '../../../src-shared/model/network-forwards.ts';
import type { Network } from '../../../src-shared/model/network.ts';
import type { Step } from '../../host/step.ts';
import type { NetworkAction } from '../actions.ts';
import type { FirewallRule } from './rules.ts';

const familyOf = ({ to }: NetworkForward): IpFamily => parseAddress(to)?.family ?? 'ipv4';

/** Lets forwarded packets pass to their guests. Rules that come later count first. */
export function forwardRules(network: Network, bridge: string): FirewallRule[] {
  return readForwards(network).map((forward) => ({
    family: familyOf(forward),
    chain: 'forward-in',
    matches: [
      { match: 'out', device: bridge },
      { match: 'destination', subnet: `${forward.to}/${familyOf(forward) === 'ipv4' ? 32 : 128}` },
      { match: 'protocol', protocol: forward.protocol },
      { match: 'port', port: forward.guestPort },
    ],
    verdict: { verdict: 'accept' },
  }));
}

/** A table of the network's own, beside the engine's. */
export const forwardsTable = (table: string, bridge: string): string =>
  `${table.slice(0, 22)}_f${createHash('sha256').update(bridge).digest('hex').slice(0, 8)}`;

export function forwardSteps(network: Network, bridge: string, table: string): readonly Step<NetworkAction>[] {
  const forwards = readForwards(network);
  if (forwards.length === 0) return [];
  const place = { table: forwardsTable(table, bridge), bridge };
  return [
    {
      ...tell('portForwards', { forwards: forwards.map(forwardText).join(', ') }),
      action: { verb: 'nft-forwards-set', ...place, forwards: [...forwards] },
      inverse: { ...tell('portForwardsRemove', { link: bridge }), action: { verb: 'nft-forwards-delete', ...place } },
    },
  ];
}

/** In one transaction, whatever was there. */
export const forwardsScript = (table: string, bridge: string, forwards: readonly NetworkForward[]): string =>
  `${removeForwardsScript(table)}\n${tableText(table, bridge, forwards)}`;

/** For a network that has none. */
export const newForwardsScript = (table: string, bridge: string, forwards: readonly NetworkForward[]): string =>
  `create table inet ${table}\n${tableText(table, bridge, forwards)}`;

function tableText(table: string, bridge: string, forwards: readonly NetworkForward[]): string {
  const before = forwards.map((forward) => `    ${ruleOf(forward)}\n`).join('');
  const own = forwards.map((forward) => `    ${notLoopback(forward)} ${ruleOf(forward)}\n`).join('');
  return [
    `table inet ${table} {`,
    '  chain prerouting {\n    type nat hook prerouting priority dstnat; policy accept;',
    `${before}  }`,
    '  chain output {\n    type nat hook output priority -100; policy accept;',
    `${own}  }`,
    '  chain postrouting {\n    type nat hook postrouting priority srcnat; policy accept;',
    `    iifname "${bridge}" oifname "${bridge}" ct status dnat masquerade`,
    ...[...new Set(forwards.map((forward) => toItself(forward, bridge)))],
    '  }',
    '}\n',
  ].join('\n');
}

/** Whether or not it is there. */
export const removeForwardsScript = (table: string): string => `table inet ${table} { }\ndelete table inet ${table}`;

function ruleOf(forward: NetworkForward): string {
  const { protocol, address, hostPort, to, guestPort } = forward;
  const isIpv4 = familyOf(forward) === 'ipv4';
  const layer = isIpv4 ? 'ip' : 'ip6';
  const where = address === undefined ? 'fib daddr type local' : `${layer} daddr ${address}`;
  const target = isIpv4 ? to : `[${to}]`;
  return `meta nfproto ${isIpv4 ? 'ipv4' : 'ipv6'} ${where} ${protocol} dport ${hostPort} dnat ${layer} to ${target}:${guestPort}`;
}

/**
 * Where the host passes bridged packets through its rules (bridge-nf-call-iptables, as Docker has it), a packet whose
 * destination became a guest stays on the bridge, and these rules see no device that it came by. Then a guest reaches
 * itself only by a port that sends back what came by it (`bridge link set dev … hairpin on`): frames to everybody come
 * back too, so that is the administrator's to decide.
 */
function toItself(forward: NetworkForward, bridge: string): string {
  const layer = familyOf(forward) === 'ipv4' ? 'ip' : 'ip6';
  const { to } = forward;
  return `    oifname "${bridge}" ${layer} saddr ${to} ${layer} daddr ${to} ct status dnat masquerade`;
}

const notLoopback = (forward: NetworkForward): string =>
  familyOf(forward) === 'ipv4' ? 'ip daddr != 127.0.0.0/8' : 'ip6 daddr != ::1';
