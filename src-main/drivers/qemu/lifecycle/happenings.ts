/** What QEMU tells about a guest becomes state, events and deeds. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Disk } from '../../../../src-shared/model/domain/index.ts';
import type { DomainEvent } from '../../../engine/events.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import type { QmpEvent } from '../qmp/message.ts';
import { isObject } from '../qmp/message.ts';
import { waitForExit } from '../../../host/process-identity.ts';
import { channelChanged } from '../agent/agent-channel.ts';
import { recordStatus } from './record-status.ts';
import { endProcess, finishRun } from './stop.ts';
import {
  endOfMonitor,
  type FollowUp,
  type Happening,
  type Outcome,
  type Situation,
  transition,
} from './transitions.ts';

/** QEMU closes its monitor on its way out; what it takes longer than this is not a way out. */
const exitAfterMonitorMs = 2_000;

/** Handles one event of a guest's QEMU: stored first, then told, then acted upon. */
export function handleEvent(context: GuestContext, record: GuestRecord, instance: Instance, event: QmpEvent): void {
  if (instance.ending && event.name !== 'SHUTDOWN') {
    instance.tellWatchers(event);
    return;
  }
  const happening = happeningOf(record, event);
  if (happening === undefined) handleNews(context, record, instance, event);
  else apply(context, record, instance, transition(situationOf(record, instance), happening));
  instance.tellWatchers(event);
}

/** Stores and tells what an event, or finding a guest again, led to; then does what it asks for. */
export function apply(context: GuestContext, record: GuestRecord, instance: Instance, outcome: Outcome): void {
  const before = { rebooting: instance.rebooting, restarting: instance.restarting };
  instance.rebooting = outcome.rebooting ?? instance.rebooting;
  instance.restarting = outcome.restarting ?? instance.restarting;
  const flagsChanged = before.rebooting !== instance.rebooting || before.restarting !== instance.restarting;
  if (outcome.state !== undefined || flagsChanged) {
    // The table first, since the file holds what the table says; listeners hear of it only after both.
    context.table.changed(record, outcome.state === undefined ? {} : { state: outcome.state });
    recordStatus(context, record, instance);
  }
  for (const event of outcome.events) context.table.announce(record, event);
  if (outcome.then !== undefined) follow(context, record, instance, outcome.then);
}

/** The monitor has closed: unless somebody is ending the guest already, find out how it ended. */
export function handleMonitorClosed(context: GuestContext, record: GuestRecord, instance: Instance): void {
  if (instance.ending || instance.phase === 'starting') return;
  inBackground(context, record, 'the end of a guest', async () => {
    if (instance.process !== undefined && !(await waitForExit(instance.process, exitAfterMonitorMs))) {
      // Without its monitor it can't be looked after, and must not run beside a second one of the same disks.
      await endProcess(instance);
    }
    if (record.runtime !== instance) return;
    await context.table.modify(
      record.uuid,
      'monitor closed',
      async (found) => {
        if (found.runtime !== instance || instance.ending) return;
        const { state, event } = endOfMonitor(found.state);
        finishRun(context, found, instance, state, event);
        await Promise.resolve();
      },
      { kind: 'destroy' },
    );
  });
}

function follow(context: GuestContext, record: GuestRecord, instance: Instance, then: FollowUp): void {
  switch (then) {
    case 'end':
      // Its monitor closes when it is gone, and that is when it counts as stopped.
      inBackground(context, record, 'ending a guest that shut down', () => endProcess(instance));
      return;
    case 'end-crashed':
      inBackground(context, record, 'ending a guest that crashed', async () => {
        instance.ending = true;
        await endProcess(instance);
        finishRun(
          context,
          record,
          instance,
          { state: 'shutoff', reason: 'crashed' },
          { kind: 'lifecycle', event: 'stopped', detail: 'crashed' },
        );
      });
      return;
    case 'restart':
      inBackground(context, record, 'restarting a guest', () => restart(context, record, instance));
      return;
  }
}

/** What libvirt calls a fake reboot: the guest has powered off, QEMU stays, and the same hardware is switched on again. */
async function restart(context: GuestContext, record: GuestRecord, instance: Instance): Promise<void> {
  try {
    await context.table.modify(record.uuid, 'restart', async (found) => {
      if (found.runtime !== instance || instance.monitor === undefined) return;
      instance.resuming = found.state.state === 'crashed' ? 'crashed' : 'booted';
      await instance.monitor.execute('system_reset');
      await instance.monitor.execute('cont');
    });
  } catch (thrown) {
    context.logger.log('error', 'a guest could not be restarted and is ended', { name: record.name, error: thrown });
    await endProcess(instance, { atOnce: true });
  } finally {
    instance.resuming = undefined;
    instance.rebooting = false;
    instance.restarting = false;
    if (record.runtime === instance && !instance.ending) recordStatus(context, record, instance);
  }
}

function situationOf(record: GuestRecord, instance: Instance): Situation {
  const domain = record.current;
  return {
    state: record.state,
    ...(instance.pausing === undefined ? {} : { pausing: instance.pausing }),
    ...(instance.resuming === undefined ? {} : { resuming: instance.resuming }),
    rebooting: instance.rebooting,
    restarting: instance.restarting,
    onPoweroff: domain.on_poweroff ?? 'destroy',
    onCrash: domain.on_crash ?? 'destroy',
  };
}

