/** The rules of an interface as an action carries them: plain data, checked where it comes from elsewhere. */
import * as z from 'zod';
import type { FilterProtocol } from '../../../src-shared/model/nwfilter.ts';
import type { RuleInstance } from './instances.ts';
import type { PortRules } from './nft-script.ts';

const protocols = [
  ...(['mac', 'vlan', 'stp', 'arp', 'rarp', 'ip', 'ipv6', 'tcp', 'icmp', 'igmp', 'udp', 'udplite', 'esp'] as const),
  ...(['ah', 'sctp', 'all', 'tcp-ipv6', 'icmpv6', 'udp-ipv6', 'udplite-ipv6', 'esp-ipv6', 'ah-ipv6'] as const),
  ...(['sctp-ipv6', 'all-ipv6'] as const),
] satisfies readonly FilterProtocol[];

const priority = z.number().int().min(-1000).max(1000);
const item = z.object({ text: z.string().max(256), isGiven: z.boolean(), not: z.boolean() });
const rule = z.object({
  chain: z.string().regex(/^[a-zA-Z0-9_.:-]{1,16}$/),
  chainPriority: priority,
  priority,
  action: z.enum(['drop', 'accept', 'reject', 'return', 'continue']),
  direction: z.enum(['in', 'out', 'inout']),
  matchesState: z.boolean(),
  /** Absent for a rule about everything. */
  protocol: z.enum(protocols).exactOptional(),
  combinations: z.array(z.record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), item)).max(4096),
});

export const portRules = z.array(rule).max(4096).readonly();
export type PlainRule = z.infer<typeof rule>;

export const toPlain = ({ protocol, combinations, ...rest }: RuleInstance): PlainRule => ({
  ...rest,
  ...(protocol === undefined ? {} : { protocol }),
  combinations: combinations.map((items) => Object.fromEntries([...items].map(([name, each]) => [name, { ...each }]))),
});

export const fromPlain = (link: string, rules: readonly PlainRule[]): PortRules => ({
  link,
  rules: rules.map(({ protocol, combinations, ...rest }) => ({
    ...rest,
    protocol,
    combinations: combinations.map((items) => new Map(Object.entries(items))),
  })),
});
