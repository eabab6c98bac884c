/** A QEMU connection with folders of its own, and small machines for it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { qemuDriver } from '../../src-main/drivers/qemu/driver.ts';
import type { EngineContext, EngineDirectories } from '../../src-main/engine/context.ts';
import type { Connection, DomainApi } from '../../src-main/engine/driver.ts';
import type { EngineEvent } from '../../src-main/engine/events.ts';
import { JobRegistry } from '../../src-main/engine/jobs.ts';
import { jsonLogger } from '../../src-main/engine/logger.ts';
import { parseConnectUri } from '../../src-shared/uri.ts';

export interface QemuEngine {
  readonly connection: Connection;
  readonly domains: Required<DomainApi>;
  readonly directories: EngineDirectories;
  readonly context: EngineContext;
  /** Everything that was announced since the connection was opened. */
  readonly events: EngineEvent[];
  /** Warnings and errors of the engine's log. */
  readonly problems: string[];
  /** Lifecycle and other domain events of a domain, as `virsh event` words them. */
  told(uuid: string): string[];
  /** Lets go of the connection, guests go on. */
  leave(): Promise<void>;
  /** Ends every guest, then removes the folders. */
  close(): Promise<void>;
}

/** What capability probes found is shared: probing each time would only take time. */
const sharedCache = join(tmpdir(), `vivarium-test-cache-${process.getuid?.() ?? 0}`);

export function makeDirectories(): EngineDirectories {
  const folder = mkdtempSync(join(tmpdir(), 'vvq-'));
  mkdirSync(sharedCache, { recursive: true, mode: 0o700 });
  return {
    config: join(folder, 'c'),
    state: join(folder, 's'),
    data: join(folder, 'd'),
    runtime: join(folder, 'r'),
    cache: sharedCache,
  };
}

export async function openQemu(directories: EngineDirectories = makeDirectories()): Promise<QemuEngine> {
  const problems: string[] = [];
  const context: EngineContext = {
    directories,
    logger: jsonLogger((line) => problems.push(line), 'warn'),
    jobs: new JobRegistry(),
  };
  const uri = parseConnectUri('qemu:///session');
  if (uri === undefined) throw new Error('the URI is wrong');
  const connection = await qemuDriver.open(uri, context);
  const domains = connection.domains as Required<DomainApi>;
  const events: EngineEvent[] = [];
  connection.events.subscribe((event) => events.push(event));
  return {
    connection,
    domains,
    directories,
    context,
    events,
    problems,
    told: (uuid) =>
      events.flatMap((event) => (event.type === 'domain' && event.domain.uuid === uuid ? [words(event)] : [])),
    leave: () => connection.close(),
    close: async () => {
      const running = (await domains.list()).filter(({ id }) => id !== undefined);
      await Promise.allSettled(running.map(({ uuid }) => domains.destroy(uuid)));
      await connection.close();
      rmSync(join(directories.config, '..'), { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function words({ event }: Extract<EngineEvent, { type: 'domain' }>): string {
  switch (event.kind) {
    case 'lifecycle':
      return `${event.event} ${event.detail}`;
    case 'agent-lifecycle':
      return `agent ${event.connected ? 'connected' : 'disconnected'} ${event.reason}`;
    case 'migration-iteration':
      return `migration-iteration ${event.iteration}`;
    default:
      return event.kind;
  }
}

export interface MachineOptions {
  readonly name: string;
  readonly uuid?: string;
  readonly machine?: string;
  readonly memoryMiB?: number;
  /** Inside `<domain>`. */
  readonly extra?: string;
  /** Inside `<os>`. */
  readonly os?: string;
  /** Inside `<devices>`. */
  readonly devices?: string;
  readonly vcpu?: string;
}

/** A machine that has nothing to boot, unless told: its firmware is enough to be running. */
export function machineXml(options: MachineOptions): string {
  const {
    name,
    uuid,
    machine = 'pc',
    memoryMiB = 32,
    extra = '',
    os = '',
    devices = '',
    vcpu = '<vcpu>1</vcpu>',
  } = options;
  return `<domain type='qemu'>
  <name>${name}</name>
  ${uuid === undefined ? '' : `<uuid>${uuid}</uuid>`}
  <memory unit='MiB'>${memoryMiB}</memory>
  ${vcpu}
  <os><type arch='x86_64' machine='${machine}'>hvm</type>${os}</os>
  <features><acpi/><apic/></features>
  ${extra}
  <devices>
    <serial type='pty'><target port='0'/></serial>
    <console type='pty'><target type='serial' port='0'/></console>
    ${devices}
  </devices>
</domain>`;
}

/** The pid of a running machine's QEMU, as the engine wrote it down. */
export function processOf(engine: QemuEngine, name: string): number {
  const file = join(engine.directories.runtime, 'qemu', `${name}.json`);
  const status = JSON.parse(readFileSync(file, 'utf8')) as { readonly process?: { readonly pid: number } };
  if (status.process === undefined) throw new Error(`the machine '${name}' has no process yet`);
  return status.process.pid;
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`it did not happen within ${timeoutMs} ms that ${what}`);
    await delay(5);
  }
}

export const grubIso = '/usr/lib/grub-rescue/grub-rescue-cdrom.iso';
