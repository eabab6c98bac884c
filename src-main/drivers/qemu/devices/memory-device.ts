import type { MemoryDevice } from '../../../../src-shared/model/domain/index.ts';
import { addressProperties } from './address.ts';
import { memoryBackendAlias, type MemoryHost, type MemoryPiece, virtioMemPreallocates } from './memory-backend.ts';
import { aliasOf, type DeviceContext, type DeviceProperties, positive } from './properties.ts';

export const memoryPiece = (device: MemoryDevice): MemoryPiece => ({
  id: memoryBackendAlias(device),
  fileName: aliasOf(device),
  KiB: device.target.size.KiB,
  ...(device.target.node === undefined ? {} : { node: device.target.node }),
  device,
});

const drivers = {
  dimm: 'pc-dimm',
  nvdimm: 'nvdimm',
  'virtio-pmem': 'virtio-pmem-pci',
  'virtio-mem': 'virtio-mem-pci',
} as const;

/** A memory module; `undefined` for enclave memory, which belongs to the machine. */
export function memoryDeviceProperties(
  device: MemoryDevice,
  { domain, capabilities }: DeviceContext,
  host: MemoryHost,
): DeviceProperties | undefined {
  if (device.model === 'sgx-epc') return undefined;
  const { target } = device;
  const bytes = (size: { KiB: number } | undefined): number | undefined => positive((size?.KiB ?? 0) * 1024);
  const preallocates =
    device.model === 'virtio-mem' && virtioMemPreallocates(memoryPiece(device), domain, capabilities, host);
  return {
    driver: drivers[device.model],
    node: target.node,
    'label-size': bytes(target.label?.size),
    'block-size': bytes(target.block),
    'requested-size': bytes(target.requested),
    uuid: device.uuid,
    unarmed: target.readonly,
    memdev: memoryBackendAlias(device),
    prealloc: preallocates ? true : undefined,
    id: aliasOf(device),
    ...addressProperties(domain, device),
  };
}
