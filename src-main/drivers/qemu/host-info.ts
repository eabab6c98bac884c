/** What a connection says of the host it is on (`virNodeInfo`). */
import { cpus, freemem, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';
import type { NodeInfo } from '../../engine/driver.ts';
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
