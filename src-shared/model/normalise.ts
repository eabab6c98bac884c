/** What libvirt makes of the definitions of networks, storage pools and volumes before any backend looks at them. */
import type { Network } from './network.ts';
import type { StoragePermissions, StoragePool, StoragePoolSource } from './storage-pool.ts';
import type { StorageVolume } from './storage-volume.ts';

/** Without double or trailing slashes, except the two that POSIX lets a path begin with; URIs stay as they are. */
export function sanitizePath(path: string): string {
  if (/^[^/]*:\/\//.test(path)) return path;
  const head = /^\/\/(?!\/)/.test(path) ? '/' : '';
  const single = path.slice(head.length).replace(/\/{2,}/g, '/');
  return head + (single.length > 1 ? single.replace(/\/$/, '') : single);
}

/** The interface `dev` names and the first one listed are the same; a network with a bridge of its own has STP on. */
export function normaliseNetwork(network: Network): Network {
  const { forward, bridge, ipv6, ...rest } = network;
  const mode = forward?.mode;
  const ownsBridge = mode === undefined || mode === 'nat' || mode === 'route' || mode === 'open';
  const dev = forward?.dev ?? (forward?.pf.length === 0 ? forward.interface[0]?.dev : undefined);
  return {
    ...rest,
    ...(ipv6 === true ? { ipv6 } : {}),
    ...(forward === undefined
      ? {}
      : {
          forward: {
            ...forward,
            ...(dev === undefined ? {} : { dev }),
            ...(mode === 'hostdev' ? { managed: forward.managed ?? false } : {}),
            interface: forward.interface.length === 0 && dev !== undefined ? [{ dev }] : forward.interface,
          },
        }),
    ...(ownsBridge ? { bridge: { ...bridge, stp: bridge?.stp ?? true, delay: bridge?.delay ?? 0 } } : {}),
    ...(!ownsBridge && bridge !== undefined ? { bridge } : {}),
  };
}

/** Pools whose source has a name of its own, which is the pool's unless given. */
const namedSources: readonly StoragePool['type'][] = ['logical', 'rbd', 'sheepdog', 'gluster', 'zfs', 'vstorage'];

/** Pools that are no folder or device of this host. */
const remoteSources: readonly StoragePool['type'][] = ['rbd', 'sheepdog', 'gluster', 'iscsi-direct'];

const sourceFormats: Partial<Record<StoragePool['type'], string>> = {
  logical: 'lvm2',
  fs: 'auto',
  netfs: 'auto',
  disk: 'unknown',
};

/** Sizes are found out when the pool starts: a definition has none. */
export function normaliseStoragePool(pool: StoragePool): StoragePool {
  const named = namedSources.includes(pool.type);
  const name = pool.name ?? (named ? pool.source?.name : undefined);
  const sourceName = pool.source?.name ?? name;
  const { target: _target, ...rest } = pool;
  const target = remoteSources.includes(pool.type) ? undefined : poolTarget(pool, sourceName);
  return {
    ...rest,
    ...(name === undefined ? {} : { name }),
    capacity: { bytes: 0 },
    allocation: { bytes: 0 },
    available: { bytes: 0 },
    source: poolSource(pool, named ? sourceName : undefined),
    ...(target === undefined ? {} : { target }),
  };
}

function poolSource(pool: StoragePool, name: string | undefined): StoragePoolSource {
  const { name: _name, dir: givenDir, ...given } = pool.source ?? { host: [], device: [] };
  const dir = givenDir ?? (pool.type === 'gluster' ? { path: '/' } : undefined);
  const format = sourceFormats[pool.type];
  return {
    ...given,
    device: given.device.map((device) => ({ ...device, freeExtent: [] })),
    ...(dir === undefined ? {} : { dir: { ...dir, path: sanitizePath(dir.path) } }),
    ...(name === undefined ? {} : { name }),
    ...(format === undefined ? {} : { format: given.format ?? { type: format } }),
  };
}

function poolTarget(pool: StoragePool, sourceName: string | undefined): StoragePool['target'] {
  const given = pool.target?.path;
  const path = pool.type === 'logical' ? `/dev/${sourceName}` : pool.type === 'zfs' ? `/dev/zvol/${sourceName}` : given;
  const permissions = normalisePermissions(pool.target?.permissions);
  return {
    ...pool.target,
    ...(path === undefined ? {} : { path: sanitizePath(path) }),
    ...(permissions === undefined ? {} : { permissions }),
  };
}

/** `-1` says nothing, as does its unsigned spelling. */
function normalisePermissions(given: StoragePermissions | undefined): StoragePermissions | undefined {
  if (given === undefined) return undefined;
  const { owner, group, ...rest } = given;
  const isSet = (id: number | undefined): id is number => id !== undefined && id !== -1 && id !== 0xffff_ffff;
  return { ...rest, ...(isSet(owner) ? { owner } : {}), ...(isSet(group) ? { group } : {}) };
}

/** Formats that volumes of a pool may have; pools of other types have none. */
const volumeFormats: Partial<Record<StoragePool['type'], string>> = {
  dir: 'raw',
  fs: 'raw',
  netfs: 'raw',
  rbd: 'raw',
  gluster: 'raw',
  vstorage: 'raw',
  disk: 'none',
};

type VolumeImage = NonNullable<StorageVolume['target']>;

/** A volume of a pool of type `poolType`; what only a scan can know is left out. */
export function normaliseStorageVolume(volume: StorageVolume, poolType: StoragePool['type']): StorageVolume {
  const { source: _source, physical: _physical, ...rest } = volume;
  const format = volumeFormats[poolType];
  const capacity = volume.capacity ?? { bytes: 0 };
  const target = normaliseImage(volume.target ?? {}, format);
  return {
    ...rest,
    type: volume.type ?? 'file',
    capacity,
    allocation: volume.allocation ?? capacity,
    target: {
      ...target,
      ...(target.features === undefined ? {} : { compat: target.compat ?? '1.1' }),
    },
    ...(volume.backingStore?.path === undefined ? {} : { backingStore: normaliseImage(volume.backingStore, format) }),
  };
}

function normaliseImage(image: VolumeImage, format: string | undefined): VolumeImage {
  const { timestamps: _timestamps, format: given, permissions: set, ...rest } = image;
  const permissions = normalisePermissions(set);
  return {
    ...rest,
    ...(format === undefined ? {} : { format: given ?? { type: format } }),
    ...(permissions === undefined || Object.keys(permissions).length === 0 ? {} : { permissions }),
  };
}
