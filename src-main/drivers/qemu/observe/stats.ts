/**
 * Figures of guests. The kernel is asked for whatever it knows; QEMU only for what nobody else does and this guest has:
 * one command where there are disks, one where its balloon reports. All guests are asked at once.
 */
import { statSync } from 'node:fs';
import type { Disk } from '../../../../src-shared/model/domain/index.ts';
import { domainStateNumbers, domainStateReasons } from '../../../../src-shared/model/summary.ts';
import type { DomainStats, StatsGroup } from '../../../engine/stats.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { localPath } from '../process/disk-sources.ts';
import type { QmpClient } from '../qmp/client.ts';
import { isObject, type JsonObject } from '../qmp/message.ts';
import { object, objects, optionalText } from '../qmp/reply.ts';
import { isCableCard } from '../../../network/ports/card.ts';
import { imageInfo } from './block-info.ts';
import { networkStats, readDeviceTable } from './network-stats.ts';
import { processFigures, threadPlace, threadSchedule, vcpuThreads } from './process-stats.ts';

/** A guest whose QEMU does not answer must not hold up the figures of the others for long. */
const answerTimeoutMs = 2_000;

export async function guestStats(
  context: GuestContext,
  uuids?: readonly string[],
  groups?: readonly StatsGroup[],
): Promise<readonly DomainStats[]> {
  const records = uuids === undefined ? context.table.records() : uuids.map((uuid) => context.table.get(uuid));
  const wantsNet = groups === undefined || groups.includes('net');
  const hasCables = records.some(({ live }) => live?.devices?.interface.some(isCableCard) === true);
  const devices = wantsNet && hasCables ? readDeviceTable() : undefined;
  return await Promise.all(records.map((record) => statsOf(context, record, groups, devices)));
}

async function statsOf(
  context: GuestContext,
  record: GuestRecord,
  groups: readonly StatsGroup[] | undefined,
  networkDevices: ReadonlyMap<string, readonly number[]> | undefined,
): Promise<DomainStats> {
  const wants = (group: StatsGroup): boolean => groups === undefined || groups.includes(group);
  const { state, reason } = record.state;
  const base = {
    uuid: record.uuid,
    name: record.name,
    state: {
      state: domainStateNumbers[state],
      reason: (domainStateReasons[state] as readonly string[]).indexOf(reason),
    },
  };
  const instance = record.runtime;
  const pid = instance?.process?.pid;
  if (instance === undefined || pid === undefined) {
    // Figures of definitions are for those who ask for them by name.
    return groups === undefined ? base : { ...base, ...(await definedFigures(record, groups)) };
  }
  const { monitor } = instance;
  const canAsk = monitor !== undefined && instance.phase === 'running' && !instance.ending;
  const [block, guest] = canAsk
    ? await Promise.all([
        wants('block') ? blockStats(context, record, instance, monitor) : undefined,
        wants('balloon') ? balloonStats(context, record, monitor) : undefined,
      ])
    : [undefined, undefined];
  const figures = processFigures(pid);
  if (figures === undefined) return base;
  const { userNs, systemNs, rssKiB } = figures;
  const cards = record.live?.devices?.interface ?? [];
  const net = networkDevices === undefined ? undefined : networkStats(cards, networkDevices);
  return {
    ...base,
    cpu: { userNs, systemNs, timeNs: userNs + systemNs },
    balloon: {
      currentKiB: instance.balloonKiB ?? record.current.currentMemory?.KiB ?? 0,
      maximumKiB: record.current.memory?.KiB ?? 0,
      rssKiB,
      ...guest,
    },
    ...(wants('vcpu') ? { vcpu: vcpuStats(record, instance, pid, groups !== undefined) } : {}),
    ...(net === undefined ? {} : { net }),
    ...(block === undefined ? {} : { block }),
  };
}

