import * as z from 'zod';
import type { PoolSummary, VolumeSummary } from '../model/storage-summary.ts';
import { bytes, name, path, uri, uuid } from './arguments.ts';
import { call } from './call.ts';

export type PoolInfo = PoolSummary;

export interface VolumeInfo extends VolumeSummary {
  /** Names of the machines that use it. */
  readonly usedBy: readonly string[];
}

const volume = z.object({ uri, pool: uuid, name });

export const storageCalls = {
  'storage.pools': call(z.object({ uri })).returns<readonly PoolInfo[]>(),
  'storage.default-pool': call(z.object({ uri })).returns<PoolInfo>(),
  'storage.pool-xml': call(z.object({ uri, pool: uuid, inactive: z.boolean().optional() })).returns<string>(),
  'storage.pool-define': call(z.object({ uri, xml: z.string().max(1 << 20) })).returns<PoolInfo>(),
  'storage.pool-start': call(z.object({ uri, pool: uuid })).returns<void>(),
  'storage.pool-build': call(z.object({ uri, pool: uuid })).returns<void>(),
  'storage.pool-destroy': call(z.object({ uri, pool: uuid })).returns<void>(),
  'storage.pool-undefine': call(z.object({ uri, pool: uuid })).returns<void>(),
  'storage.pool-refresh': call(z.object({ uri, pool: uuid })).returns<void>(),
  'storage.pool-set-autostart': call(z.object({ uri, pool: uuid, autostart: z.boolean() })).returns<void>(),
  'storage.volumes': call(z.object({ uri, pool: uuid })).returns<readonly VolumeInfo[]>(),
  'storage.volume-xml': call(volume).returns<string>(),
  'storage.volume-create': call(
    z.object({
      ...volume.shape,
      format: z.enum(['raw', 'qcow2', 'vmdk', 'vdi']),
      capacityBytes: bytes,
      preallocate: z.boolean().optional(),
      backing: z.object({ path, format: z.string().max(32) }).optional(),
    }),
  ).returns<string>(),
  'storage.volume-resize': call(
    z.object({ ...volume.shape, capacityBytes: bytes, shrink: z.boolean().optional() }),
  ).returns<void>(),
  'storage.volume-delete': call(volume).returns<void>(),
  /** Job ids. */
  'storage.volume-upload': call(z.object({ ...volume.shape, from: path })).returns<string>(),
  'storage.volume-download': call(z.object({ ...volume.shape, to: path })).returns<string>(),
  'storage.import': call(
    z.object({
      uri,
      pool: uuid,
      path,
      name,
      format: z.string().max(32),
      convertTo: z.enum(['qcow2', 'raw']).optional(),
    }),
  ).returns<string>(),
  'storage.free-space': call(z.object({ path })).returns<{ readonly freeBytes: number; readonly totalBytes: number }>(),
};
