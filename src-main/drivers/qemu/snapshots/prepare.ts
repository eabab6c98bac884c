/**
 * What of a machine can be in a snapshot, by the rules of libvirt's QEMU driver (`qemuSnapshotPrepare`): a snapshot is
 * either inside all images or in new files beside them, and either way it is whole.
 */
import { existsSync, statSync } from 'node:fs';
import type { ErrorCode } from '../../../../src-shared/errors.ts';
import type { Disk, Domain } from '../../../../src-shared/model/domain/index.ts';
import type { SnapshotDisk } from '../../../../src-shared/model/snapshot.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import type { SnapshotCreateOptions } from '../../../engine/snapshot-api.ts';
import { snapshotError } from '../../../engine/snapshots/errors.ts';
import { alignDisks, diskSourcePath, snapshotDiskPath } from '../../../engine/snapshots/request.ts';
import type { KeptSnapshot } from '../../../engine/snapshots/snapshot-set.ts';
import { isEmptyDisk } from '../devices/block-names.ts';
import type { GuestRecord } from '../guests/context.ts';

/** @throws VirError for what can't be taken, before anything has changed. */
export function prepareSnapshot(
  record: GuestRecord,
  request: KeptSnapshot & { readonly domain: Domain },
  options: SnapshotCreateOptions,
): KeptSnapshot {
  const aligned = alignDisks(
    { ...request, ...stateOf(record, request, options) },
    request.domain,
    standard(request, options),
    'qemu',
  );
  checkDisks(record, aligned, request.domain, options);
  return aligned;
}

const refuse = (code: ErrorCode, message: Sentence, cause?: Sentence, fix?: Sentence): Error =>
  snapshotError('qemu', code, message, {
    ...(cause === undefined ? {} : { cause }),
    ...(fix === undefined ? {} : { fix }),
  });

const standard = (request: KeptSnapshot, { diskOnly }: SnapshotCreateOptions): 'internal' | 'external' =>
  diskOnly === true || request.memory?.snapshot === 'external' ? 'external' : 'internal';

function stateOf(
  record: GuestRecord,
  { memory }: KeptSnapshot,
  { diskOnly, live }: SnapshotCreateOptions,
): Pick<KeptSnapshot, 'state' | 'memory'> {
  const { state } = record.state;
  if (state === 'pmsuspended') {
    throw refuse(
      'operation-unsupported',
      say`qemu doesn't support taking snapshots of PMSUSPENDED guests`,
      say`'${record.name}' sleeps.`,
      say`Wake it up first.`,
    );
  }
  if (live === true && (!record.isActive || memory?.snapshot !== 'external')) {
    throw refuse('operation-unsupported', say`live snapshot creation is supported only during full system snapshots`);
  }
  if (diskOnly === true) return { state: record.isActive ? 'disk-snapshot' : 'shutoff', memory: { snapshot: 'no' } };
  if (memory?.snapshot === 'external') {
    throw refuse(
      'operation-unsupported',
      say`memory snapshots in files of their own are not supported yet`,
      say`The snapshot is to have the memory of '${record.name}' in '${memory.file ?? ''}'.`,
      say`Leave out where the memory goes, and it is kept in an image; or take a snapshot of the disks only.`,
    );
  }
  if (record.isActive && memory?.snapshot === 'no') {
    throw refuse(
      'operation-unsupported',
      say`internal snapshot of a running VM must include the memory state`,
      say`What '${record.name}' has in its memory belongs to what is on its disks.`,
      say`Shut it down first, or take a snapshot of the disks only in new files (--disk-only).`,
    );
  }
  return { state, memory: { snapshot: state === 'shutoff' ? 'no' : 'internal' } };
}

