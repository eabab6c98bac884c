import type { Disk } from '../../../../src-shared/model/domain/index.ts';
import { isEmptyDisk } from './block-names.ts';
import { aliasOf, type JsonProperties, positive } from './properties.ts';

/** A virtio disk on PCI is two devices in QEMU; the inner one has the images. */
function diskPath(disk: Disk): string {
  const alias = aliasOf(disk);
  return disk.target.bus === 'virtio' ? `/machine/peripheral/${alias}/virtio-backend` : alias;
}

/**
 * The arguments of `block_set_io_throttle` that give a running machine's disk its limits; `undefined` for a disk
 * without limits, or without a medium to limit. Limits can't be given on the command line.
 */
export function throttleArguments(disk: Disk): JsonProperties | undefined {
  const { iotune } = disk;
  if (iotune === undefined || isEmptyDisk(disk)) return undefined;
  return {
    id: diskPath(disk),
    bps: iotune.total_bytes_sec ?? 0,
    bps_rd: iotune.read_bytes_sec ?? 0,
    bps_wr: iotune.write_bytes_sec ?? 0,
    iops: iotune.total_iops_sec ?? 0,
    iops_rd: iotune.read_iops_sec ?? 0,
    iops_wr: iotune.write_iops_sec ?? 0,
    bps_max: positive(iotune.total_bytes_sec_max),
    bps_rd_max: positive(iotune.read_bytes_sec_max),
    bps_wr_max: positive(iotune.write_bytes_sec_max),
    iops_max: positive(iotune.total_iops_sec_max),
    iops_rd_max: positive(iotune.read_iops_sec_max),
    iops_wr_max: positive(iotune.write_iops_sec_max),
    bps_max_length: positive(iotune.total_bytes_sec_max_length),
    bps_rd_max_length: positive(iotune.read_bytes_sec_max_length),
    bps_wr_max_length: positive(iotune.write_bytes_sec_max_length),
    iops_max_length: positive(iotune.total_iops_sec_max_length),
    iops_rd_max_length: positive(iotune.read_iops_sec_max_length),
    iops_wr_max_length: positive(iotune.write_iops_sec_max_length),
    iops_size: positive(iotune.size_iops_sec),
    group: iotune.group_name,
  };
}
