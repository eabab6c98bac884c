/**
 * Makes a planned machine: its images, its definition, its first start. Each step knows how to take itself back; when
 * one fails, or the whole is cancelled, those done are undone in reverse, and nothing half-made stays behind.
 */
import type { Creation, MediumInfo } from '../../src-shared/contract/create.ts';
import { VirError } from '../../src-shared/errors.ts';
import { formatDomain } from '../../src-shared/model/domain/index.ts';
import { say } from '../../src-shared/words.ts';
import { type Connection, need } from '../engine/driver.ts';
import type { Job, JobControl, JobRegistry } from '../engine/jobs.ts';
import type { Logger } from '../engine/logger.ts';
import type { StorageApi, VolumeSummary } from '../engine/storage-api.ts';
import { checkDownload } from './check-download.ts';
import { download, forgetDownload } from './download.ts';
import { findingSentence } from './findings.ts';
import type { Plan, PlannedImage } from './plan.ts';

export interface RunParts {
  readonly connection: Connection;
  readonly jobs: JobRegistry;
  readonly logger: Logger;
  /** Where unfinished downloads are kept. */
  readonly downloadFolder: string;
  identify(path: string): Promise<MediumInfo>;
  /** Plans again, for what a downloaded file turned out to be. */
  planFor(spec: Creation, uuid: string): Promise<Plan>;
}

/** How a step that was done is taken back. */
type Undo = () => Promise<unknown>;

/** @returns the UUID of the machine, which is that of the plan */
export async function runPlan(spec: Creation, first: Plan, parts: RunParts, control: JobControl): Promise<string> {
  const undo: Undo[] = [];
  try {
    refuseErrors(first, spec.name);
    const { plan, finish } = await withDownload(spec, first, parts, control, undo);
    for (const image of plan.images) {
      control.signal.throwIfAborted();
      if (image.kind !== 'download') await makeImage(image, parts, control, undo);
    }
    control.signal.throwIfAborted();
    const uuid = await makeMachine(spec, plan, parts.connection, undo);
    await finish();
    return uuid;
  } catch (thrown) {
    for (const step of undo.reverse()) {
      await step().catch((error: unknown) =>
        parts.logger.log('error', 'A step of a creation could not be taken back.', { machine: spec.name, error }),
      );
    }
    throw thrown;
  }
}

/** @throws VirError with every reason why this can't be made. */
function refuseErrors({ findings }: Plan, name: string): void {
  const errors = findings.filter(({ severity }) => severity === 'error').map(findingSentence);
  if (errors.length === 0) return;
  throw new VirError({
    code: 'operation-invalid',
    domain: 'none',
    message: say`The machine '${name}' can't be made.`,
    cause: errors.join(' '),
  });
}

const nothingToFinish = (): Promise<void> => Promise.resolve();

/** The file is fetched first: what is in it decides what the machine gets. */
async function withDownload(
  spec: Creation,
  plan: Plan,
  parts: RunParts,
  control: JobControl,
  undo: Undo[],
): Promise<{ readonly plan: Plan; readonly finish: () => Promise<void> }> {
  const image = plan.images.find((item) => item.kind === 'download');
  if (image === undefined) return { plan, finish: nothingToFinish };
  const { downloadFolder: folder, connection } = parts;
  const { url } = image;
  const fetched = await download({ url, folder, signal: control.signal, progress: control.progress });
  let medium: MediumInfo;
  try {
    medium = await checkDownload(fetched, url, parts.identify);
  } catch (thrown) {
    // Fetching the same again would not make it better.
    await forgetDownload(folder, url);
    throw thrown;
  }
  const { format } = medium;
  // Until the machine is there, trying again starts from the file that is here already.
  const finish = async (): Promise<void> => await forgetDownload(folder, url);
  if (connection.isElsewhere === true) {
    const path = fetched;
    const source: Creation['source'] =
      medium.kind === 'iso' ? { type: 'iso', path } : { type: 'disk', path, format, mode: 'copy' };
    const there = await parts.planFor({ ...spec, source }, plan.domain.uuid ?? '');
    refuseErrors(there, spec.name);
    return { plan: there, finish };
  }
  const job = importInto(connection)(image.pool, fetched, { name: image.name, format, giveAway: true });
  const { path } = await follow(job, parts, control, undo);
  const source: Creation['source'] =
    medium.kind === 'iso' ? { type: 'iso', path } : { type: 'disk', path, format, mode: 'reference' };
  const again = await parts.planFor({ ...spec, source }, plan.domain.uuid ?? '');
  refuseErrors(again, spec.name);
  return { plan: again, finish };
}

async function makeImage(
  image: Exclude<PlannedImage, { kind: 'download' }>,
  parts: RunParts,
  control: JobControl,
  undo: Undo[],
): Promise<void> {
  const { pool, name } = image;
  if (image.kind === 'new') {
    const create = need(storageOf(parts.connection), 'volumeCreate');
    const { format, capacityBytes } = image;
    await follow(create(pool, { name, format, capacityBytes }), parts, control, undo);
    return;
  }
  const { from, format, growToBytes } = image;
  const isConverted = format !== from.format && (format === 'qcow2' || format === 'raw') && from.format !== 'iso';
  const job = importInto(parts.connection)(pool, from.path, {
    name,
    format: from.format,
    ...(isConverted ? { convertTo: format } : {}),
    ...(growToBytes === undefined ? {} : { growToBytes }),
  });
  await follow(job, parts, control, undo);
}

/** Waits for a volume to be made, passing its progress on and our cancellation to it. */
async function follow(
  job: Job<VolumeSummary>,
  { connection, jobs }: RunParts,
  { id: creationId, signal, progress }: JobControl,
  undo: Undo[],
): Promise<VolumeSummary> {
  jobs.attach(job.info.id, creationId);
  const unsubscribe = jobs.events.subscribe(({ id, done, total }) => {
    if (id === job.info.id && done !== undefined) progress(done, total);
  });
  const cancel = (): void => job.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    const volume = await job.result;
    undo.push(async () => await need(storageOf(connection), 'volumeDelete')(volume.pool, volume.name));
    return volume;
  } finally {
    signal.removeEventListener('abort', cancel);
    unsubscribe();
  }
}

async function makeMachine(spec: Creation, plan: Plan, { domains }: Connection, undo: Undo[]): Promise<string> {
  const { uuid } = await need(domains, 'define')(formatDomain(plan.domain), { author: 'vivarium' });
  undo.push(async () => await domains.undefine?.(uuid, { nvram: 'remove', tpm: 'remove', managedSave: true }));
  if (spec.startNow) await need(domains, 'start')(uuid);
  return uuid;
}

const importInto = (connection: Connection): NonNullable<StorageApi['importImage']> =>
  need(storageOf(connection), 'importImage');

export function storageOf({ storage, uri }: Connection): StorageApi {
  if (storage !== undefined) return storage;
  throw new VirError({
    code: 'no-support',
    domain: 'storage',
    message: say`The connection '${uri.text}' has no storage of its own.`,
  });
}