function checkDisks(record: GuestRecord, snapshot: KeptSnapshot, domain: Domain, options: SnapshotCreateOptions): void {
  const all = domain.devices?.disk ?? [];
  const entries = snapshot.disks?.disk ?? [];
  let [internal, external, manual, excluded] = [0, 0, 0, 0];
  for (const [index, entry] of entries.entries()) {
    const disk = all[index];
    if (disk === undefined) continue;
    switch (entry.snapshot) {
      case 'internal':
        internal += 1;
        checkInternal(entry, disk, record, snapshot.state === 'disk-snapshot');
        break;
      case 'external':
        external += 1;
        checkExternal(entry, disk, options.reuseExternal === true);
        break;
      case 'manual':
        manual += 1;
        break;
      default:
        if (!isEmptyDisk(disk) && disk.readonly !== true) excluded += 1;
    }
  }
  const { state, memory } = snapshot;
  if (internal === 0 && external === 0 && memory?.snapshot === 'no') {
    const cause = say`'${record.name}' has no disk that takes part.`;
    throw refuse('config-unsupported', say`nothing selected for snapshot`, cause);
  }
  if ((memory?.snapshot === 'internal' && internal === 0) || (internal > 0 && manual + excluded > 0)) {
    throw refuse(
      'config-unsupported',
      say`internal and full system snapshots require all disks to be selected for snapshot`,
      internal === 0
        ? say`The memory of '${record.name}' needs a qcow2 disk to be kept in.`
        : say`Of the disks of '${record.name}' that can be written to, some are left out.`,
      internal === 0 ? say`Give it a qcow2 disk, or shut it down.` : say`Leave out none of them.`,
    );
  }
  if (state === 'disk-snapshot' && external === 0) {
    throw refuse('config-unsupported', say`disk-only snapshots require at least one disk to be selected for snapshot`);
  }
  if (internal > 0 && external > 0) {
    throw refuse(
      'config-unsupported',
      say`mixing internal and external targets for a snapshot is not yet supported`,
      say`Some disks are to have the snapshot in them, others are to get new files.`,
      say`Choose one way for all of them.`,
    );
  }
  if (manual > 0) {
    throw refuse(
      'operation-unsupported',
      say`disks whose snapshots are taken by hand are not supported yet`,
      undefined,
      say`Choose external, or leave the disk out with snapshot='no'.`,
    );
  }
  if (internal > 0 && (domain.os?.firmware === 'efi' || domain.os?.loader?.type === 'pflash')) {
    throw refuse(
      'operation-unsupported',
      say`internal snapshots of a VM with pflash based firmware are not supported`,
      say`The UEFI variables of '${record.name}' are in a file that can't have snapshots in it.`,
      say`Take a snapshot of the disks only in new files (--disk-only), or clone the machine.`,
    );
  }
}

function checkInternal(entry: SnapshotDisk, disk: Disk, record: GuestRecord, isOfDisksOnly: boolean): void {
  if (isOfDisksOnly) {
    throw refuse(
      'config-unsupported',
      say`active qemu domains require external disk snapshots; disk ${entry.name} requested internal`,
      undefined,
      say`Choose external for it.`,
    );
  }
  if (disk.type !== 'file' && disk.type !== 'block' && !record.isActive) {
    throw refuse('internal-error', say`internal inactive snapshots are not supported on '${disk.type}' disks`);
  }
  const format = disk.driver?.type ?? 'raw';
  if (format === 'qcow2') return;
  throw refuse(
    'config-unsupported',
    say`internal snapshot for disk ${entry.name} unsupported for storage type ${format}`,
    say`Only qcow2 images can have snapshots in them.`,
    say`Convert the image to qcow2, or take a snapshot of the disks only in new files (--disk-only).`,
  );
}

function checkExternal(entry: SnapshotDisk, disk: Disk, reuse: boolean): void {
  const format = entry.driver?.type ?? 'qcow2';
  if (format !== 'qcow2') {
    const fix = say`Use qcow2.`;
    throw refuse(
      'config-unsupported',
      say`external snapshot format for disk ${entry.name} is unsupported: ${format}`,
      undefined,
      fix,
    );
  }
  if (disk.device === 'lun') {
    throw refuse('config-unsupported', say`external active snapshots are not supported on scsi passthrough devices`);
  }
  if (disk.type !== 'file' && disk.type !== 'block') {
    throw refuse('internal-error', say`external active snapshots are not supported on '${disk.type}' disks`);
  }
  if ((entry.type ?? 'file') !== 'file') {
    throw refuse('operation-unsupported', say`The new image of disk '${entry.name}' can only be a file.`);
  }
  if (disk.shareable === true && disk.readonly !== true) {
    throw refuse(
      'config-unsupported',
      say`shared access for disk '${entry.name}' requires use of supported storage format`,
    );
  }
  const path = snapshotDiskPath(entry) ?? '';
  if (path === diskSourcePath(disk)) {
    throw refuse('invalid-arg', say`The new image of disk '${entry.name}' can't be the image it has now.`);
  }
  if (!existsSync(path)) {
    if (reuse)
      throw refuse(
        'system-error',
        say`missing existing file for disk ${entry.name}: ${path}`,
        say`There is no such file.`,
      );
    return;
  }
  const found = statSync(path);
  if (!found.isFile()) {
    throw refuse(
      'config-unsupported',
      say`mismatch between configured type for snapshot disk '${entry.name}' and the type of existing file '${path}'`,
    );
  }
  if (!reuse && found.size > 0) {
    throw refuse(
      'config-unsupported',
      say`external snapshot file for disk ${entry.name} already exists and is not a block device: ${path}`,
      say`It is not written over.`,
      say`Move it away, or name another file.`,
    );
  }
}
