/** Every kind of network with real guests, in IPv4 and IPv6: what is promised passes, what is not promised doesn't. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, type LabEngine } from './lab.ts';
import { cardXml, Machine } from './machine.ts';
import {
  type Answers,
  ask,
  behindBridge,
  knowTheWays,
  makeLan,
  onLan,
  prepare,
  type Question,
  questions,
  type Surroundings,
  table,
  withoutCards,
} from './matrix.ts';
import { startFirewalld } from './real-firewalld.ts';

let lab: Lab;
let engine: LabEngine;
const rows = new Map<string, Answers>();

beforeAll(async () => {
  lab = await Lab.open();
  await lab.sh('mkdir -p /run/dbus && dbus-daemon --system --fork');
  await knowTheWays(lab, [61, 62, 63, 64]);
  await makeLan(lab);
  engine = await lab.engine();
});
afterAll(async () => {
  console.log(`\nWho reaches whom:\n${table(rows)}\n`);
  await lab.close();
});

type Pair = readonly [Machine, Machine];

async function startPair(names: readonly [string, string], cards: (number: number) => string): Promise<Pair> {
  const [one, two] = [
    await Machine.start(lab, engine, names[0], cards(1)),
    await Machine.start(lab, engine, names[1], cards(2)),
  ];
  for (const guest of [one, two]) {
    await guest.ready();
    await prepare(guest);
  }
  return [one, two];
}

/** A network with a bridge of its own; its server answers one guest while it would try another's address. */
const own = (
  number: number,
  forward: string,
): string => `<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'><name>net</name>${forward}
  <bridge name='virbr${number}' stp='off'/><domain name='vm.test'/>
  <dns>
    <host ip='192.168.${number}.1'><hostname>server.vm.test</hostname></host>
    <host ip='fd00:${number}::1'><hostname>server.vm.test</hostname></host>
  </dns>
  <ip address='192.168.${number}.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.${number}.10' end='192.168.${number}.99'/></dhcp></ip>
  <ip family='ipv6' address='fd00:${number}::1' prefix='64'/>
  <dnsmasq:options><dnsmasq:option value='no-ping'/></dnsmasq:options></network>`;
const beside = (mode: string, ...devices: readonly string[]): string =>
  `<network><name>net</name><forward mode='${mode}'>${devices.map((dev) => `<interface dev='${dev}'/>`).join('')}</forward></network>`;
const nat = own(62, "<forward mode='nat'><nat ipv6='yes'/></forward>");

interface Row {
  readonly name: string;
  readonly xml: string;
  readonly around: Surroundings;
  /** What must not pass; everything else must. */
  readonly refused: readonly Question[];
  /** More about both cards. */
  readonly options?: string;
  readonly before?: () => Promise<void>;
  readonly listens?: boolean;
  /** What nothing is promised about. */
  readonly unasked?: readonly Question[];
}

const modes: readonly Row[] = [
  { name: 'isolated', xml: own(61, ''), around: behindBridge(61), refused: ['outside', 'from outside'] },
  { name: 'nat', xml: nat, around: behindBridge(62), refused: ['from outside'] },
  {
    name: 'nat, isolated ports',
    xml: nat,
    around: behindBridge(62),
    refused: ['from outside', 'other guest'],
    options: "<port isolated='yes'/>",
  },
  { name: 'route', xml: own(63, "<forward mode='route'/>"), around: behindBridge(63), refused: [] },
  { name: 'open', xml: own(64, "<forward mode='open'/>"), around: behindBridge(64), refused: [] },
  {
    name: 'bridge',
    xml: "<network><name>net</name><forward mode='bridge'/><bridge name='br0'/></network>",
    around: onLan('br0'),
    refused: [],
  },
];

/** Between a card beside the host's card and the host itself there is no way, but over a switch that sends it back. */
const besideCards: readonly (Row & { readonly card: string })[] = [
  {
    name: 'macvtap bridge',
    ...{ xml: beside('bridge', 'nic0'), around: onLan('nic0'), refused: ['host'], card: 'eth0' },
  },
  {
    name: 'macvtap private',
    ...{ xml: beside('private', 'nic1'), around: onLan('nic1'), refused: ['host', 'other guest'], card: 'eth1' },
  },
  {
    name: 'macvtap vepa',
    ...{ xml: beside('vepa', 'nic2'), around: onLan('nic2'), refused: ['host', 'other guest'], card: 'eth2' },
  },
  {
    name: 'macvtap vepa, reflecting switch',
    // What the switch sends back reaches the host's card too, and the host answers by whatever way it has.
    ...{ xml: beside('vepa', 'nic2'), around: onLan('nic2'), refused: [], unasked: ['host'], card: 'eth2' },
    before: async () => {
      await lab.sh('ip -n lan link set sw-nic2 type bridge_slave hairpin on');
    },
  },
  {
    name: 'macvtap passthrough',
    ...{ xml: beside('passthrough', 'nic3', 'nic4'), around: onLan('nic3'), refused: ['host'], card: 'eth3' },
  },
];

