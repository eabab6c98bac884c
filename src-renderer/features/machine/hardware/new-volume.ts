/** Makes the file of a new disk and waits until it is there. */
import type { JobInfo } from '../../../../src-shared/model/job.ts';
import type { PoolInfo } from '../../../../src-shared/contract/storage.ts';
import { EngineError, engine } from '../../../app/client.ts';
import { useJobs } from '../../../app/store/jobs-store.ts';
import { volumeFileName } from '../../storage/new-volume-dialog.tsx';

const GiB = 1024 ** 3;
const waitMs = 120_000;

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

/** @returns the path of the new volume. */
export async function createVolume(
  uri: string,
  pool: PoolInfo,
  wish: { readonly name: string; readonly format: 'qcow2' | 'raw'; readonly sizeGiB: number },
): Promise<string> {
  const name = volumeFileName(wish.name.trim(), wish.format);
  const id = await engine.call('storage.volume-create', {
    uri,
    pool: pool.uuid,
    name,
    format: wish.format,
    capacityBytes: Math.round(wish.sizeGiB * GiB),
  });
  const job = await ended(id);
  if (job.state !== 'succeeded') {
    throw job.error === undefined ? new Error(`The volume '${name}' was not created.`) : new EngineError(job.error);
  }
  const volumes = await engine.call('storage.volumes', { uri, pool: pool.uuid });
  return volumes.find((volume) => volume.name === name)?.path ?? `${pool.path ?? ''}/${name}`;
}
