/** What is tried on each kind of network, with real guests: who reaches whom. */
import { setTimeout as delay } from 'node:timers/promises';
import { hostAddress, internetAddress, type Lab } from './lab.ts';
import type { Machine } from './machine.ts';

const families = ['IPv4', 'IPv6'] as const;
type Family = (typeof families)[number];

/** What is tried, in the order of the table's columns. */
export const questions = [
  /** The guest gets an address: by DHCP, or by what the router announces. */
  'lease',
  /** A name server of the network answers it. */
  'name',
  'host',
  'outside',
  /** A host outside, which knows the way, reaches the guest. */
  'from outside',
  'other guest',
  /** A service of the host that guests are not promised. */
  'unlisted port',
] as const;
export type Question = (typeof questions)[number];

export type Answers = Readonly<Record<Question, Readonly<Record<Family, boolean | undefined>>>>;

/** Where the guests of a network find things. */
export interface Surroundings {
  readonly name: string;
  readonly nameServer: Readonly<Record<Family, string>>;
  readonly host: Readonly<Record<Family, string>>;
  readonly outside: Readonly<Record<Family, string>>;
  /** The namespace that `outside` is in. */
  readonly outsider: string;
}

export const outsideSix = '2001:db8:ff::1';
const hostSix = '2001:db8:ff::2';

/** The lab's Internet in IPv6, and ways back to guests, which only fences may keep anybody from using. */
export async function knowTheWays(lab: Lab, numbers: readonly number[]): Promise<void> {
  const ways = numbers.flatMap((number) => [
    `ip -n internet route add 192.168.${number}.0/24 via ${hostAddress}`,
    `ip -n internet route add fd00:${number}::/64 via ${hostSix}`,
  ]);
  await lab.sh(
    [
      `ip address add ${hostSix}/64 dev wan0; ip -n internet address add ${outsideSix}/64 dev eth0`,
      `ip -6 route add default via ${outsideSix}`,
      ...ways,
    ].join('\n'),
  );
}

/** Of a network with a bridge of ours, `virbrN` with 192.168.N.1 and fd00:N::1. */
export const behindBridge = (number: number): Surroundings => ({
  name: 'server.vm.test',
  nameServer: { IPv4: `192.168.${number}.1`, IPv6: `fd00:${number}::1` },
  host: { IPv4: `192.168.${number}.1`, IPv6: `fd00:${number}::1` },
  outside: { IPv4: internetAddress, IPv6: outsideSix },
  outsider: 'internet',
});

/** The host's cards on the LAN, each with an address of the host's own: 192.0.2.10, 192.0.2.11 … */
const lanCards = ['nic0', 'nic1', 'nic2', 'nic3', 'nic4'] as const;
type LanCard = (typeof lanCards)[number];

/**
 * A LAN beside the host: a switch in a namespace, with a server that gives out addresses and names. The host has a bridge
 * `br0` and cards plugged into it.
 */
export async function makeLan(lab: Lab): Promise<void> {
  const cable = (name: string): string => `
    ip link add ${name} type veth peer name sw-${name} netns lan
    echo 0 >/proc/sys/net/ipv6/conf/${name}/accept_ra && ip link set ${name} up
    ip -n lan link set sw-${name} master sw up`;
  // Each card answers for its own addresses only.
  const address = (name: string, number: number): string => `
    ip address add 192.0.2.${10 + number}/32 dev ${name}
    ip address add 2001:db8:2::1${number}/128 dev ${name} nodad
    echo 1 >/proc/sys/net/ipv4/conf/${name}/arp_ignore`;
  await lab.sh(`
    ip netns add lan && ip -n lan link set lo up
    ip -n lan link add sw type bridge && ip -n lan link set sw up
    ip -n lan address add 192.0.2.1/24 dev sw && ip -n lan address add 2001:db8:2::1/64 dev sw nodad
    ${['lan0', ...lanCards].map(cable).join('')}
    ip link add br0 type bridge && echo 0 >/proc/sys/net/ipv6/conf/br0/accept_ra && ip link set br0 up && ip link set lan0 master br0
    ip address add 192.0.2.2/24 dev br0 && ip address add 2001:db8:2::2/64 dev br0 nodad
    echo 1 >/proc/sys/net/ipv4/conf/br0/arp_ignore
    ${lanCards.map(address).join('')}
    ip netns exec lan dnsmasq --conf-file=/dev/null --pid-file=/run/lan.pid --dhcp-leasefile=/run/lan.leases \\
      --interface=sw --bind-interfaces --no-hosts --no-resolv --user=root --dhcp-authoritative --no-ping \\
      --dhcp-range=192.0.2.130,192.0.2.199,255.255.255.0 --enable-ra --dhcp-range=2001:db8:2::,ra-only \\
      --host-record=server.lan.test,192.0.2.1,2001:db8:2::1`);
}

/** Of the LAN, for guests in the host's bridge, or beside a card of the host whose own address is asked for. */
export function onLan(device: 'br0' | LanCard): Surroundings {
  const number = device === 'br0' ? -1 : lanCards.indexOf(device);
  return {
    name: 'server.lan.test',
    nameServer: { IPv4: '192.0.2.1', IPv6: '2001:db8:2::1' },
    host:
      number < 0
        ? { IPv4: '192.0.2.2', IPv6: '2001:db8:2::2' }
        : { IPv4: `192.0.2.${10 + number}`, IPv6: `2001:db8:2::1${number}` },
    outside: { IPv4: '192.0.2.1', IPv6: '2001:db8:2::1' },
    outsider: 'lan',
  };
}

