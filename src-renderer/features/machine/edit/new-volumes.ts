/** Files of new disks: wished for while an edit is under way, made when it is applied. */
import type { PoolInfo } from '../../../../src-shared/contract/storage.ts';
import type { JobInfo } from '../../../../src-shared/model/job.ts';
import { EngineError, engine } from '../../../app/client.ts';
import { useJobs } from '../../../app/store/jobs-store.ts';
import { volumeFileName } from '../../storage/new-volume-dialog.tsx';

const GiB = 1024 ** 3;
const waitMs = 120_000;

export interface NewVolume {
  /** The pool's UUID. */
  readonly pool: string;
  readonly name: string;
  readonly format: 'qcow2' | 'raw';
  readonly capacityBytes: number;
  /** Where it will be. */
  readonly path: string;
}

/** Undefined for a pool whose volumes have no path until they are there. */
export function newVolume(
  pool: PoolInfo,
  wish: { readonly name: string; readonly format: 'qcow2' | 'raw'; readonly sizeGiB: number },
): NewVolume | undefined {
  if (pool.path === undefined) return undefined;
  const { format, sizeGiB } = wish;
  const name = volumeFileName(wish.name.trim(), format);
  return { pool: pool.uuid, name, format, capacityBytes: Math.round(sizeGiB * GiB), path: `${pool.path}/${name}` };
}

function ended(id: string): Promise<JobInfo> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const job = useJobs.getState().jobs.get(id);
      if (job === undefined || job.state === 'running') return;
      stop();
      resolve(job);
    };
    const stopListening = useJobs.subscribe(look);
    const timer = window.setTimeout(() => {
      stop();
      reject(new Error(`The task ${id} did not end within ${waitMs / 1000} seconds.`));
    }, waitMs);
    const stop = (): void => {
      stopListening();
      window.clearTimeout(timer);
    };
    look();
  });
}

async function create(uri: string, { pool, name, format, capacityBytes }: NewVolume): Promise<void> {
  const job = await ended(await engine.call('storage.volume-create', { uri, pool, name, format, capacityBytes }));
  if (job.state !== 'succeeded') {
    throw job.error === undefined ? new Error(`The volume '${name}' was not created.`) : new EngineError(job.error);
  }
}

/** Makes the volumes, then does what needs them. When that fails none of them stays. */
export async function withVolumes<T>(uri: string, volumes: readonly NewVolume[], work: () => Promise<T>): Promise<T> {
  const made: NewVolume[] = [];
  try {
    for (const volume of volumes) {
      await create(uri, volume);
      made.push(volume);
    }
    return await work();
  } catch (thrown) {
    await Promise.all(made.map(({ pool, name }) => engine.call('storage.volume-delete', { uri, pool, name })));
    throw thrown;
  }
}
