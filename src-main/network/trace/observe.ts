/** Looks at the host for a trace: what anybody sees, and the rules as far as this engine may. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAddress } from '../../../src-shared/model/network-address.ts';
import type { TargetQuestion } from '../../../src-shared/model/network-trace.ts';
import { ProcessError, run, type RunResult } from '../../host/process.ts';
import { readSysctl } from '../sysctl.ts';
import {
  type NetworkFact,
  type Probe,
  type RouteFact,
  routeKey,
  type RouteQuery,
  type RulesFact,
  type TraceFacts,
} from './facts.ts';
import { addressOfPlace, type GuestPlace, placeOf, routeQuery } from './places.ts';
import { readAddresses, readLinks, readListening, readNeighbours, readRoute } from './read-host.ts';
import { readRuleset } from './ruleset.ts';

const timeoutMs = 10_000;
const probeTimeoutMs = 1500;
/** The kernel asks three times, a second each, before it gives up on a neighbour. */
const neighbourTimeoutMs = 3500;
const neighbourPauseMs = 150;
/** Nobody listens there, and answering is not needed: the kernel only has to find who has the address. */
const discardPort = 9;

/** The texts of `nft -j list ruleset` and `nft -a list ruleset`, and of iptables' old tables. */
export interface RuleTexts {
  readonly json: string;
  readonly text: string;
  readonly legacy: string;
}

export interface Observed {
  readonly networks: readonly NetworkFact[];
  readonly cables: TraceFacts['cables'];
  /** @returns why not, where the rules can't be seen. */
  readonly rules: () => Promise<RuleTexts | { readonly hidden: string }>;
}

export async function observe(question: TargetQuestion, observed: Observed): Promise<TraceFacts> {
  const { networks, cables } = observed;
  const [links, addresses, neighbours, sockets, rules] = await Promise.all([
    ip(['-oneline', '-details', 'link', 'show']),
    ip(['-oneline', 'address', 'show']),
    ip(['neighbour', 'show']),
    tolerant(['ss', '-H', '--listening', '--numeric', '--tcp', '--udp']),
    observed.rules(),
  ]);
  const first = { networks, links: readLinks(links.stdout), neighbours: readNeighbours(neighbours.stdout) };
  const [from, to] = [placeOf(question.from, first), placeOf(question.to, first)];
  const sysctls = readSwitches();
  const query = routeQuery(from, to);
  const back = from.kind === 'internet' || from.kind === 'guest' ? addressOfPlace(from) : undefined;
  const queries: readonly RouteQuery[] = [
    ...(query === undefined ? [] : [query]),
    ...(to.kind === 'internet' ? [{ to: to.address }] : []),
    ...(back === undefined ? [] : [{ to: back }]),
  ];
  const routes = await Promise.all(queries.map(async (each) => [routeKey(each), await route(each, sysctls)] as const));
  const guests = [from, to].filter((place): place is GuestPlace => place.kind === 'guest');
  const probe =
    to.kind === 'guest' && to.card?.running === true && question.port?.protocol === 'tcp' && to.address !== undefined
      ? await connectTo(to.address, question.port.port)
      : undefined;
  return {
    ...{ ...first, cables, sysctls, routes: new Map(routes) },
    addresses: readAddresses(addresses.stdout),
    listening: readListening(sockets.stdout),
    neighbours: await wakeNeighbours(guests, first.neighbours),
    rules: 'hidden' in rules ? rules : readRules(rules),
    ...(probe === undefined ? {} : { probe }),
  };
}

function readRules({ json, text, legacy }: RuleTexts): RulesFact {
  return { ruleset: readRuleset(json, text), legacy: legacy.split('\n').filter((line) => /^(?:-A|:)/.test(line)) };
}

const ip = async (words: readonly string[]): Promise<RunResult> => await tolerant(['ip', ...words]);

const nothing: RunResult = { stdout: '', stderr: '', exitCode: 1 };

/** Where a program is missing, what it would tell is not known. */
async function tolerant(argv: readonly string[]): Promise<RunResult> {
  try {
    return await run(argv, { timeoutMs, acceptCodes: [0, 1, 2, 255] });
  } catch (thrown) {
    if (thrown instanceof ProcessError && thrown.failure === 'spawn') return nothing;
    throw thrown;
  }
}

