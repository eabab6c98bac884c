/**
 * Runs in a private mount namespace on a file system of a few MiB (see full-disk.test.ts), and prints what happened:
 * one JSON line a scenario.
 */
import { closeSync, openSync, readdirSync, statfsSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { VirError } from '../../../src-shared/errors.ts';
import { resolveBackingChain } from '../../../src-main/storage/backing-chain.ts';
import { makeFile } from '../../../src-main/storage/new-file.ts';
import { convertImage } from '../../../src-main/storage/qemu-img.ts';
import { copyFile, type TransferOptions } from '../../../src-main/storage/transfer.ts';
import { testStorage } from './support.ts';

const [small = '', roomy = ''] = process.argv.slice(2);
const mib = 2 ** 20;
const test = testStorage(roomy);
const { uuid } = await test.storage.poolDefine(
  `<pool type='dir'><name>small</name><target><path>${small}</path></target></pool>`,
);
await test.storage.poolStart(uuid);

async function scenario(name: string, work: () => Promise<unknown>): Promise<void> {
  const before = readdirSync(small).sort();
  let error: unknown;
  try {
    await work();
  } catch (thrown) {
    error = thrown instanceof VirError ? thrown.data : { message: String(thrown) };
  }
  console.log(JSON.stringify({ name, error, before, after: readdirSync(small).sort() }));
}

const source = join(roomy, 'source.raw');
writeFileSync(source, Buffer.alloc(64 * mib, 1));

await scenario('known-too-large', async () => {
  await test.storage.importImage(uuid, source, { name: 'a', format: 'raw' }).result;
});
await scenario('preallocate', async () => {
  await test.storage.volumeCreate(uuid, { name: 'b', format: 'qcow2', capacityBytes: 64 * mib, preallocate: true })
    .result;
});

/** What is done after the check for room succeeded, while somebody else takes all but a little of it. */
async function makeAmidst(work: (path: string, options: TransferOptions) => Promise<void>): Promise<void> {
  await makeFile({ folder: small, name: 'c' }, async (path) => {
    leaveLittle();
    await work(path, { signal: AbortSignal.timeout(30_000), progress: () => undefined });
  });
}

function leaveLittle(): void {
  const { bavail, bsize } = statfsSync(small);
  const hog = openSync(join(small, 'hog'), 'w');
  for (let left = bavail * bsize; left > 2 * mib; left -= mib) writeSync(hog, Buffer.alloc(mib, 2));
  closeSync(hog);
}

const fits = join(roomy, 'fits.raw');
writeFileSync(fits, Buffer.alloc(32 * mib, 1));
await scenario('fills-while-copying', async () => {
  await makeAmidst(async (path, options) => await copyFile(fits, path, options));
});
truncateSync(join(small, 'hog'), 0);
await scenario('fills-while-converting', async () => {
  const from = await resolveBackingChain({ path: fits, format: 'raw' });
  await makeAmidst(async (path, options) => await convertImage({ from, to: { path, format: 'qcow2' } }, options));
});
truncateSync(join(small, 'hog'), 0);

await test.storage.volumeCreate(uuid, { name: 'target', format: 'raw', capacityBytes: mib }).result;
await scenario('upload-known', async () => {
  const stream = Readable.from([Buffer.alloc(mib)]);
  await test.storage.volumeUpload(uuid, 'target', stream, { length: 64 * mib }).result;
});
await scenario('upload-unknown', async () => {
  const chunks = Array.from({ length: 64 }, () => Buffer.alloc(mib, 3));
  await test.storage.volumeUpload(uuid, 'target', Readable.from(chunks)).result;
});
test.remove();
