/** How large a guest's disks are, and making one larger while it runs. */
import { statSync } from 'node:fs';
import { VirError } from '../../../../src-shared/errors.ts';
import type { Disk } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { BlockInfo } from '../../../engine/driver.ts';
import { inspectImage } from '../../../storage/image-header.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { localPath } from '../process/disk-sources.ts';
import { isObject } from '../qmp/message.ts';
import { objects, optionalText } from '../qmp/reply.ts';

const blockBytes = 512;

/** @throws VirError `invalid-arg` when there is no such disk. */
export async function blockInfo(context: GuestContext, uuid: string, wanted: string): Promise<BlockInfo> {
  const record = context.table.get(uuid);
  const disk = findDisk(record, wanted);
  const path = localPath(disk);
  if (path === undefined) {
    throw new VirError({
      code: 'invalid-arg',
      domain: 'qemu',
      message: say`disk '${wanted}' does not currently have a source assigned`,
    });
  }
  const image = await imageInfo(path);
  return { ...image, capacityBytes: (await runningCapacity(record, disk)) ?? image.capacityBytes };
}

/** An image that no guest has open. */
export async function imageInfo(path: string): Promise<BlockInfo> {
  try {
    const { header, stats } = await inspectImage(path);
    return {
      capacityBytes: header.virtualSizeBytes,
      allocationBytes: stats.isFile() ? stats.blocks * blockBytes : header.virtualSizeBytes,
      physicalBytes: stats.isFile() ? stats.size : header.virtualSizeBytes,
    };
  } catch (thrown) {
    if (thrown instanceof VirError || !(thrown instanceof Error)) throw thrown;
    const cause = statSync(path, { throwIfNoEntry: false }) === undefined ? 'There is no such file.' : thrown.message;
    throw new VirError(
      { code: 'system-error', domain: 'qemu', message: say`The image '${path}' can't be read.`, cause },
      { cause: thrown },
    );
  }
}

/** @throws VirError `operation-invalid` for a guest that does not run. */
export async function blockResize(
  context: GuestContext,
  uuid: string,
  wanted: string,
  capacityBytes: number,
): Promise<void> {
  await context.table.modify(uuid, 'blockResize', async (record) => {
    const instance = context.table.requireActive(record);
    const disk = findDisk(record, wanted);
    const node = formatNode(disk);
    if (node === undefined) {
      throw new VirError({
        code: 'operation-unsupported',
        domain: 'qemu',
        message: say`The disk '${wanted}' of domain '${record.name}' has no image to resize.`,
      });
    }
    await monitorOf(record).execute('block_resize', { 'node-name': node, size: capacityBytes });
    instance.blockSizes.set(node, capacityBytes);
  });
}

function findDisk(record: GuestRecord, wanted: string): Disk {
  const disks = (record.live ?? record.current).devices?.disk ?? [];
  const found = disks.find((disk) => disk.target.dev === wanted) ?? disks.find((disk) => localPath(disk) === wanted);
  if (found !== undefined) return found;
  throw new VirError({
    code: 'invalid-arg',
    domain: 'qemu',
    message: say`invalid path ${wanted} not assigned to domain`,
  });
}

/** The node that knows the size of what the guest sees. */
function formatNode(disk: Disk): string | undefined {
  const index = disk.source?.index;
  return index === undefined ? undefined : `libvirt-${index}-format`;
}

async function runningCapacity(record: GuestRecord, disk: Disk): Promise<number | undefined> {
  const node = formatNode(disk);
  if (record.runtime === undefined || node === undefined) return undefined;
  const known = record.runtime.blockSizes.get(node);
  if (known !== undefined) return known;
  const nodes = await monitorOf(record).execute('query-named-block-nodes', { flat: true });
  for (const entry of objects(nodes, 'query-named-block-nodes')) {
    const { image } = entry;
    if (optionalText(entry, 'node-name') !== node || !isObject(image)) continue;
    const size = image['virtual-size'];
    if (typeof size === 'number') return size;
  }
  return undefined;
}
