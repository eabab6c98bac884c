/** What the guest shares with the host or with other guests: folders and memory. */
import type { Filesystem, Shmem } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import { addressProperties } from './address.ts';
import {
  aliasOf,
  chardevAlias,
  type DeviceContext,
  type DeviceProperties,
  type ObjectProperties,
  onOffWord,
  positive,
  vhostUserAlias,
} from './properties.ts';
import { virtioProperties } from './virtio.ts';

export const isVirtiofs = (folder: Filesystem): boolean => folder.driver?.type === 'virtiofs';

const fsdevAlias = (folder: Filesystem): string => `fsdev-${aliasOf(folder)}`;

/** A folder over 9p, or one that virtiofsd serves. */
export function filesystemProperties(folder: Filesystem, { domain, capabilities }: DeviceContext): DeviceProperties {
  const tag = folder.target?.dir ?? '';
  if (!isVirtiofs(folder)) {
    return {
      ...virtioProperties('virtio-9p', folder, folder.model, capabilities),
      id: aliasOf(folder),
      fsdev: fsdevAlias(folder),
      mount_tag: tag,
      ...addressProperties(domain, folder),
    };
  }
  return {
    ...virtioProperties('vhost-user-fs', folder, folder.model, capabilities),
    id: aliasOf(folder),
    chardev: vhostUserAlias(folder),
    'queue-size': positive(folder.driver?.queue),
    tag,
    bootindex: positive(folder.boot?.order),
    ...addressProperties(domain, folder),
  };
}

const securityModels = { mapped: 'mapped', passthrough: 'passthrough', squash: 'none' } as const;

/** What `-fsdev` takes: the options of a folder over 9p. */
export function fsdevOptions(folder: Filesystem): (readonly [name: string, value: string | undefined])[] {
  if (folder.type !== 'mount' && folder.type !== 'bind') {
    throw unsupported(say`A filesystem of type '${folder.type}' is for containers.`);
  }
  const mode = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : value.toString(8).padStart(4, '0');
  return [
    ['security_model', folder.accessmode === undefined ? undefined : securityModels[folder.accessmode]],
    ['multidevs', folder.multidevs],
    ['fmode', mode(folder.fmode)],
    ['dmode', mode(folder.dmode)],
    ['writeout', folder.driver?.wrpolicy],
    ['id', fsdevAlias(folder)],
    ['path', folder.source.dir ?? ''],
  ];
}

export function shmemObject(shmem: Shmem): ObjectProperties | undefined {
  if (shmem.model?.type !== 'ivshmem-plain') return undefined;
  const bytes = shmem.size?.bytes ?? 0;
  return {
    'qom-type': 'memory-backend-file',
    id: `shmmem-${aliasOf(shmem)}`,
    'mem-path': `/dev/shm/${shmem.name}`,
    size: bytes,
    share: true,
  };
}

export function shmemProperties(shmem: Shmem, { domain }: DeviceContext): DeviceProperties {
  const model = shmem.model?.type;
  if (model === undefined || model === 'ivshmem')
    throw unsupported(say`<shmem> '${shmem.name}': QEMU has no 'ivshmem' any more.`);
  const hasServer = shmem.server !== undefined;
  return {
    driver: model,
    id: aliasOf(shmem),
    chardev: hasServer ? chardevAlias(shmem) : undefined,
    memdev: hasServer ? undefined : `shmmem-${aliasOf(shmem)}`,
    master: hasServer || shmem.role === undefined ? undefined : onOffWord(shmem.role === 'master'),
    vectors: positive(shmem.msi?.vectors),
    ioeventfd: shmem.msi?.ioeventfd,
    ...addressProperties(domain, shmem),
  };
}
