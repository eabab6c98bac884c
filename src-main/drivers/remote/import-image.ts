/** Takes an image of this host into a pool of the server: converted here when it must be, then uploaded whole. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { JobControl } from '../../engine/jobs.ts';
import type { ImageImport, VolumeCreation, VolumeSummary } from '../../engine/storage-api.ts';
import { privateFolder } from '../../host/files.ts';
import { resolveBackingChain } from '../../storage/backing-chain.ts';
import { convertImage } from '../../storage/qemu-img.ts';

/** What importing needs of the pool, and the volume of the new name in it. */
export interface ImportTarget {
  create(creation: VolumeCreation): Promise<VolumeSummary>;
  upload(source: Readable, control: JobControl, bytes: number): Promise<void>;
  /** Lets the server look at what was written. */
  refresh(): Promise<void>;
  resize(capacityBytes: number): Promise<void>;
  volume(): Promise<VolumeSummary>;
  remove(): Promise<void>;
}

/** @param folder for what is converted on the way. */
export async function importImage(
  path: string,
  image: ImageImport,
  target: ImportTarget,
  control: JobControl,
  folder: string,
): Promise<VolumeSummary> {
  const layers = await resolveBackingChain({ path, format: image.format });
  const format = image.convertTo ?? image.format;
  // Layers below it would not be there.
  if (format === image.format && layers.length === 1) return await uploadImage(path, image, target, control);
  await privateFolder(folder);
  const temporary = await mkdtemp(join(folder, 'import-'));
  try {
    const converted = join(temporary, 'image');
    await convertImage({ from: layers, to: { path: converted, format } }, control);
    return await uploadImage(converted, image, target, control);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function uploadImage(
  path: string,
  { name, growToBytes }: ImageImport,
  target: ImportTarget,
  control: JobControl,
): Promise<VolumeSummary> {
  const { size } = await stat(path);
  // Any image is so many bytes first; what they are the server finds when it looks.
  await target.create({ name, format: 'raw', capacityBytes: size });
  try {
    await target.upload(createReadStream(path), control, size);
    await target.refresh();
    const volume = await target.volume();
    if (growToBytes === undefined || growToBytes <= volume.capacityBytes) return volume;
    await target.resize(growToBytes);
    return await target.volume();
  } catch (error) {
    await target.remove();
    throw error;
  }
}
