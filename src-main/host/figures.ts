/** The host's own figures, from /proc: counters, of which two make a rate. */
import { readProc } from './proc.ts';

export interface HostCounters {
  readonly timeMs: number;
  /** Clock ticks of all CPUs together. */
  readonly cpuBusyTicks: number;
  readonly cpuTotalTicks: number;
  readonly memoryTotalKiB: number;
  readonly memoryUsedKiB: number;
  /** These four are absent where nobody counts them. */
  readonly networkRxBytes?: number;
  readonly networkTxBytes?: number;
  readonly diskReadBytes?: number;
  readonly diskWriteBytes?: number;
}

export function readHostCounters(): HostCounters {
  return {
    timeMs: Date.now(),
    ...parseCpu(readProc('/proc/stat') ?? ''),
    ...parseMemory(readProc('/proc/meminfo') ?? ''),
    ...parseNetwork(readProc('/proc/net/dev') ?? ''),
    ...parseDisks(readProc('/proc/diskstats') ?? ''),
  };
}

/** proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user already. */
export function parseCpu(text: string): Pick<HostCounters, 'cpuBusyTicks' | 'cpuTotalTicks'> {
  const line = /^cpu +(.*)$/m.exec(text)?.[1] ?? '';
  const ticks = line.split(/\s+/).map(Number).slice(0, 8);
  const total = ticks.reduce((sum, value) => sum + value, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { cpuBusyTicks: total - idle, cpuTotalTicks: total };
}

export function parseMemory(text: string): Pick<HostCounters, 'memoryTotalKiB' | 'memoryUsedKiB'> {
  const amount = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const total = amount('MemTotal');
  return { memoryTotalKiB: total, memoryUsedKiB: total - amount('MemAvailable') };
}

/** What crosses the host's own network cards; loopback and the guests' taps would count everything twice. */
export function parseNetwork(text: string): Pick<HostCounters, 'networkRxBytes' | 'networkTxBytes'> {
  let networkRxBytes = 0;
  let networkTxBytes = 0;
  for (const line of text.split('\n')) {
    const match = /^ *([^:]+): *(.*)$/.exec(line);
    if (match === null || /^(?:lo|vnet|tap|virbr|veth|docker|br-)/.test(match[1] ?? '')) continue;
    const values = (match[2] ?? '').split(/ +/).map(Number);
    networkRxBytes += values[0] ?? 0;
    networkTxBytes += values[8] ?? 0;
  }
  return { networkRxBytes, networkTxBytes };
}

const sectorBytes = 512;

/** Whole disks only: partitions and what lies on top of disks would count everything twice. */
export function parseDisks(text: string): Pick<HostCounters, 'diskReadBytes' | 'diskWriteBytes'> {
  let diskReadBytes = 0;
  let diskWriteBytes = 0;
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (!/^(?:[svx]v?d[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(words[2] ?? '')) continue;
    diskReadBytes += Number(words[5]) * sectorBytes;
    diskWriteBytes += Number(words[9]) * sectorBytes;
  }
  return { diskReadBytes, diskWriteBytes };
}