/** What is known of one that does not run: what it would have. */
async function definedFigures(
  record: GuestRecord,
  groups: readonly StatsGroup[],
): Promise<Pick<DomainStats, 'balloon' | 'vcpu' | 'block'>> {
  const { memory, currentMemory, vcpu, devices } = record.current;
  const maximumKiB = memory?.KiB ?? 0;
  const maximum = vcpu?.value ?? 1;
  const block = groups.includes('block') ? await Promise.all((devices?.disk ?? []).map(definedDisk)) : [];
  return {
    ...(groups.includes('balloon') ? { balloon: { currentKiB: currentMemory?.KiB ?? maximumKiB, maximumKiB } } : {}),
    ...(groups.includes('vcpu') ? { vcpu: { current: vcpu?.current ?? maximum, maximum, each: [] } } : {}),
    ...(groups.includes('block') ? { block } : {}),
  };
}

async function definedDisk(disk: Disk): Promise<NonNullable<DomainStats['block']>[number]> {
  const path = localPath(disk);
  const nothing = { readRequests: 0, readBytes: 0, readTimeNs: 0, writeRequests: 0, writeBytes: 0, writeTimeNs: 0 };
  const base = { name: disk.target.dev, ...nothing, flushRequests: 0, flushTimeNs: 0 };
  if (path === undefined) return base;
  // An image that is missing has no figures; starting the machine is what says so.
  const image = statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : await imageInfo(path);
  return { ...base, path, ...image };
}

function vcpuStats(
  record: GuestRecord,
  instance: Instance,
  pid: number,
  inDetail: boolean,
): NonNullable<DomainStats['vcpu']> {
  const current = record.current.vcpu?.current ?? record.current.vcpu?.value ?? 1;
  if (instance.vcpuThreads === undefined || instance.vcpuThreads.size !== current) {
    instance.vcpuThreads = vcpuThreads(pid);
  }
  const each = [...instance.vcpuThreads].map(([id, thread]) => {
    const schedule = threadSchedule(pid, thread);
    // libvirt's VIR_VCPU_RUNNING; whether it is halted is nothing the kernel knows.
    if (schedule === undefined) return { id, state: 1, timeNs: 0 };
    const figures = { id, state: 1, timeNs: schedule.runNs, delayNs: schedule.waitNs };
    return inDetail ? { ...figures, ...threadPlace(pid, thread) } : figures;
  });
  return { current, maximum: record.current.vcpu?.value ?? current, each: each.sort((a, b) => a.id - b.id) };
}

type GuestMemory = Partial<NonNullable<DomainStats['balloon']>>;

/** What the guest's balloon driver reports, where the definition has it report (`<stats period=…/>`). */
async function balloonStats(
  context: GuestContext,
  record: GuestRecord,
  monitor: QmpClient,
): Promise<GuestMemory | undefined> {
  const balloon = record.live?.devices?.memballoon;
  if (balloon?.stats === undefined || balloon.stats.period === 0 || balloon.alias === undefined) return undefined;
  const path = `/machine/peripheral/${balloon.alias.name}`;
  const reply = await tryAsk(context, record, monitor, 'qom-get', { path, property: 'guest-stats' });
  if (!isObject(reply) || !isObject(reply['stats'])) return undefined;
  const lastUpdateS = reply['last-update'];
  // A driver that has not reported yet leaves every figure at -1.
  if (typeof lastUpdateS !== 'number' || lastUpdateS === 0) return undefined;
  const { stats } = reply;
  return {
    ...inKiB(stats, 'stat-total-memory', 'availableKiB'),
    ...inKiB(stats, 'stat-free-memory', 'unusedKiB'),
    ...inKiB(stats, 'stat-available-memory', 'usableKiB'),
    ...inKiB(stats, 'stat-swap-in', 'swapInKiB'),
    ...inKiB(stats, 'stat-swap-out', 'swapOutKiB'),
    ...plain(stats, 'stat-major-faults', 'majorFaults'),
    ...plain(stats, 'stat-minor-faults', 'minorFaults'),
    ...inKiB(stats, 'stat-disk-caches', 'diskCachesKiB'),
    ...plain(stats, 'stat-htlb-pgalloc', 'hugetlbAllocations'),
    ...plain(stats, 'stat-htlb-pgfail', 'hugetlbFailures'),
    lastUpdateS,
  };
}

/** Not reported is 2⁶⁴ − 1. */
const reported = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 2 ** 63;

