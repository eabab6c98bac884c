/** Whether a packet is one that a statement of nftables means. Pure. */
import { contains, parseAddress, parseSubnet } from '../../../src-shared/model/network-address.ts';
import { type Ruleset, setKey } from './ruleset.ts';

/** The first packet of a connection, or an answer to it, where a rule sees it. */
export interface Packet {
  readonly family: 'ipv4' | 'ipv6';
  /** Where it came in; absent for the host's own. */
  readonly in?: string;
  /** Where it goes out; absent for what is for the host. */
  readonly out?: string;
  readonly source: string;
  readonly destination: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly state: 'new' | 'established';
  readonly sourceMac?: string;
}

/** Undefined: it can't be told. */
export type Tristate = boolean | undefined;

/** Where a rule stands: its sets are its table's. */
export interface Place {
  readonly ruleset: Ruleset;
  readonly family: string;
  readonly table: string;
}

type Value = string | number;
/** A packet's value; several for what is a set of flags; `unknown` when it can't be told, `none` when it has none. */
type Found = { readonly values: readonly Value[] } | 'unknown' | 'none';

const one = (value: Value | undefined): Found => (value === undefined ? 'none' : { values: [value] });

interface MatchStatement {
  readonly op: string;
  readonly left: unknown;
  readonly right: unknown;
}

export function matches({ op, left, right }: MatchStatement, packet: Packet, place: Place): Tristate {
  const found = valueOf(left, packet, place);
  if (found === 'unknown') return undefined;
  // What a packet does not have no rule about it means, whichever way round it is written.
  if (found === 'none') return false;
  switch (op) {
    case '==':
    case 'in':
      return among(found.values, right, place);
    case '!=':
      return not(among(found.values, right, place));
    default: {
      const [value] = found.values;
      if (typeof value !== 'number' || typeof right !== 'number') return undefined;
      if (op === '<') return value < right;
      if (op === '>') return value > right;
      return op === '<=' ? value <= right : op === '>=' ? value >= right : undefined;
    }
  }
}

const not = (value: Tristate): Tristate => (value === undefined ? undefined : !value);

/** The verdict that a map has for the packet: undefined when it has none, `unknown` when that can't be told. */
export function lookUp(
  { key, data }: { readonly key: unknown; readonly data: unknown },
  packet: Packet,
  place: Place,
): unknown {
  const found = valueOf(key, packet, place);
  if (found === 'unknown') return 'unknown';
  if (found === 'none') return undefined;
  let isUnsure = false;
  for (const element of elementsOf(data, place) ?? []) {
    const [pattern, verdict] = Array.isArray(element) ? (element as unknown[]) : [];
    const isIt = among(found.values, pattern, place);
    if (isIt === true) return isUnsure ? 'unknown' : verdict;
    isUnsure ||= isIt === undefined;
  }
  return isUnsure ? 'unknown' : undefined;
}

function valueOf(expression: unknown, packet: Packet, place: Place): Found {
  if (typeof expression !== 'object' || expression === null) return 'unknown';
  const { meta, payload, ct, concat } = expression as Readonly<Record<string, unknown>>;
  if (isRecord(meta)) return metaOf(String(meta['key']), packet, place);
  if (isRecord(payload)) return payloadOf(String(payload['protocol']), String(payload['field']), packet);
  if (isRecord(ct)) return connectionOf(String(ct['key']), packet);
  if (Array.isArray(concat)) {
    const parts = concat.map((part) => valueOf(part, packet, place));
    if (parts.includes('unknown')) return 'unknown';
    if (parts.includes('none')) return 'none';
    return { values: [parts.map((part) => (typeof part === 'string' ? '' : part.values[0])).join(' . ')] };
  }
  return 'unknown';
}

function metaOf(key: string, packet: Packet, { ruleset }: Place): Found {
  switch (key) {
    // Without a device the kernel compares an empty name: a rule for a device does not match.
    case 'iifname':
    case 'iif':
      return one(packet.in ?? '');
    case 'oifname':
    case 'oif':
      return one(packet.out ?? '');
    case 'nfproto':
      return one(packet.family);
    case 'l4proto':
      return one(protocolName(packet));
    case 'protocol':
      return one(packet.family === 'ipv4' ? 'ip' : 'ip6');
    case 'pkttype':
      return one(packet.destination === '255.255.255.255' ? 'broadcast' : 'host');
    case 'mark':
      return ruleset.setsMarks ? 'unknown' : one(0);
    default:
      return 'unknown';
  }
}

const protocolName = ({ protocol, family }: Packet): string =>
  protocol === 'icmp' && family === 'ipv6' ? 'ipv6-icmp' : protocol;

