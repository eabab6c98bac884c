/** A request and what is known beforehand, for tests to vary. */
import type { Creation, OsInfo, OsResources } from '../../../../src-shared/contract/create.ts';
import type { CreationFacts } from '../../../../src-main/creation/facts.ts';

const gib = 2 ** 30;

export const debian: OsInfo = {
  id: 'http://debian.org/debian/11',
  shortId: 'debian11',
  name: 'Debian 11',
  family: 'linux',
  distro: 'debian',
};

export const resources: OsResources = {
  os: debian,
  memoryKiB: 2 * 2 ** 20,
  minimumMemoryKiB: 2 ** 20,
  vcpus: 2,
  diskBytes: 20 * gib,
  diskBus: 'virtio',
  netModel: 'virtio',
  video: 'virtio',
  sound: 'ich9',
  firmware: 'bios',
  tpm: false,
  machine: 'q35',
  agentChannel: true,
  rng: true,
  balloon: true,
  usbTablet: true,
};

export const spec: Creation = {
  uri: 'qemu:///session',
  name: 'web',
  source: { type: 'iso', path: '/iso/debian-11.iso' },
  osId: debian.id,
  memoryKiB: 2 * 2 ** 20,
  vcpus: 2,
  firmware: 'bios',
  tpm: false,
  machine: 'q35',
  disk: { sizeBytes: 20 * gib, format: 'qcow2', bus: 'virtio' },
  network: 'user',
  netModel: 'virtio',
  forwards: [],
  graphics: 'spice',
  video: 'virtio',
  sound: 'ich9',
  startNow: true,
};

export const facts: CreationFacts = {
  abilities: {
    virtType: 'kvm',
    architecture: 'x86_64',
    graphics: ['vnc', 'spice'],
    videos: ['vga', 'virtio', 'qxl'],
    tpm: true,
    efi: true,
    secureBoot: true,
  },
  host: { cpus: 8, memoryKiB: 16 * 2 ** 20, freeMemoryKiB: 12 * 2 ** 20 },
  names: new Set(['db']),
  os: debian,
  resources,
  medium: { path: '/iso/debian-11.iso', kind: 'iso', format: 'iso', sizeBytes: gib, bootable: true, os: debian },
  pool: {
    uuid: '11111111-2222-4333-8444-555555555555',
    name: 'default',
    type: 'dir',
    active: true,
    persistent: true,
    autostart: true,
    capacityBytes: 500 * gib,
    allocationBytes: 400 * gib,
    availableBytes: 100 * gib,
    path: '/images',
    volumes: 0,
  },
  volumes: new Set(),
  uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  nowMs: Date.parse('2024-06-01'),
  firstFreePort: 1024,
};
