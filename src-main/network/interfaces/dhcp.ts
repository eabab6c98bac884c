/** DHCP clients of the host's interfaces, started, stopped, and handed over with their lease. */
import { existsSync } from 'node:fs';
import { readIfThere, removeIfThere, writeWhole } from '../../host/files.ts';
import { run } from '../../host/process.ts';
import { processIdentity, terminate } from '../../host/process-identity.ts';
import type { InterfaceAction } from './actions.ts';
import { dhcpProcesses } from './observe.ts';

type DhcpStart = Extract<InterfaceAction, { readonly verb: 'dhcp-start' }>;
type DhcpStop = Extract<InterfaceAction, { readonly verb: 'dhcp-stop' }>;

/** A client waits for an address, and goes on in the background when there is none. */
const timeoutMs = 90_000;

const leasesOf = (link: string): string => `/var/lib/dhcp/dhclient.${link}.leases`;
/** Where ifupdown has the client look for the host's DUID. */
const leases6Of = (link: string): string => `/var/lib/dhcp/dhclient6.${link}.leases`;
/** Of clients that were started by hand, for whatever interface. */
const commonLeases = '/var/lib/dhcp/dhclient.leases';

/** As ifupdown starts them, in the background at once. */
const commands = {
  dhclient: ({ link, byDuid }: DhcpStart) => [
    ...['dhclient', '-4', '-nw', ...(byDuid === true ? ['-i'] : []), '-pf', `/run/dhclient.${link}.pid`],
    ...['-lf', leasesOf(link), '-I', '-df', leases6Of(link), link],
  ],
  udhcpc: ({ link }: DhcpStart) => [...['udhcpc', '-b', '-S', '-t', '5', '-p', `/run/udhcpc.${link}.pid`, '-i', link]],
  dhcpcd: ({ link }: DhcpStart) => ['dhcpcd', '-b', link],
} as const;

export async function startDhcp(action: DhcpStart): Promise<void> {
  const { client, link, from } = action;
  if (!existsSync(`/sys/class/net/${link}`)) return;
  if (dhcpProcesses().some((found) => found.client === client && found.device === link)) return;
  if (client === 'dhclient' && from !== undefined) await handOver(from, link);
  await run(commands[client](action), { timeoutMs });
}

/** Killed: told to end, clients give the address back or take it away. */
export async function stopDhcp({ client, link }: DhcpStop): Promise<void> {
  for (const found of dhcpProcesses()) {
    if (found.client !== client || found.device !== link) continue;
    const identity = processIdentity(found.pid);
    if (identity !== undefined) await terminate(identity, { graceMs: 0 });
  }
}

/** A client that has a lease asks to keep it, instead of asking for any address. */
async function handOver(from: string, to: string): Promise<void> {
  const leases = movedLeases(readIfThere(leasesOf(from)) ?? readIfThere(commonLeases) ?? '', from, to);
  if (leases === undefined) return;
  await writeWhole(leasesOf(to), leases, { mode: 0o644 });
  const leases6 = readIfThere(leases6Of(from));
  if (leases6 !== undefined && !existsSync(leases6Of(to))) await writeWhole(leases6Of(to), leases6, { mode: 0o644 });
  // What stays behind would be taken for the newer one when it goes the other way.
  removeIfThere(leasesOf(from));
}

/** The leases of an interface as those of another, with the DUID; undefined when it has none. Pure. */
export function movedLeases(text: string, from: string, to: string): string | undefined {
  const duids = text.match(/^default-duid .*;$/gm) ?? [];
  const own = (text.match(/^lease \{\n[^}]*^\}$/gm) ?? []).filter((lease) => lease.includes(`  interface "${from}";`));
  if (own.length === 0) return undefined;
  const moved = own.map((lease) => lease.replace(`  interface "${from}";`, `  interface "${to}";`));
  return `${[...duids.slice(-1), ...moved].join('\n')}\n`;
}
