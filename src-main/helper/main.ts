/**
 * The privileged helper: root's hands for the networks of engines that ordinary users run. The bus starts it when
 * somebody calls, and it ends when nobody has for a while.
 */
import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { jsonLogger, type Logger } from '../engine/logger.ts';
import { Bus } from '../host/dbus/bus.ts';
import { readIfThere } from '../host/files.ts';
import { Ledger } from '../host/steps-ledger.ts';
import { checkAction } from '../network/actions.ts';
import { Firewalld } from '../network/firewalld/firewalld.ts';
import { DirectPerformer } from '../network/performer.ts';
import { Authority, Callers } from './authority.ts';
import { Changes } from './changes.ts';
import { maxActionCharacters } from './check-action.ts';
import { spawnDetached } from '../host/process.ts';
import { processIdentity } from '../host/process-identity.ts';
import { helperName, interfacesFolder, ledgerFolder } from '../network/helper/names.ts';
import { DirectInterfaces } from '../network/interfaces/executor.ts';
import { guardInterfaces } from '../network/interfaces/guard.ts';
import { HelperService } from './service.ts';

const defaultIdleSeconds = 60;

/** Whatever starts it may have put anything there. */
function cleanEnvironment(): void {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  process.env['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin';
  process.umask(0o022);
}

/** dnsmasq's own user where its package made one; who has no rights at all otherwise. */
const dnsmasqUser = (): string => (/^dnsmasq:/m.test(readIfThere('/etc/passwd') ?? '') ? 'dnsmasq' : 'nobody');

function openChanges(firewalld: Firewalld, logger: Logger): Changes {
  // Others may pass: each engine's folder for dnsmasq is beside the helper's own.
  mkdirSync('/var/lib/vivarium', { recursive: true, mode: 0o755 });
  const ledger = Ledger.open<ReturnType<typeof checkAction>>(ledgerFolder, checkAction);
  for (const { path, cause } of ledger.problems) logger.log('warn', 'A record is left alone.', { path, cause });
  return new Changes({ ledger, performer: new DirectPerformer(firewalld), logger });
}

/** A change that stands is taken back by a process of its own if this one is killed meanwhile. */
function startGuard(logger: Logger): void {
  const own = processIdentity(process.pid);
  const [, program] = process.argv;
  if (own === undefined || program === undefined) return;
  const argv = [
    process.execPath,
    program,
    'guard-interfaces',
    interfacesFolder,
    String(own.pid),
    String(own.startTime),
  ];
  const options = { logFile: `${interfacesFolder}/guard.log`, env: { ELECTRON_RUN_AS_NODE: '1' } };
  spawnDetached(argv, options).catch((error: unknown) => {
    logger.log('warn', 'Nobody looks after the change of interfaces if the helper should crash.', { error });
  });
}

/** What anybody changed of interfaces, the newest first. */
async function undoInterfaces(logger: Logger): Promise<readonly string[]> {
  const interfaces = new DirectInterfaces({ folder: interfacesFolder, logger });
  try {
    const failures: string[] = [];
    for (const { owner } of (await interfaces.recorded()).toSorted((one, other) => other.timeMs - one.timeMs)) {
      failures.push(...(await interfaces.undo(owner)));
    }
    return failures;
  } finally {
    await interfaces.close();
  }
}

async function serve(changes: Changes, firewalld: Firewalld, logger: Logger, idleEndMs: number): Promise<void> {
  const interfaces = new DirectInterfaces({ folder: interfacesFolder, logger, guard: () => startGuard(logger) });
  // The longest action in the longest form of JSON and UTF-8 is far below; what is longer is not even read.
  const bus = await Bus.open(undefined, { maxMessageBytes: maxActionCharacters + 64 * 1024 });
  const callers = await Callers.watch(bus);
  const service = new HelperService({
    ...{ callers, changes, firewalld, interfaces, logger, authority: new Authority(bus), dnsmasqUser: dnsmasqUser() },
  });
  bus.serve(async (call) => await service.handle(call));
  await bus.requestName(helperName);
  const closed = bus.closed.then(() => 'closed' as const);
  for (;;) {
    const rest = Math.max(100, idleEndMs - service.idleMs);
    if ((await Promise.race([closed, delay(rest, 'rested' as const)])) === 'closed') return;
    if (service.idleMs < idleEndMs) continue;
    // A change that is to be taken back keeps whoever will do it.
    if ((await interfaces.pending())?.deadlineMs !== undefined) continue;
    // What comes until the name is gone is told to come again: then it starts another one.
    service.end();
    await bus.releaseName(helperName);
    bus.close();
    await interfaces.close();
    return;
  }
}

async function main(words: readonly string[]): Promise<number> {
  cleanEnvironment();
  const logger = jsonLogger((line) => process.stderr.write(line));
  if (process.getuid?.() !== 0) {
    logger.log('error', 'The helper is started by the system bus, as root.');
    return 1;
  }
  if (words[0] === 'guard-interfaces') {
    const [, folder = '', pid, startTime] = words;
    await guardInterfaces(folder, { pid: Number(pid), startTime: Number(startTime) }, logger);
    return 0;
  }
  const firewalld = new Firewalld();
  const changes = openChanges(firewalld, logger);
  await changes.recover();
  if (words[0] === 'undo-all') {
    const failures = await changes.undo();
    for (const { sentence, cause } of failures) logger.log('error', sentence, { cause });
    const left = await undoInterfaces(logger);
    for (const sentence of left) logger.log('error', sentence);
    return failures.length + left.length === 0 ? 0 : 1;
  }
  const idleSeconds = words[0] === '--idle-seconds' ? Number(words[1]) : defaultIdleSeconds;
  await serve(changes, firewalld, logger, idleSeconds * 1000);
  return 0;
}

process.exit(await main(process.argv.slice(2)));
