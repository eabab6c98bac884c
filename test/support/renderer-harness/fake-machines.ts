/** Made-up machines, the same for the same number. For looking at the renderer without an engine. */
import type { DomainState, DomainSummary } from '../../../src-shared/model/summary.ts';

/** A small generator of repeatable noise. */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const roles = ['web', 'db', 'cache', 'build', 'mail', 'proxy', 'vpn', 'monitor', 'desktop', 'git', 'queue', 'lab'];
const systems = [
  'http://debian.org/debian/12',
  'http://ubuntu.com/ubuntu/24.04',
  'http://fedoraproject.org/fedora/40',
  'http://microsoft.com/win/11',
  'http://freebsd.org/freebsd/14.0',
];
const titles = ['Customer portal', undefined, undefined, 'Nightly builds', undefined, 'Do not touch', undefined];
const folders = ['lab/web', 'lab/db', 'office', 'production/eu', 'production/us', undefined, undefined];
const tagSets: readonly (readonly string[])[] = [['web', 'eu'], [], ['test'], ['web'], [], ['keep', 'backup'], []];

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

export function fakeMachines(count: number, startedMs: number): readonly DomainSummary[] {
  const random = noise(7);
  return Array.from({ length: count }, (_, index): DomainSummary => {
    const dice = random();
    const state: DomainState =
      index === 3 ? 'paused' : index === 5 ? 'shutoff' : dice < Math.min(0.55, 40 / count) ? 'running' : 'shutoff';
    const active = state !== 'shutoff';
    const title = pick(random, titles);
    const folder = pick(random, folders);
    const memoryKiB = pick(random, [512, 1024, 2048, 4096, 8192]) * 1024;
    const vcpus = pick(random, [1, 2, 2, 4, 8]);
    return {
      uuid: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
      name: `${pick(random, roles)}-${index + 1}`,
      ...(active ? { id: index + 1, startedMs: startedMs - Math.floor(random() ** 3 * 9 * 86_400_000) } : {}),
      state,
      reason: state === 'paused' ? 'user' : active ? 'booted' : index === 5 ? 'crashed' : 'shutdown',
      persistent: true,
      autostart: random() < 0.12,
      hasManagedSave: !active && random() < 0.08,
      pendingChanges: active && random() < 0.06,
      ...(title === undefined ? {} : { title }),
      ...(folder === undefined ? {} : { folder }),
      osType: 'hvm',
      type: 'qemu',
      architecture: 'x86_64',
      machine: 'pc-q35-7.2',
      memoryKiB,
      maxMemoryKiB: memoryKiB,
      vcpus,
      maxVcpus: vcpus,
      addresses: active && random() < 0.9 ? [`192.168.122.${(index % 250) + 2}`] : [],
      osId: pick(random, systems),
      tags: pick(random, tagSets),
      hasGraphics: random() < 0.9,
      ...(index === 1 ? { note: 'Hardware virtualisation is not usable here; the guest is emulated and slower.' } : {}),
    };
  });
}
