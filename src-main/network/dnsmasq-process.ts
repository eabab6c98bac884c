/** A network's dnsmasq: started, told of changes, found again, stopped. It outlives the engine. */
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import { readIfThere, removeIfThere, writeWhole } from '../host/files.ts';
import { ProcessError, run } from '../host/process.ts';
import { isAlive, processIdentity, type ProcessIdentity, terminate } from '../host/process-identity.ts';
import type { NetworkAction } from './actions.ts';
import { dnsmasqPaths, type DnsmasqFolderPaths } from './dnsmasq-paths.ts';

type Start = Extract<NetworkAction, { readonly verb: 'dnsmasq-start' }>;

const startTimeoutMs = 10_000;
/** It has nothing to save: leases are written when they are given. */
const stopGraceMs = 2_000;

/**
 * Writes its files and starts it; one that runs already with this configuration is told of changed tables.
 * @throws VirError `operation-failed` with what dnsmasq complained about.
 */
export async function startDnsmasq({ folder, bridge, ...files }: Start, signal?: AbortSignal): Promise<void> {
  const paths = dnsmasqPaths(folder, bridge);
  const running = runningDnsmasq(folder, bridge);
  if (running !== undefined && readIfThere(paths.configuration) === files.configuration) {
    if (readIfThere(paths.hosts) === files.hosts && readIfThere(paths.names) === files.names) return;
    await writeTables(paths, files);
    // It reads them again; leases and connections go on.
    process.kill(running.pid, 'SIGHUP');
    return;
  }
  if (running !== undefined) await terminate(running, { graceMs: stopGraceMs });
  makeFolder(folder);
  // dnsmasq reads its tables again as the unprivileged user it becomes. Each start writes all of them anew.
  await writeWhole(paths.configuration, files.configuration, { mode: 0o644, isTransient: true });
  await writeTables(paths, files);
  try {
    // It goes to the background by itself once it listens; until then its complaints reach us.
    const lease = `--dhcp-leasefile=${paths.leases}`;
    await run(['dnsmasq', `--conf-file=${paths.configuration}`, `--pid-file=${paths.pid}`, lease], {
      timeoutMs: startTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (thrown) {
    throw explain(bridge, thrown);
  }
}

/** Stops it and removes its files, except the leases: guests keep their addresses when the network comes back. */
export async function stopDnsmasq(folder: string, bridge: string): Promise<void> {
  const running = runningDnsmasq(folder, bridge);
  if (running !== undefined) await terminate(running, { graceMs: stopGraceMs });
  const { configuration, hosts, names, pid } = dnsmasqPaths(folder, bridge);
  for (const path of [configuration, hosts, names, pid]) removeIfThere(path);
}

/** The process that serves the bridge: the one in the pid file, when it is still a dnsmasq with our configuration. */
export function runningDnsmasq(folder: string, bridge: string): ProcessIdentity | undefined {
  const paths = dnsmasqPaths(folder, bridge);
  const pid = Number(readIfThere(paths.pid)?.trim());
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const identity = processIdentity(pid);
  if (identity === undefined || !isAlive(identity)) return undefined;
  return commandLine(pid).includes(`--conf-file=${paths.configuration}`) ? identity : undefined;
}

function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch (thrown) {
    // It ended meanwhile.
    if (['ENOENT', 'ESRCH'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return [];
    throw thrown;
  }
}

/** Every user may enter it: dnsmasq gives up root's rights. */
function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  chmodSync(folder, 0o755);
}

async function writeTables(
  { hosts, names }: DnsmasqFolderPaths,
  tables: { readonly hosts: string; readonly names: string },
): Promise<void> {
  await writeWhole(hosts, tables.hosts, { mode: 0o644, isTransient: true });
  await writeWhole(names, tables.names, { mode: 0o644, isTransient: true });
}

function explain(bridge: string, thrown: unknown): unknown {
  if (!(thrown instanceof ProcessError) || thrown.failure === 'aborted') return thrown;
  const said = thrown.stderr.trim().split('\n').pop() ?? '';
  const isAbsent = thrown.failure === 'spawn';
  return new VirError(
    {
      code: 'operation-failed',
      domain: 'network',
      message: say`The name and address server of '${bridge}' can't be started.`,
      cause: isAbsent ? say`dnsmasq is not installed.` : said.replace(/^dnsmasq: /, '') || (thrown.data.cause ?? ''),
      ...(isAbsent ? { fix: say`Install dnsmasq-base.` } : {}),
      ...(/in use/.test(said) ? { fix: say`Stop the other server, or let it listen on its own devices only.` } : {}),
    },
    { cause: thrown },
  );
}