function readSwitches(): Record<string, string> {
  const keys = ['net/ipv4/ip_forward', 'net/ipv6/conf/all/forwarding', 'net/bridge/bridge-nf-call-iptables'];
  return Object.fromEntries(
    keys.flatMap((key) => [readSysctl(key)].flatMap((value) => (value === undefined ? [] : [[key, value]]))),
  );
}

/** As for a packet that comes in, where the kernel would take it; as for one of the host's own otherwise. */
async function route({ to, from }: RouteQuery, sysctls: Readonly<Record<string, string>>): Promise<RouteFact> {
  const isSix = parseAddress(to)?.family === 'ipv6';
  const forwards = sysctls[isSix ? 'net/ipv6/conf/all/forwarding' : 'net/ipv4/ip_forward'] === '1';
  const incoming = from === undefined || !forwards ? [] : ['from', from.address, 'iif', from.device];
  const words = ['route', 'get', to, ...incoming];
  const { stdout, stderr } = await ip(words);
  return readRoute(['ip', ...words].join(' '), stdout, stderr);
}

/** Has the kernel look for guests it knows nothing new of, and waits until it found them or gave up. */
async function wakeNeighbours(
  guests: readonly GuestPlace[],
  known: TraceFacts['neighbours'],
): Promise<TraceFacts['neighbours']> {
  const wanted = guests.filter(
    ({ address, bridge, card }) => address !== undefined && bridge !== undefined && card?.running === true,
  );
  if (wanted.length === 0) return known;
  for (const { address = '' } of wanted) await sendNothing(address);
  const end = performance.now() + neighbourTimeoutMs;
  for (;;) {
    const now = readNeighbours((await ip(['neighbour', 'show'])).stdout);
    const isOpen = wanted.some(({ address, bridge }) => {
      const entry = now.find((each) => each.address === address && each.device === bridge);
      return entry !== undefined && ['INCOMPLETE', 'PROBE'].includes(entry.state);
    });
    if (!isOpen || performance.now() > end) return now;
    await delay(neighbourPauseMs);
  }
}

async function sendNothing(address: string): Promise<void> {
  const socket = createSocket(parseAddress(address)?.family === 'ipv6' ? 'udp6' : 'udp4');
  await new Promise<void>((resolve) => {
    // That there is no way to it is what the trace says by itself.
    socket.once('error', () => resolve());
    socket.send('', discardPort, address, () => resolve());
  });
  socket.close();
}

async function connectTo(host: string, port: number): Promise<Probe> {
  return await new Promise<Probe>((resolve) => {
    const socket = connect({ host, port, timeout: probeTimeoutMs });
    const end = (result: Probe): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end('open'));
    socket.once('timeout', () => end('silent'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      end(code === 'ECONNREFUSED' ? 'refused' : code === 'ETIMEDOUT' ? 'silent' : 'unreachable');
    });
  });
}

/** For an engine of root, and for the helper. */
export async function readRuleTexts(): Promise<RuleTexts | { readonly hidden: string }> {
  try {
    const [json, text] = await Promise.all([
      run(['nft', '-j', 'list', 'ruleset'], { timeoutMs }),
      run(['nft', '-a', 'list', 'ruleset'], { timeoutMs }),
    ]);
    return { json: json.stdout, text: text.stdout, legacy: await legacyRules() };
  } catch (thrown) {
    if (!(thrown instanceof ProcessError)) throw thrown;
    return { hidden: thrown.failure === 'spawn' ? 'nft is not installed' : (thrown.data.cause ?? thrown.message) };
  }
}

/** The kernel's own file says whether they are in use; asking the program would load its modules. */
async function legacyRules(): Promise<string> {
  let tables: string;
  try {
    tables = readFileSync('/proc/net/ip_tables_names', 'utf8');
  } catch (thrown) {
    if (['ENOENT', 'EACCES'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return '';
    throw thrown;
  }
  if (!tables.split('\n').includes('filter')) return '';
  return (await tolerant(['iptables-legacy-save', '-t', 'filter'])).stdout;
}

/** The command line of a process that runs, for people. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch (thrown) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return `process ${pid}`;
    throw thrown;
  }
}
