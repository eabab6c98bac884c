import type { Address } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { QemuCapabilities } from '../capabilities/types.ts';
import { unsupported } from '../passes/errors.ts';
import type { DeviceProperties } from './properties.ts';

interface VirtioDevice {
  readonly address?: Address;
  readonly driver?: {
    readonly iommu?: boolean;
    readonly ats?: boolean;
    readonly packed?: boolean;
    readonly page_per_vq?: boolean;
  };
}

/** The driver's name with its bus and generation, and the switches that all virtio devices have. */
export function virtioProperties(
  base: string,
  device: VirtioDevice,
  model: string | undefined,
  capabilities: QemuCapabilities,
): DeviceProperties {
  return { driver: virtioDriver(base, device, model, capabilities), ...virtioSwitches(device) };
}

export function virtioSwitches({ driver }: VirtioDevice): Pick<DeviceProperties, string> {
  return {
    iommu_platform: driver?.iommu,
    ats: driver?.ats,
    packed: driver?.packed,
    'page-per-vq': driver?.page_per_vq,
  };
}

function virtioDriver(
  base: string,
  { address }: VirtioDevice,
  model: string | undefined,
  capabilities: QemuCapabilities,
): string {
  if (address?.type !== 'pci') {
    throw unsupported(
      say`The device '${base}' can only sit on the PCI bus, not at an address of type '${address?.type}'.`,
    );
  }
  const hasGenerations = capabilities.hasType('virtio-blk-pci-non-transitional');
  if (model === 'virtio-transitional') return hasGenerations ? `${base}-pci-transitional` : `${base}-pci`;
  if (model !== 'virtio-non-transitional') return `${base}-pci`;
  if (!hasGenerations) throw unsupported(say`This QEMU has no '${base}' of the model 'virtio-non-transitional'.`);
  return `${base}-pci-non-transitional`;
}
