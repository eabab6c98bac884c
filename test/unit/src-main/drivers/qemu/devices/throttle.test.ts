import { expect, test } from 'vitest';
import { throttleArguments } from '../../../../../../src-main/drivers/qemu/devices/throttle.ts';
import type { Disk } from '../../../../../../src-shared/model/domain/index.ts';
import { complete, domainXml, start } from '../../../../../support/completing.ts';

function disk(inside: string): Disk {
  const xml = domainXml(`<disk type='file'>${inside}<target dev='vda' bus='virtio'/></disk>`);
  const [only] = start(complete(xml)).devices.disk;
  if (only === undefined) throw new Error('the definition has a disk');
  return only;
}

test('limits are told with all that QEMU insists on, and bursts only where there are some', () => {
  const limited = disk(
    "<source file='/a'/><iotune><total_bytes_sec>1000</total_bytes_sec><total_bytes_sec_max>2000</total_bytes_sec_max></iotune>",
  );
  const { id, bps, iops_rd: reads, bps_max: burst, iops_max: none } = throttleArguments(limited) ?? {};
  expect({ id, bps, reads, burst, none }).toEqual({
    id: '/machine/peripheral/virtio-disk0/virtio-backend',
    bps: 1000,
    reads: 0,
    burst: 2000,
    none: undefined,
  });
});

test('a disk without limits needs nothing', () => {
  expect(throttleArguments(disk("<source file='/a'/>"))).toBeUndefined();
});