function payloadOf(protocol: string, field: string, packet: Packet): Found {
  switch (protocol) {
    case 'ip':
    case 'ip6': {
      if ((protocol === 'ip') !== (packet.family === 'ipv4')) return 'none';
      if (field === 'saddr') return one(packet.source);
      if (field === 'daddr') return one(packet.destination);
      return field === 'protocol' || field === 'nexthdr' ? one(protocolName(packet)) : 'unknown';
    }
    case 'tcp':
    case 'udp':
    case 'th':
      if (protocol === 'th' ? packet.protocol === 'icmp' : packet.protocol !== protocol) return 'none';
      if (field === 'dport') return one(packet.destinationPort);
      return field === 'sport' ? (packet.sourcePort === undefined ? 'unknown' : one(packet.sourcePort)) : 'unknown';
    case 'icmp':
    case 'icmpv6':
      if (packet.protocol !== 'icmp' || (protocol === 'icmp') !== (packet.family === 'ipv4')) return 'none';
      if (field !== 'type') return 'unknown';
      return one(packet.state === 'new' ? 'echo-request' : 'echo-reply');
    case 'ether':
      if (field === 'saddr') return packet.sourceMac === undefined ? 'unknown' : one(packet.sourceMac);
      return field === 'type' ? one(packet.family === 'ipv4' ? 'ip' : 'ip6') : 'unknown';
    case 'arp':
    case 'sctp':
    case 'dccp':
    case 'esp':
    case 'ah':
    case 'igmp':
    case 'udplite':
    case 'vlan':
      return 'none';
    default:
      return 'unknown';
  }
}

function connectionOf(key: string, { state }: Packet): Found {
  if (key === 'state') return one(state);
  if (key === 'direction') return one(state === 'new' ? 'original' : 'reply');
  // Nothing has translated the connections that are asked about, as far as is known.
  if (key === 'status') return one('none');
  return 'unknown';
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The elements of a set that is written out, or named. */
function elementsOf(data: unknown, { ruleset, family, table }: Place): readonly unknown[] | undefined {
  if (typeof data === 'string' && data.startsWith('@')) return ruleset.sets.get(setKey(family, table, data.slice(1)));
  if (isRecord(data) && Array.isArray(data['set'])) return data['set'];
  return Array.isArray(data) ? data : undefined;
}

function among(values: readonly Value[], pattern: unknown, place: Place): Tristate {
  const elements = elementsOf(pattern, place);
  if (elements === undefined) {
    if (typeof pattern === 'string' && pattern.startsWith('@')) return undefined;
    return some(values.map((value) => isOne(value, pattern)));
  }
  // An element of a map is a pair; only sets are asked for here.
  return some(elements.flatMap((element) => values.map((value) => isOne(value, element))));
}

function some(answers: readonly Tristate[]): Tristate {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function isOne(value: Value, pattern: unknown): Tristate {
  if (typeof pattern === 'number') return Number(value) === pattern;
  if (typeof pattern === 'string') return isWord(value, pattern);
  if (!isRecord(pattern)) return undefined;
  const { prefix, range, elem, concat } = pattern;
  if (isRecord(elem)) return isOne(value, elem['val']);
  if (isRecord(prefix)) {
    const subnet = parseSubnet(`${String(prefix['addr'])}/${String(prefix['len'])}`);
    const address = parseAddress(String(value));
    return subnet === undefined || address === undefined ? undefined : contains(subnet, address);
  }
  if (Array.isArray(range)) return isBetween(value, range as unknown[]);
  if (Array.isArray(concat)) {
    const parts = String(value).split(' . ');
    const answers = concat.map((part, index): Tristate => isOne(parts[index] ?? '', part));
    if (answers.includes(false)) return false;
    return answers.includes(undefined) ? undefined : true;
  }
  return undefined;
}

function isWord(value: Value, pattern: string): Tristate {
  // `virbr*`
  if (pattern.endsWith('*')) return String(value).startsWith(pattern.slice(0, -1));
  const [left, right] = [parseAddress(String(value)), parseAddress(pattern)];
  if (left !== undefined && right !== undefined) return left.family === right.family && left.value === right.value;
  return String(value).toLowerCase() === pattern.toLowerCase();
}

function isBetween(value: Value, [first, last]: readonly unknown[]): Tristate {
  if (typeof first === 'number' && typeof last === 'number') return Number(value) >= first && Number(value) <= last;
  const [at, from, to] = [value, first, last].map((text) => parseAddress(String(text)));
  if (at === undefined || from === undefined || to === undefined) return undefined;
  return at.family === from.family && at.value >= from.value && at.value <= to.value;
}