const cardOf = (number: number, network: string, rest = '', place = 0): string =>
  cardXml(`52:54:00:00:0${place}:0${number}`, `<source network='${network}'/>`, rest);

/** Plugs a card into both running guests, and takes it out again. */
async function measure(guests: Pair, { xml, around, options = '', listens = false }: Row): Promise<Answers> {
  const { uuid } = await engine.networks.createXml(xml);
  const plugged: { readonly guest: Machine; readonly card: string }[] = [];
  try {
    for (const [place, guest] of guests.entries()) {
      const card = cardOf(place + 1, 'net', options);
      await engine.domains.attachDevice(guest.uuid, card, { live: true });
      plugged.push({ guest, card });
    }
    return await ask(lab, { guests, card: 'eth0' }, around, listens);
  } finally {
    for (const { guest, card } of plugged) await engine.domains.detachDevice(guest.uuid, card, { live: true });
    await withoutCards(guests);
    await engine.networks.destroy(uuid);
  }
}

const unasked = { IPv4: undefined, IPv6: undefined };

const expected = ({ refused, listens = false, unasked: left = [] }: Row): Answers =>
  Object.fromEntries(
    questions.map((question) => {
      const answer = !refused.includes(question);
      const isUnasked = left.includes(question) || (question === 'unlisted port' && !listens);
      return [question, isUnasked ? unasked : { IPv4: answer, IPv6: answer }];
    }),
  ) as Answers;

/** Shown, and held against what is promised. */
function check(row: Row, answers: Answers): void {
  const asked = { ...answers, ...Object.fromEntries((row.unasked ?? []).map((question) => [question, unasked])) };
  rows.set(row.name, asked);
  expect(asked).toEqual(expected(row));
}

describe('guests on a virtual network, or in a bridge of the host,', () => {
  let guests: Pair;

  beforeAll(async () => {
    guests = await startPair(['one', 'two'], () => '');
  });
  afterAll(async () => {
    for (const { uuid } of guests) await engine.domains.destroy(uuid);
  });

  const tried = async (row: Row): Promise<void> => {
    check(row, await measure(guests, row));
  };

  it.each(modes)('$name: reach what they are promised, and nothing else', tried);

  // The setup installs it only where that does not start it on the machine itself.
  it.skipIf(!existsSync('/usr/sbin/firewalld'))('nat behind firewalld: reach no port that is not listed', async () => {
    await startFirewalld(lab, { zone: true });
    const serve = "require('net').createServer((socket) => socket.end()).listen(8080, '::')";
    await lab.sh(`"${process.execPath}" -e "${serve}" >/dev/null 2>&1 &
      for n in $(seq 100); do ss -ltn | grep -q ':8080 ' && exit; sleep 0.05; done; false`);
    await tried({
      ...{ name: 'nat behind firewalld', xml: nat, around: behindBridge(62) },
      ...{ refused: ['from outside', 'unlisted port'], listens: true },
    });
  });
});

describe('guests beside a card of the host', () => {
  let guests: Pair;

  // Their devices are handed over when they start.
  beforeAll(async () => {
    const networks = new Map<string, string>();
    for (const [place, { card, xml }] of besideCards.entries()) {
      if (networks.has(card)) continue;
      networks.set(card, `beside${place}`);
      await engine.networks.createXml(xml.replace('>net<', `>beside${place}<`));
    }
    const cards = (number: number): string =>
      [...networks.values()].map((name, place) => cardOf(number, name, '', place)).join('');
    guests = await startPair(['three', 'four'], cards);
  });

  it.each(besideCards)('$name: reach what they are promised, and nothing else', async (row) => {
    await row.before?.();
    check(row, await ask(lab, { guests, card: row.card }, row.around, false));
  });
});
