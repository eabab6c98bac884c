/** What a run takes from the host: free ports, page sizes, a device to render with. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';
import { readIfThere } from '../../../host/files.ts';
import type { HugepageMount } from '../devices/memory-backend.ts';

const pageSizeKiB = 4;

/** libvirt's ranges for displays. */
const ranges = {
  vnc: [5900, 65_535],
  'vnc-websocket': [5700, 65_535],
  spice: [5900, 65_535],
  'spice-tls': [5900, 65_535],
} as const;

export interface Ports {
  /** @throws VirError when none is free. */
  allocate(use: keyof typeof ranges): number;
}

/** Hands out TCP ports that nobody listens on. */
export class PortAllocator {
  readonly #taken = new Set<number>();

  /** For one start: what is handed out is nobody else's until QEMU, which then listens on it, is there. */
  reserve(): Ports & { release(): void } {
    const own: number[] = [];
    return {
      allocate: (use) => {
        const port = this.#allocate(use);
        own.push(port);
        return port;
      },
      release: () => {
        for (const port of own) this.#taken.delete(port);
      },
    };
  }

  #allocate(use: keyof typeof ranges): number {
    const listening = listeningPorts();
    const [first, last] = ranges[use];
    for (let port: number = first; port <= last; port += 1) {
      if (this.#taken.has(port) || listening.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
    throw new VirError({
      code: 'internal-error',
      domain: 'qemu',
      message: say`No TCP port from ${first} to ${last} is free for a display.`,
    });
  }
}

/** From the kernel's tables, where state 0A is listening. */
function listeningPorts(): Set<number> {
  const ports = new Set<number>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (readIfThere(file) ?? '').split('\n').slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/);
      if (state === '0A' && local !== undefined)
        ports.add(Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
    }
  }
  return ports;
}

export const hostPageSizeKiB = (): number => pageSizeKiB;

/** Where huge pages can be had: the mounts of `hugetlbfs`. */
export function hugepageMounts(): HugepageMount[] {
  const defaultSize = /^Hugepagesize:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  const mounts: HugepageMount[] = [];
  for (const line of (readIfThere('/proc/mounts') ?? '').split('\n')) {
    const [, path, type, options = ''] = line.split(' ');
    if (type !== 'hugetlbfs' || path === undefined) continue;
    const given = /pagesize=(\d+)([KMG])/.exec(options);
    const unit = { K: 1, M: 1024, G: 1024 * 1024 }[given?.[2] ?? 'K'] ?? 1;
    const sizeKiB = given?.[1] === undefined ? Number(defaultSize) : Number(given[1]) * unit;
    mounts.push({ path, sizeKiB, isDefault: sizeKiB === Number(defaultSize) });
  }
  return mounts;
}

/** The first device for rendering without a display. */
export function renderNode(): string | undefined {
  const folder = '/dev/dri';
  if (!existsSync(folder)) return undefined;
  const [name] = readdirSync(folder)
    .filter((item) => item.startsWith('renderD'))
    .sort();
  return name === undefined ? undefined : `${folder}/${name}`;
}
