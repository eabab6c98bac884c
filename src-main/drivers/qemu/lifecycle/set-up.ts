/** What QEMU is told between its start and the guest's: few commands, sent without waiting for each other. */
import type { Channel, Console, Domain, Parallel, Serial } from '../../../../src-shared/model/domain/index.ts';
import type { ProbedQemu } from '../capabilities/qemu-capabilities.ts';
import { throttleArguments } from '../devices/throttle.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { startDelays } from '../hotplug/delays.ts';
import type { QmpClient } from '../qmp/client.ts';
import { object, objects, text } from '../qmp/reply.ts';

export async function setUpGuest(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  monitor: QmpClient,
  capabilities: ProbedQemu,
): Promise<void> {
  const domain = record.current;
  const work: Promise<unknown>[] = [];
  if (domain.on_reboot === 'destroy' || domain.on_reboot === 'preserve') {
    // QEMU then reports a reboot as a shutdown (before 6.0 the command line has to say so).
    if (capabilities.hasCommand('set-action')) work.push(monitor.execute('set-action', { reboot: 'shutdown' }));
  }
  work.push(...balloonCommands(context, record, instance, monitor));
  for (const disk of domain.devices?.disk ?? []) {
    const limits = throttleArguments(disk);
    if (limits !== undefined) work.push(monitor.execute('block_set_io_throttle', limits));
  }
  for (const card of domain.devices?.interface ?? []) {
    if (card.link?.state === 'down' && card.alias !== undefined) {
      work.push(monitor.execute('set_link', { name: card.alias.name, up: false }));
    }
  }
  work.push(...startDelays(domain, monitor));
  for (const [index, graphics] of (domain.devices?.graphics ?? []).entries()) {
    if (!('passwd' in graphics) || graphics.passwd === undefined) continue;
    if (graphics.type !== 'vnc' && graphics.type !== 'spice') continue;
    const { type: protocol, passwd: password, connected } = graphics;
    if (index > 0 && domain.devices?.graphics.slice(0, index).some(({ type }) => type === protocol) === true) continue;
    work.push(
      monitor.execute('set_password', { protocol, password, ...(connected === undefined ? {} : { connected }) }),
    );
    const time = graphics.passwdValidTo === undefined ? 'never' : expiry(graphics.passwdValidTo);
    work.push(monitor.execute('expire_password', { protocol, time }));
  }
  if (hasPty(domain)) work.push(learnPtys(context, record, monitor));
  await Promise.all(work);
}

/** A guest that has less memory than it could get, and how often its balloon reports. */
function balloonCommands(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  monitor: QmpClient,
): Promise<unknown>[] {
  const domain = record.current;
  const balloon = domain.devices?.memballoon;
  const currentKiB = domain.currentMemory?.KiB;
  instance.balloonKiB = currentKiB;
  if (balloon === undefined || balloon.model === 'none') return [];
  const work: Promise<unknown>[] = [];
  if (currentKiB !== undefined && domain.memory !== undefined && currentKiB < domain.memory.KiB) {
    work.push(
      monitor.execute('balloon', { value: currentKiB * 1024 }),
      learnMemory(context, record, instance, monitor),
    );
  }
  if (balloon.stats !== undefined && balloon.alias !== undefined) {
    const path = `/machine/peripheral/${balloon.alias.name}`;
    const property = 'guest-stats-polling-interval';
    work.push(monitor.execute('qom-set', { path, property, value: balloon.stats.period }));
  }
  return work;
}

/** Until the guest's driver gives memory back, it has all of it. */
async function learnMemory(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  monitor: QmpClient,
): Promise<void> {
  const { actual } = object(await monitor.execute('query-balloon'), 'query-balloon');
  if (typeof actual !== 'number') return;
  instance.balloonKiB = actual / 1024;
  const currentMemory = { KiB: instance.balloonKiB };
  if (record.live !== undefined) context.table.changed(record, { live: { ...record.live, currentMemory } });
}

/** `2025-06-01T12:00:00` in UTC, as libvirt has it, in seconds for QEMU. */
function expiry(validTo: string): string {
  return String(Math.floor(Date.parse(/[zZ]$|[+-]\d\d:\d\d$/.test(validTo) ? validTo : `${validTo}Z`) / 1000));
}

type CharacterDevice = Serial | Parallel | Console | Channel;

function characterDevices(domain: Domain): readonly CharacterDevice[] {
  const { devices } = domain;
  return devices === undefined ? [] : [...devices.serial, ...devices.parallel, ...devices.console, ...devices.channel];
}

const hasPty = (domain: Domain): boolean => characterDevices(domain).some(({ type }) => type === 'pty');

/** QEMU has opened the pseudo-terminals; their names go into the live definition. */
async function learnPtys(context: GuestContext, record: GuestRecord, monitor: QmpClient): Promise<void> {
  const paths = new Map<string, string>();
  for (const item of objects(await monitor.execute('query-chardev'), 'query-chardev')) {
    const filename = text(item, 'filename');
    if (filename.startsWith('pty:')) paths.set(text(item, 'label'), filename.slice('pty:'.length));
  }
  const named = <T extends CharacterDevice>(device: T): T => {
    const path = paths.get(`char${device.alias?.name ?? ''}`);
    if (device.type !== 'pty' || path === undefined) return device;
    return { ...device, source: { seclabel: [], ...device.source, path } };
  };
  const { live } = record;
  if (live?.devices === undefined) return;
  const { devices } = live;
  const serial = devices.serial.map(named);
  const console = devices.console.map((device) => namedConsole(named(device), serial));
  const others = { parallel: devices.parallel.map(named), channel: devices.channel.map(named) };
  context.table.changed(record, { live: { ...live, devices: { ...devices, ...others, serial, console } } });
}

/** The first console is the first serial port under another name (and for old clients says its terminal twice). */
function namedConsole(device: Console, serial: readonly Serial[]): Console {
  if (device.type !== 'pty') return device;
  const twin = device.target?.type === 'serial' ? serial[device.target.port ?? 0] : undefined;
  const path = device.source?.path ?? (twin?.type === 'pty' ? twin.source?.path : undefined);
  if (path === undefined) return device;
  return { ...device, tty: path, source: { seclabel: [], ...device.source, path } };
}