function plain<K extends string>(from: JsonObject, key: string, name: K): { readonly [N in K]?: number } {
  const value = from[key];
  return (reported(value) ? { [name]: value } : {}) as { readonly [N in K]?: number };
}

function inKiB<K extends string>(from: JsonObject, key: string, name: K): { readonly [N in K]?: number } {
  const value = from[key];
  return (reported(value) ? { [name]: Math.floor(value / 1024) } : {}) as { readonly [N in K]?: number };
}

async function blockStats(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  monitor: QmpClient,
): Promise<DomainStats['block']> {
  const disks = (record.live?.devices?.disk ?? []).filter(({ source }) => source !== undefined);
  if (disks.length === 0) return undefined;
  const unknown = disks.some((disk) => {
    const node = nodeOf(disk);
    return node !== undefined && !instance.blockSizes.has(node);
  });
  const [reply, nodes] = await Promise.all([
    tryAsk(context, record, monitor, 'query-blockstats', {}),
    unknown ? tryAsk(context, record, monitor, 'query-named-block-nodes', { flat: true }) : undefined,
  ]);
  if (reply === undefined) return undefined;
  for (const node of nodes === undefined ? [] : objects(nodes, 'query-named-block-nodes')) {
    const { image } = node;
    const name = optionalText(node, 'node-name');
    const size = isObject(image) ? image['virtual-size'] : undefined;
    if (name !== undefined && typeof size === 'number') instance.blockSizes.set(name, size);
  }
  const entries = objects(reply, 'query-blockstats');
  return disks.flatMap((disk) => {
    const entry = entries.find((item) => isOf(item, disk));
    return entry === undefined ? [] : [diskStats(disk, entry, instance)];
  });
}

/** Devices are told by the path of their object, or by the node they read from. */
function isOf(entry: JsonObject, disk: Disk): boolean {
  const alias = disk.alias?.name ?? '';
  const qdev = optionalText(entry, 'qdev') ?? '';
  return qdev.split('/').includes(alias) || qdev === alias || optionalText(entry, 'node-name') === nodeOf(disk);
}

/** The node that knows the size of what the guest sees. */
function nodeOf(disk: Disk): string | undefined {
  const index = disk.source?.index;
  return index === undefined ? undefined : `libvirt-${index}-format`;
}

function diskStats(disk: Disk, entry: JsonObject, instance: Instance): NonNullable<DomainStats['block']>[number] {
  const stats = object(entry['stats'], 'block statistics');
  const figure = (name: string): number => (typeof stats[name] === 'number' ? stats[name] : 0);
  const path = localPath(disk);
  const node = nodeOf(disk);
  const capacityBytes = node === undefined ? undefined : instance.blockSizes.get(node);
  const physicalBytes = path === undefined ? undefined : allocated(path);
  return {
    name: disk.target.dev,
    ...(path === undefined ? {} : { path }),
    ...(disk.source?.index === undefined ? {} : { backingIndex: disk.source.index }),
    readRequests: figure('rd_operations'),
    readBytes: figure('rd_bytes'),
    readTimeNs: figure('rd_total_time_ns'),
    writeRequests: figure('wr_operations'),
    writeBytes: figure('wr_bytes'),
    writeTimeNs: figure('wr_total_time_ns'),
    flushRequests: figure('flush_operations'),
    flushTimeNs: figure('flush_total_time_ns'),
    allocationBytes: figure('wr_highest_offset'),
    ...(capacityBytes === undefined ? {} : { capacityBytes }),
    ...(physicalBytes === undefined ? {} : { physicalBytes }),
  };
}

const allocated = (path: string): number | undefined => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : found.isFile() ? found.blocks * 512 : found.size;
};

/** Figures are best effort: a guest that just ends, or a QEMU that hangs, leaves a gap. */
async function tryAsk(
  context: GuestContext,
  record: GuestRecord,
  monitor: QmpClient,
  command: string,
  args: object,
): Promise<unknown> {
  try {
    return await monitor.execute(command, args, { timeoutMs: answerTimeoutMs });
  } catch (thrown) {
    context.logger.log('debug', 'a figure of a guest is missing', { name: record.name, command, error: thrown });
    return undefined;
  }
}