/** The guest's own way of getting addresses removes IPv6's; its cards are off until they are asked about. */
export async function prepare(guest: Machine): Promise<void> {
  const commands = [
    "printf '#!/bin/sh\\n' >/sbin/net-up; killall udhcpc 2>/dev/null",
    'for c in /sys/class/net/eth*; do [ -e $c ] && ip link set ${c##*/} down && ip addr flush dev ${c##*/}; done',
    `printf '#!/bin/sh\\n[ "$1" = bound ] || exit 0\\nip -4 addr add $ip/$mask dev $interface\\n' >/d`,
    `printf '[ -z "$router" ] || ip route add default via \${router%%%% *}\\n' >>/d; chmod +x /d`,
  ];
  for (const command of commands) await guest.run(command);
}

/** A card gets its addresses, as a system that cares for both families does it. */
async function connect(guest: Machine, card: string): Promise<Readonly<Record<Family, string | undefined>>> {
  await guest.run(`for n in $(seq 100); do [ -e /sys/class/net/${card} ] && break; usleep 50000; done`);
  await guest.run(`ip link set ${card} up`);
  await guest.run(`udhcpc -i ${card} -n -q -t 8 -T 1 -x hostname:$(hostname) -s /d >/dev/null 2>&1`);
  const six = `ip -6 addr show dev ${card} scope global | grep -v tentative | grep -q inet6`;
  await guest.run(`for n in $(seq 60); do ${six} && break; usleep 100000; done`);
  const { output } = await guest.run(`ip addr show dev ${card} scope global`);
  return {
    IPv4: /inet ([\d.]+)\//.exec(output)?.[1],
    IPv6: /inet6 ([\da-f:]+)\//.exec(output)?.[1],
  };
}

/**
 * Asks all of it at once: what must not be answered takes as long as it takes to be sure.
 * @param card what both guests call it
 * @param listens whether the host has a service that guests are not promised, on port 8080
 */
export async function ask(
  lab: Lab,
  { guests, card }: { readonly guests: readonly [Machine, Machine]; readonly card: string },
  around: Surroundings,
  listens: boolean,
): Promise<Answers> {
  const [one, two] = guests;
  const [own, other] = await Promise.all([connect(one, card), connect(two, card)]);
  // A guest that wants out where nobody told it a way.
  await one.run(`ip route add default via ${around.host.IPv4}; ip -6 route add default via ${around.host.IPv6}`);
  const ping = (target: string | undefined): string => (target === undefined ? 'false' : `ping -c 3 -W 2 ${target}`);
  const tries = families.flatMap((family) => [
    [`name-${family}`, `nslookup ${around.name} ${around.nameServer[family]}`],
    [`host-${family}`, ping(around.host[family])],
    [`outside-${family}`, ping(around.outside[family])],
    [`other-${family}`, ping(other[family])],
    ...(listens ? [[`port-${family}`, `nc -w 2 ${around.host[family]} 8080 </dev/null`]] : []),
  ]);
  const script = tries.map(([id, command]) => `(${command} >/dev/null 2>&1 && echo +${id}+) &`).join('\n');
  const from = families.map(async (family) => {
    const target = own[family];
    return target === undefined ? false : await lab.reaches(around.outsider, target);
  });
  await one.run('rm -f /t; true');
  for (const line of script.split('\n')) await one.run(`echo '${line}' >>/t`);
  const [four = false, six = false] = await Promise.all(from);
  const { output } = await one.run('echo wait >>/t; sh /t');
  for (const guest of guests) await guest.run(`ip link set ${card} down; ip addr flush dev ${card}`);
  const both = (id: string): Readonly<Record<Family, boolean>> => ({
    IPv4: output.includes(`+${id}-IPv4+`),
    IPv6: output.includes(`+${id}-IPv6+`),
  });
  return {
    lease: { IPv4: own.IPv4 !== undefined, IPv6: own.IPv6 !== undefined },
    name: both('name'),
    host: both('host'),
    outside: both('outside'),
    'from outside': { IPv4: four, IPv6: six },
    'other guest': both('other'),
    'unlisted port': listens ? both('port') : { IPv4: undefined, IPv6: undefined },
  };
}

/** Until neither guest has a card any more: the next one is its first again. */
export async function withoutCards(guests: readonly Machine[]): Promise<void> {
  for (const guest of guests) {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await guest.run('[ -e /sys/class/net/eth0 ]')).code !== 0) break;
      await delay(50);
    }
  }
}

const mark = (answer: boolean | undefined): string => (answer === undefined ? '·' : answer ? 'yes' : 'no');

/** For people, as it is printed after the tests. */
export function table(rows: ReadonlyMap<string, Answers>): string {
  const cell = (answers: Answers, question: Question): string =>
    families.map((family) => mark(answers[question][family])).join(' ');
  const lines = [
    ['IPv4 IPv6', ...questions],
    ...[...rows].map(([name, answers]) => [name, ...questions.map((question) => cell(answers, question))]),
  ];
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}
