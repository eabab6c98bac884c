/** What a connection says of the host it is on (`virNodeInfo`). */
import { cpus, freemem, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { NodeCpuStats, NodeInfo, NodeMemoryStats } from '../../engine/driver.ts';
import { readIfThere } from '../../host/files.ts';
import { hostArchitecture } from './capabilities/emulators.ts';

export function nodeInfo(): NodeInfo {
  const processors = cpus();
  const topology = processors.map((_, index) => {
    const folder = `/sys/devices/system/cpu/cpu${index}/topology`;
    const read = (name: string): string => readIfThere(`${folder}/${name}`)?.trim() ?? '0';
    return { socket: read('physical_package_id'), core: read('core_id') };
  });
  const sockets = new Set(topology.map(({ socket }) => socket)).size;
  const allCores = new Set(topology.map(({ socket, core }) => `${socket}:${core}`)).size;
  const cores = Math.max(1, Math.round(allCores / Math.max(1, sockets)));
  return {
    model: hostArchitecture(),
    memoryKiB: Math.floor(totalmem() / 1024),
    cpus: processors.length,
    mhz: Math.round(Math.max(...processors.map(({ speed }) => speed), 0)),
    nodes: 1,
    sockets: Math.max(1, sockets),
    cores,
    threads: Math.max(1, Math.round(processors.length / (Math.max(1, sockets) * cores))),
  };
}

/** What programs could get without pushing others out: `MemAvailable` where the kernel tells. */
export function availableMemoryBytes(): number {
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return available === undefined ? freemem() : Number(available) * 1024;
}

/** Of all kernels that Node runs on. */
const nanosecondsPerTick = 10_000_000;

/** @throws VirError `invalid-arg` for a processor there is not. */
export function nodeCpuStats(cpu?: number): NodeCpuStats {
  const line = new RegExp(`^cpu${cpu ?? ''} +(.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'))?.[1];
  if (line === undefined) {
    throw new VirError({ code: 'invalid-arg', domain: 'none', message: say`Invalid cpuNum in virNodeGetCPUStats` });
  }
  // proc(5): user, nice, system, idle, iowait, irq, softirq.
  const ticks = line.split(/ +/).map(Number);
  const ns = (...fields: readonly number[]): number =>
    fields.reduce((sum, field) => sum + (ticks[field] ?? 0), 0) * nanosecondsPerTick;
  return { userNs: ns(0, 1), kernelNs: ns(2, 5, 6), idleNs: ns(3), ioWaitNs: ns(4) };
}

export function nodeMemoryStats(): NodeMemoryStats {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const amount = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    totalKiB: amount('MemTotal'),
    freeKiB: amount('MemFree'),
    buffersKiB: amount('Buffers'),
    cachedKiB: amount('Cached'),
  };
}
