/** What guests of a network are called on the host, and whether the host finds them by it. */
import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { tell } from '../../../src-shared/host-words.ts';
import { type HostName, type HostNames, wantsHostNames } from '../../../src-shared/model/network-host-names.ts';
import type { NetworkLease } from '../../engine/network-api.ts';
import { readIfThere } from '../../host/files.ts';
import type { NetworkDefinition } from '../complete.ts';
import { namesObstacle, type Obstacle } from './plan-names.ts';

/** The host's resolver may wait for servers that don't answer. */
const timeoutMs = 4_000;

/** Of a network that is served; nobody is asked yet, and each name counts as found. */
export function namesOf(
  definition: NetworkDefinition,
  leases: readonly NetworkLease[] | undefined,
  hasResolved: boolean,
): HostNames {
  const domain = definition.domain?.name;
  const obstacle =
    namesObstacle(definition, hasResolved) ?? (leases === undefined ? notRunning(definition) : undefined);
  const guests = domain === undefined ? [] : guestsOf(leases ?? [], domain);
  return {
    ...(domain === undefined ? {} : { domain }),
    ...{ wanted: wantsHostNames(definition), ...obstacle },
    names: guests.map((guest) => ({ ...guest, found: [guest.address], resolves: true })),
  };
}

/** Asks the host's own resolver, as its programs do. */
export async function lookAtNames(
  definition: NetworkDefinition,
  leases: readonly NetworkLease[] | undefined,
  hasResolved: boolean,
): Promise<HostNames> {
  const told = namesOf(definition, leases, hasResolved);
  const names = await Promise.all(told.names.map(async ({ name, address }) => await lookUp(name, address)));
  const isMissed = names.length > 0 && names.every(({ resolves }) => !resolves);
  return { ...told, ...(told.reason === undefined && isMissed && !asksResolved() ? elsewhere : {}), names };
}

const notRunning = ({ name }: NetworkDefinition): Obstacle => ({ reason: tell('namesStopped', { network: name }) });
const elsewhere: Obstacle = { reason: tell('namesAskedElsewhere', {}), fix: tell('namesAskedFix', {}) };

/** Programs ask it by its name service, or by its address in the file that the C library reads. */
function asksResolved(): boolean {
  const services = /^hosts:.*$/m.exec(readIfThere('/etc/nsswitch.conf') ?? '')?.[0] ?? '';
  const servers = readIfThere('/etc/resolv.conf') ?? '';
  return /\bresolve\b/.test(services) || /^nameserver\s+127\.0\.0\.5[34]\s*$/m.test(servers);
}

/** By what guests said when they asked for an address, or what is reserved for them then; each name once. */
function guestsOf(
  leases: readonly NetworkLease[],
  domain: string,
): readonly { readonly name: string; readonly address: string }[] {
  const found = new Map<string, string>();
  for (const { hostname, address } of leases) {
    if (hostname === undefined) continue;
    const name = hostname.endsWith(`.${domain}`) ? hostname : `${hostname}.${domain}`;
    if (!found.has(name)) found.set(name, address);
  }
  return [...found].map(([name, address]) => ({ name, address }));
}

async function lookUp(name: string, address: string): Promise<HostName> {
  const over = new AbortController();
  try {
    const answers = await Promise.race([
      lookup(name, { all: true }),
      delay(timeoutMs, [], { signal: over.signal, ref: false }),
    ]);
    const found = answers.map((answer) => answer.address);
    return { name, address, found, resolves: found.includes(address) };
  } catch {
    // There is no such name, as far as the host's resolver knows.
    return { name, address, found: [], resolves: false };
  } finally {
    over.abort();
  }
}