function happeningOf(record: GuestRecord, { name, data }: QmpEvent): Happening | undefined {
  switch (name) {
    case 'SHUTDOWN':
      return { kind: 'shutdown', guest: typeof data['guest'] === 'boolean' ? data['guest'] : undefined };
    case 'STOP':
      return { kind: 'stop' };
    case 'RESUME':
      return { kind: 'resume' };
    case 'RESET':
      return { kind: 'reset' };
    case 'GUEST_PANICKED':
      return { kind: 'panicked' };
    case 'SUSPEND':
      return { kind: 'suspend' };
    case 'SUSPEND_DISK':
      return { kind: 'suspend-disk' };
    case 'WAKEUP':
      return { kind: 'wakeup' };
    case 'WATCHDOG':
      return { kind: 'watchdog', action: String(data['action']) };
    case 'BLOCK_IO_ERROR': {
      const disk = diskOf(record, data);
      return {
        kind: 'io-error',
        source: disk === undefined ? '' : sourcePath(disk),
        alias: disk?.alias?.name ?? '',
        action: String(data['action']),
        reason: data['nospace'] === true ? 'enospc' : '',
      };
    }
    default:
      return undefined;
  }
}

/** Events that change no state. */
function handleNews(context: GuestContext, record: GuestRecord, instance: Instance, event: QmpEvent): void {
  const { name, data } = event;
  const tell = (news: DomainEvent): void => context.table.announce(record, news);
  switch (name) {
    case 'BALLOON_CHANGE': {
      const actualKiB = Number(data['actual']) / 1024;
      instance.balloonKiB = actualKiB;
      const currentMemory = { KiB: actualKiB };
      if (record.live !== undefined) context.table.changed(record, { live: { ...record.live, currentMemory } });
      recordStatus(context, record, instance);
      tell({ kind: 'balloon-change', actualKiB });
      return;
    }
    case 'RTC_CHANGE':
      tell({ kind: 'rtc-change', offsetSeconds: Number(data['offset']) });
      return;
    case 'VSERPORT_CHANGE':
      channelChanged(context, record, instance, String(data['id']), data['open'] === true);
      return;
    case 'DEVICE_DELETED': {
      // One that somebody waits for is theirs.
      const forget = instance.unplugging.get(String(data['device']));
      if (forget === undefined) return;
      instance.unplugging.delete(String(data['device']));
      inBackground(context, record, 'removing a device', () =>
        context.table.modify(record.uuid, 'device removed', async () => await forget()),
      );
      return;
    }
    case 'DEVICE_UNPLUG_GUEST_ERROR':
    case 'MEM_UNPLUG_ERROR':
      if (typeof data['device'] === 'string') tell({ kind: 'device-removal-failed', alias: data['device'] });
      return;
    case 'DEVICE_TRAY_MOVED':
      tell({
        kind: 'tray-change',
        alias: diskOf(record, data)?.alias?.name ?? String(data['id'] ?? data['device']),
        reason: data['tray-open'] === true ? 'opened' : 'closed',
      });
      return;
    case 'MIGRATION_PASS':
      tell({ kind: 'migration-iteration', iteration: Number(data['pass']) });
      return;
    case 'VNC_CONNECTED':
    case 'SPICE_CONNECTED':
      tell({ kind: 'graphics', phase: 'connect', scheme: scheme(data) });
      return;
    case 'VNC_INITIALIZED':
    case 'SPICE_INITIALIZED':
      tell({ kind: 'graphics', phase: 'initialize', scheme: scheme(data) });
      return;
    case 'VNC_DISCONNECTED':
    case 'SPICE_DISCONNECTED':
      tell({ kind: 'graphics', phase: 'disconnect', scheme: scheme(data) });
      return;
    case 'MEMORY_FAILURE':
      tell({ kind: 'memory-failure', recipient: String(data['recipient']), action: String(data['action']) });
      return;
    default:
      return;
  }
}

const scheme = (data: QmpEvent['data']): string => {
  const { server } = data;
  return isObject(server) && typeof server['auth'] === 'string' ? server['auth'] : '';
};

/** The disk an event is about: by QOM path (`/machine/peripheral/virtio-disk0/…`), by drive name, or by block node. */
function diskOf(record: GuestRecord, data: QmpEvent['data']): Disk | undefined {
  const told = [data['qom-path'], data['id'], data['device']].filter((item) => typeof item === 'string');
  const node = data['node-name'];
  return record.live?.devices?.disk.find(({ alias, source }) => {
    if (alias === undefined) return false;
    const words = [alias.name, `drive-${alias.name}`];
    if (told.some((text) => text.split('/').some((part) => words.includes(part)))) return true;
    const index = source !== undefined && 'index' in source ? source.index : undefined;
    return typeof node === 'string' && node === `libvirt-${String(index)}-format`;
  });
}

export function sourcePath({ source }: Disk): string {
  if (source === undefined) return '';
  if ('file' in source && typeof source.file === 'string') return source.file;
  return 'dev' in source && typeof source.dev === 'string' ? source.dev : '';
}

/** Work that nobody waits for; what goes wrong in it is logged, and a guest that is gone meanwhile is none of it. */
export function inBackground(
  context: GuestContext,
  record: GuestRecord,
  what: string,
  work: () => Promise<void>,
): void {
  work().catch((error: unknown) => {
    const gone = error instanceof VirError && error.code === 'no-domain';
    if (!gone) context.logger.log('error', `${what} failed`, { name: record.name, error });
  });
}
