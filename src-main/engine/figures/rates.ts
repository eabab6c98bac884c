/** Rates from two readings of counters: of a machine, and of the host. */
import type { DomainStatsSample, HostStatsSample } from '../../../src-shared/contract/events.ts';
import type { HostCounters } from '../../host/figures.ts';
import type { DomainStats } from '../stats.ts';
import type { Figures } from './series.ts';
import { domainStateNumbers, type DomainState } from '../../../src-shared/model/summary.ts';

const stateByNumber = new Map(
  Object.entries(domainStateNumbers).map(([state, number]) => [number, state as DomainState]),
);

/** A counter that went back started anew; that second has no rate. */
function perSecond(now: number | undefined, before: number | undefined, elapsedMs: number): number | undefined {
  if (now === undefined || before === undefined || now < before || elapsedMs <= 0) return undefined;
  return ((now - before) * 1000) / elapsedMs;
}

function sum<T>(list: readonly T[] | undefined, value: (item: T) => number): number | undefined {
  return list?.reduce((total, item) => total + value(item), 0);
}

/** The figures that there are. */
function known<K extends string>(values: Readonly<Record<K, number | undefined>>): Partial<Record<K, number>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<K, number>
  >;
}

/** What a machine did between two readings; what can't be known is absent, with the reason. */
export function domainSample(now: DomainStats, before: DomainStats | undefined, elapsedMs: number): DomainStatsSample {
  const blanks: Record<string, string> = {};
  const vcpus = now.vcpu?.current ?? 1;
  const cpu = perSecond(now.cpu?.timeNs, before?.cpu?.timeNs, elapsedMs);
  if (now.cpu === undefined) blanks['cpu'] = 'blank.no-cpu-time';
  const { balloon } = now;
  const memoryUsedKiB =
    balloon?.unusedKiB !== undefined && balloon.availableKiB !== undefined
      ? balloon.availableKiB - balloon.unusedKiB
      : balloon?.rssKiB;
  if (balloon?.unusedKiB === undefined) blanks['memory'] = 'blank.no-balloon-driver';
  if (now.block === undefined) blanks['disk'] = 'blank.no-disk';
  if (now.net === undefined) blanks['network'] = 'blank.no-network-counters';
  const values = {
    cpu: cpu === undefined ? undefined : Math.min(1, cpu / 1e9 / vcpus),
    memoryUsedKiB,
    memoryTotalKiB: balloon?.currentKiB,
    diskReadBytesPerSecond: perSecond(
      sum(now.block, (disk) => disk.readBytes),
      sum(before?.block, (disk) => disk.readBytes),
      elapsedMs,
    ),
    diskWriteBytesPerSecond: perSecond(
      sum(now.block, (disk) => disk.writeBytes),
      sum(before?.block, (disk) => disk.writeBytes),
      elapsedMs,
    ),
    networkRxBytesPerSecond: perSecond(
      sum(now.net, (card) => card.rxBytes),
      sum(before?.net, (card) => card.rxBytes),
      elapsedMs,
    ),
    networkTxBytesPerSecond: perSecond(
      sum(now.net, (card) => card.txBytes),
      sum(before?.net, (card) => card.txBytes),
      elapsedMs,
    ),
  };
  return {
    uuid: now.uuid,
    state: stateByNumber.get(now.state.state) ?? 'nostate',
    ...known(values),
    ...(Object.keys(blanks).length === 0 ? {} : { blanks }),
  };
}

export function hostSample(now: HostCounters, before: HostCounters | undefined): HostStatsSample {
  const elapsedMs = before === undefined ? 0 : now.timeMs - before.timeMs;
  const rate = (key: 'networkRxBytes' | 'networkTxBytes' | 'diskReadBytes' | 'diskWriteBytes'): number | undefined =>
    now[key] === undefined ? undefined : (perSecond(now[key], before?.[key], elapsedMs) ?? 0);
  const counted = {
    networkRxBytesPerSecond: rate('networkRxBytes'),
    networkTxBytesPerSecond: rate('networkTxBytes'),
    diskReadBytesPerSecond: rate('diskReadBytes'),
    diskWriteBytesPerSecond: rate('diskWriteBytes'),
  };
  const ticks = now.cpuTotalTicks - (before?.cpuTotalTicks ?? now.cpuTotalTicks);
  return {
    cpu: ticks <= 0 || before === undefined ? 0 : (now.cpuBusyTicks - before.cpuBusyTicks) / ticks,
    memoryTotalKiB: now.memoryTotalKiB,
    memoryUsedKiB: now.memoryUsedKiB,
    ...known(counted),
  };
}

/** What is kept of a sample. */
export function figuresOf(sample: Omit<DomainStatsSample, 'uuid' | 'state'> | HostStatsSample): Figures {
  const pairs: [keyof Figures, number | undefined][] = [
    ['cpu', sample.cpu],
    ['memory', sample.memoryUsedKiB],
    ['diskRead', sample.diskReadBytesPerSecond],
    ['diskWrite', sample.diskWriteBytesPerSecond],
    ['networkRx', sample.networkRxBytesPerSecond],
    ['networkTx', sample.networkTxBytesPerSecond],
  ];
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
