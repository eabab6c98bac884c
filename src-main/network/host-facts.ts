/** What a planner needs to know of the host before it changes anything. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../host/files.ts';
import { run } from '../host/process.ts';
import { type Link, listLinks } from './observe-links.ts';
import { observeSwitches, type SwitchFacts } from './observe-switches.ts';
import { type HostRoute, listRoutes } from './observe-routes.ts';
import { listSysctl, readSysctl } from './sysctl.ts';

/** A firewalld that answers on D-Bus. */
export interface FirewalldFacts {
  /** Empty when it could not be found out. */
  readonly version: string;
  readonly backend: 'nftables' | 'iptables' | undefined;
  readonly zones: readonly string[];
  readonly policies: readonly string[];
}

/** A UDP socket that listens on every address of the host. Servers of names and addresses all have one. */
export interface WildcardSocket {
  readonly port: number;
}

export interface HostFacts {
  readonly links: readonly Link[];
  readonly routes: readonly HostRoute[];
  /** Switches by their path below /proc/sys, as far as networks change them. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Those of `dnsmasq`, `nft`, `iptables`, `ip`, `ovs-vsctl` that are installed. */
  readonly programs: ReadonlySet<string>;
  readonly wildcardSockets: readonly WildcardSocket[];
  /** What becomes of forwarded packets that no iptables rule is for; `drop` where Docker runs. */
  readonly forwardPolicy: 'accept' | 'drop' | undefined;
  readonly switches?: SwitchFacts;
  readonly firewalld?: FirewalldFacts;
  /** Whether systemd-resolved answers on D-Bus. */
  readonly hasResolved?: boolean;
}

export const sysctlOf = ({ sysctls }: HostFacts, key: string): string | undefined => sysctls[key];

/** What anybody sees of the host. */
export type OpenFacts = Omit<HostFacts, 'firewalld' | 'forwardPolicy' | 'hasResolved'>;

/** Looks at the host. What firewalld is, and what iptables forwards, is found out by who may. */
export async function observeHost(): Promise<OpenFacts> {
  const programs = findPrograms(['dnsmasq', 'nft', 'iptables', 'ip', 'ovs-vsctl']);
  const [links, routes, switches] = await Promise.all([listLinks(), listRoutes(), observeSwitches()]);
  return { links, programs, routes, switches, sysctls: readSwitches(), wildcardSockets: readWildcardSockets() };
}

/** The host as it would be without a device of a network that is looked at anew. */
export const withoutDevice = (facts: HostFacts, device: string): HostFacts => ({
  ...facts,
  links: facts.links.filter(({ name }) => name !== device),
  routes: facts.routes.filter((route) => route.device !== device),
});

/** Those of single devices are what switching forwarding on would reset: while it is on, nobody needs them. */
function readSwitches(): Record<string, string> {
  const keys = [
    'net/ipv4/ip_forward',
    'net/ipv6/conf/all/forwarding',
    ...(readSysctl('net/ipv4/ip_forward') === '1' ? [] : perDevice('ipv4', ['forwarding', 'accept_redirects'])),
    ...(readSysctl('net/ipv6/conf/all/forwarding') === '1' ? [] : perDevice('ipv6', ['forwarding', 'accept_ra'])),
  ];
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = readSysctl(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

const perDevice = (family: 'ipv4' | 'ipv6', names: readonly string[]): string[] =>
  listSysctl(`net/${family}/conf`).flatMap((device) => names.map((name) => `net/${family}/conf/${device}/${name}`));

function findPrograms(names: readonly string[]): ReadonlySet<string> {
  // Users' own paths often lack those of the administrator's programs.
  const folders = [...new Set([...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'])];
  return new Set(names.filter((name) => folders.some((folder) => mayRun(join(folder, name)))));
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The kernel's own file says whether anybody uses iptables; asking the program would load its modules. */
export async function iptablesForwardPolicy(): Promise<HostFacts['forwardPolicy']> {
  const legacy = readForRoot('/proc/net/ip_tables_names')?.split('\n').includes('filter') === true;
  const query = legacy
    ? ['iptables', '-w', '--table', 'filter', '--list-rules', 'FORWARD']
    : ['nft', 'list', 'chain', 'ip', 'filter', 'FORWARD'];
  const { stdout, exitCode } = await run(query, { acceptCodes: [0, 1, 3, 4] }).catch(() => nothing);
  if (exitCode !== 0) return undefined;
  return /^-P FORWARD DROP|policy drop;/m.test(stdout) ? 'drop' : 'accept';
}

/** What an ordinary user may not read stays unknown. */
function readForRoot(path: string): string | undefined {
  try {
    return readIfThere(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw thrown;
  }
}

const nothing = { stdout: '', exitCode: 1 } as const;

/** The kernel's list of TCP sockets takes milliseconds to read, however short it is. */
function readWildcardSockets(): readonly WildcardSocket[] {
  const lines = ['udp', 'udp6'].flatMap((file) => (readIfThere(`/proc/net/${file}`) ?? '').split('\n'));
  return lines.flatMap((line) => {
    const [, local = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    return /^0+$/.test(address) ? [{ port: Number.parseInt(port, 16) }] : [];
  });
}
